// A set of cases, described by what each fact may be.
//
// A region is a conjunction of demands, each about one field: one of some texts or numbers, a
// beginning, bounds, presence, phrases in a text. Whether it holds any case at all is decided
// exactly as far as one field goes; fields do not know of each other, but for a message that is
// absent, whose fields are then as if not set. For checking playbooks: see condition_terms.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "redress/v1/rule_review.pb.h"

namespace google::protobuf {
class FieldDescriptor;
}  // namespace google::protobuf

namespace redress::engine {

// A field that conditions look at, from a variable inwards.
struct FactField {
  enum class Kind : uint8_t { kText, kNumber, kEnum, kInstant, kMessage, kTruth };
  std::string name;  // as conditions write it: "issue.score.value"
  std::vector<const google::protobuf::FieldDescriptor*> path;
  Kind kind;
};

// A claim about one field. Instants are in microseconds since 1970; truth values are 0 and 1.
struct FactAtom {
  enum class Kind : uint8_t {
    kOneOf,     // one of `texts`, or of `numbers`
    kPrefix,    // begins with the only one of `texts`
    kRange,     // from `min` to `max`
    kHas,       // the message is there
    kMentions,  // some of `texts`, phrases in normal form, occurs
  };
  Kind kind;
  FactField field;
  std::vector<std::string> texts;
  std::vector<int64_t> numbers;
  int64_t min = INT64_MIN;
  int64_t max = INT64_MAX;
};

// What texts a field can have at all, beside the empty one, and what values of an enum, by their
// short names; fields that are not there can have any.
using FactDomains = absl::btree_map<std::string, std::vector<std::string>>;

class FactRegion {
 public:
  // `domains` must outlive every copy.
  explicit FactRegion(const FactDomains& domains) : domains_(&domains) {}

  // Keeps the cases in which the atom holds, or does not.
  void Add(const FactAtom& atom, bool is_negated);
  // Keeps the cases that the other region has too.
  void Add(const FactRegion& other);

  // Takes back whatever is demanded of a field.
  void Forget(absl::string_view field) { fields_.erase(std::string(field)); }

  // Whether it demands that a text is one of some, or begins in some way.
  bool AsksFor(absl::string_view field) const;

  // True: they have no case in common, which a look at one field shows. A cheap first question.
  bool IsPlainlyApartFrom(const FactRegion& other) const;

  // False: no case is in it. True: as far as fields can be looked at one by one, there is one.
  bool HasCase() const;

  // The simplest case of it, as an issue that a customer reports; nothing when it has none. Whether
  // rows really decide it so, only running them tells: rows may change the ticket before.
  std::optional<redress::v1::SampleCase> Simplest() const;

 private:
  struct Demands {
    FactField field;
    std::optional<absl::btree_set<std::string>> texts;  // nothing: any
    absl::btree_set<std::string> no_texts;
    absl::btree_set<std::string> prefixes;
    absl::btree_set<std::string> no_prefixes;
    std::optional<absl::btree_set<int64_t>> numbers;
    absl::btree_set<int64_t> no_numbers;
    int64_t min = INT64_MIN;
    int64_t max = INT64_MAX;
    bool must_be_there = false;
    bool must_be_absent = false;
    std::vector<std::vector<std::string>> mentions;  // of each, some phrase
    absl::btree_set<std::string> no_mentions;
  };

  static bool Fits(const Demands& demands, absl::string_view text);
  static bool Fits(const Demands& demands, int64_t number);
  std::optional<std::string> TextFor(const Demands& demands) const;
  std::optional<int64_t> NumberFor(const Demands& demands) const;
  bool HasValue(const Demands& demands) const;
  // Whether a field within an absent message can be as it then is.
  bool FitsAbsence(const Demands& demands) const;
  bool IsWithinAbsent(const FactField& field) const;

  const FactDomains* domains_;
  absl::btree_map<std::string, Demands> fields_;
};

}  // namespace redress::engine
