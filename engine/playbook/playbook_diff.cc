#include "engine/playbook/playbook_diff.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

const std::string& IdOf(const v1::DerivedFact& fact) { return fact.name(); }
const std::string& IdOf(const v1::DimensionRule& rule) { return rule.name(); }
template <typename Entry>
const std::string& IdOf(const Entry& entry) {
  return entry.id();
}

// The names of the fields that differ.
std::vector<std::string> DifferingFields(const google::protobuf::Message& older,
                                         const google::protobuf::Message& newer) {
  std::vector<std::string> fields;
  const google::protobuf::Descriptor& type = *older.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    google::protobuf::util::MessageDifferencer differencer;
    if (!differencer.CompareWithFields(older, newer, {type.field(i)}, {type.field(i)})) {
      fields.push_back(type.field(i)->name());
    }
  }
  return fields;
}

// Which of the numbers do not belong to a longest rising sequence of them.
std::vector<bool> OutOfOrder(const std::vector<int>& numbers) {
  std::vector<int> ends;  // of the rising sequence of each length: the place of its smallest end
  std::vector<int> before(numbers.size(), -1);
  for (int i = 0; i < static_cast<int>(numbers.size()); ++i) {
    const auto at = std::lower_bound(ends.begin(), ends.end(), numbers[i],
                                     [&](int end, int number) { return numbers[end] < number; });
    if (at != ends.begin()) before[i] = *(at - 1);
    if (at == ends.end()) {
      ends.push_back(i);
    } else {
      *at = i;
    }
  }
  std::vector<bool> is_out(numbers.size(), true);
  for (int i = ends.empty() ? -1 : ends.back(); i >= 0; i = before[i]) is_out[i] = false;
  return is_out;
}

template <typename Entries>
class TableDiff {
 public:
  TableDiff(std::string table, bool is_ordered, std::vector<PlaybookChange>& changes)
      : table_(std::move(table)), is_ordered_(is_ordered), changes_(changes) {}

  void Compare(const Entries& older, const Entries& newer) {
    absl::flat_hash_map<std::string, int> places;
    for (int i = 0; i < older.size(); ++i) places[IdOf(older[i])] = i;
    std::vector<int> kept;
    for (const auto& entry : newer) {
      const auto found = places.find(IdOf(entry));
      if (found != places.end()) kept.push_back(found->second);
    }
    const std::vector<bool> is_out = OutOfOrder(kept);
    size_t next = 0;
    absl::flat_hash_set<std::string> present;
    for (const auto& entry : newer) {
      present.insert(IdOf(entry));
      const auto found = places.find(IdOf(entry));
      if (found == places.end()) {
        Add(IdOf(entry), ChangeKind::kAdded);
        continue;
      }
      std::vector<std::string> fields = DifferingFields(older[found->second], entry);
      if (!fields.empty()) Add(IdOf(entry), ChangeKind::kChanged, std::move(fields));
      if (is_out[next++] && is_ordered_) Add(IdOf(entry), ChangeKind::kMoved);
    }
    for (const auto& entry : older) {
      if (!present.contains(IdOf(entry))) Add(IdOf(entry), ChangeKind::kRemoved);
    }
  }

 private:
  void Add(const std::string& id, ChangeKind kind, std::vector<std::string> fields = {}) {
    changes_.push_back({table_, id, kind, std::move(fields)});
  }

  const std::string table_;
  const bool is_ordered_;
  std::vector<PlaybookChange>& changes_;
};

template <typename Entries>
void Compare(const char* table, bool is_ordered, const Entries& older, const Entries& newer,
             std::vector<PlaybookChange>& changes) {
  TableDiff<Entries>(table, is_ordered, changes).Compare(older, newer);
}

// A part of which a playbook has one or none.
template <typename Part>
void ComparePart(const char* name, bool was, const Part& older, bool is, const Part& newer,
                 std::vector<PlaybookChange>& changes) {
  if (was && is) {
    std::vector<std::string> fields = DifferingFields(older, newer);
    if (!fields.empty())
      changes.push_back({"playbook", name, ChangeKind::kChanged, std::move(fields)});
  } else if (was || is) {
    changes.push_back({"playbook", name, is ? ChangeKind::kAdded : ChangeKind::kRemoved, {}});
  }
}

}  // namespace

absl::string_view ChangeKindName(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kAdded:
      return "added";
    case ChangeKind::kRemoved:
      return "removed";
    case ChangeKind::kChanged:
      return "changed";
    case ChangeKind::kMoved:
      return "moved";
  }
  return "";
}

std::vector<PlaybookChange> DiffPlaybooks(const v1::Playbook& older, const v1::Playbook& newer) {
  std::vector<PlaybookChange> changes;
  Compare("departments", false, older.departments(), newer.departments(), changes);
  Compare("touchpoints", false, older.touchpoints(), newer.touchpoints(), changes);
  Compare("taxonomy", false, older.taxonomy(), newer.taxonomy(), changes);
  Compare("calendars", false, older.calendars(), newer.calendars(), changes);
  Compare("roles", false, older.roles(), newer.roles(), changes);
  ComparePart("directors", older.has_directors(), older.directors(), newer.has_directors(),
              newer.directors(), changes);
  ComparePart("hand_overs", older.has_hand_overs(), older.hand_overs(), newer.has_hand_overs(),
              newer.hand_overs(), changes);
  Compare("clocks", true, older.clocks(), newer.clocks(), changes);
  Compare("chains", true, older.chains(), newer.chains(), changes);
  Compare("facts", false, older.facts(), newer.facts(), changes);
  Compare("classify", true, older.classify(), newer.classify(), changes);
  Compare("route", true, older.route(), newer.route(), changes);
  Compare("dimensions", false, older.dimensions(), newer.dimensions(), changes);
  Compare("measures", false, older.measures(), newer.measures(), changes);
  Compare("forms", false, older.inspection_forms(), newer.inspection_forms(), changes);
  Compare("goals", false, older.goals(), newer.goals(), changes);
  Compare("plans", false, older.sampling_plans(), newer.sampling_plans(), changes);
  return changes;
}

}  // namespace redress::engine
