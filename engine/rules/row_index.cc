#include "engine/rules/row_index.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/hash/hash.h"
#include "absl/types/span.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kProbesInline = 16;

uint64_t HashOf(absl::string_view text) { return absl::HashOf(text); }
uint64_t HashOf(int64_t number) { return absl::HashOf(number); }

// The hash of several, in order.
uint64_t Joined(uint64_t hash, uint64_t next) { return absl::HashOf(hash, next); }

uint64_t HashOfValue(const cel::Value& value) {
  return value.Is(cel::Kind::kString) ? HashOf(value.AsString()) : HashOf(value.AsInt());
}

}  // namespace

// Files rows. A demand whose values are prefixes of several lengths is one for each length.
class RowIndexBuilder {
 public:
  RowIndexBuilder(RowIndex& index, RowIndex::Ticket ticket) : index_(index), ticket_(ticket) {}

  void Build(const std::vector<const cel::Program*>& conditions) {
    std::vector<std::vector<Alternative>> rows;
    for (const cel::Program* condition : conditions) rows.push_back(AlternativesOf(condition));
    for (const std::vector<Alternative>& row : rows)
      for (const Alternative& alternative : row)
        for (const ProbeValues& demand : alternative.demands) Count(demand);
    for (uint32_t row = 0; row < rows.size(); ++row) {
      for (Alternative& alternative : rows[row]) {
        alternative.filed.row = row;
        if (alternative.demands.empty())
          index_.always_.push_back(alternative.filed);
        else
          File(alternative.filed, std::move(alternative.demands));
      }
    }
  }

 private:
  // Hashes of which a probe must have one.
  struct ProbeValues {
    uint32_t probe;
    std::vector<uint64_t> any_of;
  };
  struct Alternative {
    std::vector<ProbeValues> demands;
    RowIndex::Filed filed;
  };

  std::vector<Alternative> AlternativesOf(const cel::Program* condition) {
    if (condition == nullptr) return {Alternative()};
    std::vector<Alternative> alternatives;
    for (const std::vector<cel::Demand>& demands : condition->Alternatives()) {
      Alternative& alternative = alternatives.emplace_back();
      for (const cel::Demand& demand : demands) {
        if (!Lasts(demand)) continue;
        if (demand.kind == cel::Demand::Kind::kRange) {
          alternative.filed.probe = ProbeNumber({demand.path, RowIndex::kWhole});
          alternative.filed.min = demand.min;
          alternative.filed.max = demand.max;
        } else if (std::optional<ProbeValues> values = ValuesOf(demand)) {
          alternative.demands.push_back(*std::move(values));
        }
      }
      std::sort(alternative.demands.begin(), alternative.demands.end(),
                [](const auto& left, const auto& right) { return left.probe < right.probe; });
    }
    if (alternatives.size() > kPlacesPerRowMax) return {Alternative()};
    return alternatives;
  }

  // Whether what the demand is about stays as it is while the table is walked.
  bool Lasts(const cel::Demand& demand) const {
    const google::protobuf::Descriptor* facts = demand.path[0]->containing_type();
    return facts == v1::Issue::descriptor() || facts == v1::CustomerFacts::descriptor() ||
           (facts == v1::TicketFacts::descriptor() && ticket_ == RowIndex::Ticket::kStays);
  }

  // Nothing: the demand cannot be looked up.
  std::optional<ProbeValues> ValuesOf(const cel::Demand& demand) {
    if (demand.values.size() > kPlacesPerRowMax) return std::nullopt;
    size_t bytes = RowIndex::kWhole;
    if (demand.kind == cel::Demand::Kind::kPrefix) bytes = demand.values[0].AsString().size();
    if (bytes == 0) return std::nullopt;
    ProbeValues values{ProbeNumber({demand.path, bytes}), {}};
    for (const cel::Value& value : demand.values) values.any_of.push_back(HashOfValue(value));
    std::sort(values.any_of.begin(), values.any_of.end());
    values.any_of.erase(std::unique(values.any_of.begin(), values.any_of.end()),
                        values.any_of.end());
    return values;
  }

  uint32_t ProbeNumber(const RowIndex::Probe& probe) {
    const auto known = std::find(index_.probes_.begin(), index_.probes_.end(), probe);
    if (known == index_.probes_.end()) index_.probes_.push_back(probe);
    return static_cast<uint32_t>(std::distance(
        index_.probes_.begin(), std::find(index_.probes_.begin(), index_.probes_.end(), probe)));
  }

  void Count(const ProbeValues& demand) {
    for (const uint64_t value : demand.any_of) ++counts_[{demand.probe, value}];
  }

  // How many rows demand the same.
  size_t CountOf(const ProbeValues& demand) const {
    size_t count = 0;
    for (const uint64_t value : demand.any_of) count += counts_.at({demand.probe, value});
    return count;
  }

  void File(const RowIndex::Filed& filed, std::vector<ProbeValues> demands) {
    while (Places(demands) > kPlacesPerRowMax)
      demands.erase(std::max_element(demands.begin(), demands.end(), [](auto& left, auto& right) {
        return left.any_of.size() < right.any_of.size();
      }));
    RowIndex::Shape* shape = ShapeOf(demands);
    if (shape == nullptr) {
      const auto rarest = std::min_element(
          demands.begin(), demands.end(),
          [this](auto& left, auto& right) { return CountOf(left) < CountOf(right); });
      demands = {*rarest};
      shape = ShapeOf(demands);
    }
    std::vector<uint64_t> places = {0};
    for (const ProbeValues& demand : demands) {
      std::vector<uint64_t> longer;
      for (const uint64_t place : places)
        for (const uint64_t value : demand.any_of) longer.push_back(Joined(place, value));
      places = std::move(longer);
    }
    for (const uint64_t place : places) shape->rows[place].push_back(filed);
  }

  static size_t Places(const std::vector<ProbeValues>& demands) {
    size_t places = 1;
    for (const ProbeValues& demand : demands) places *= std::max<size_t>(demand.any_of.size(), 1);
    return places;
  }

  // Null: there would be too many. One probe alone always has a shape.
  RowIndex::Shape* ShapeOf(const std::vector<ProbeValues>& demands) {
    std::vector<uint32_t> probes;
    for (const ProbeValues& demand : demands) probes.push_back(demand.probe);
    for (RowIndex::Shape& shape : index_.shapes_)
      if (shape.probes == probes) return &shape;
    if (probes.size() > 1 && index_.shapes_.size() >= kShapesMax) return nullptr;
    return &index_.shapes_.emplace_back(RowIndex::Shape{std::move(probes), {}});
  }

  RowIndex& index_;
  const RowIndex::Ticket ticket_;
  absl::flat_hash_map<std::pair<uint32_t, uint64_t>, size_t> counts_;
};

RowIndex::RowIndex(const std::vector<const cel::Program*>& conditions, Ticket ticket) {
  RowIndexBuilder(*this, ticket).Build(conditions);
}

RowIndex::Said RowIndex::Ask(const Probe& probe, const Message& facts, std::string& scratch) {
  const Message* message = &facts;
  for (size_t i = 0; i + 1 < probe.path.size(); ++i)
    message = &message->GetReflection()->GetMessage(*message, probe.path[i]);
  const FieldDescriptor* field = probe.path.back();
  const Reflection& reflection = *message->GetReflection();
  Said said;
  said.is_there = true;
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    // The scratch is for texts that are not stored as such.
    absl::string_view text = reflection.GetStringReference(*message, field, &scratch);
    said.is_there = probe.prefix_bytes == kWhole || text.size() >= probe.prefix_bytes;
    said.hash = HashOf(text.substr(0, probe.prefix_bytes));
    return said;
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM)
    said.number = reflection.GetEnumValue(*message, field);
  else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32)
    said.number = reflection.GetInt32(*message, field);
  else
    said.number = reflection.GetInt64(*message, field);
  said.hash = HashOf(said.number);
  return said;
}

std::vector<uint32_t> RowIndex::Candidates(const v1::Issue& issue,
                                           const v1::CustomerFacts& customer,
                                           const v1::TicketFacts& ticket) const {
  std::string scratch;
  absl::InlinedVector<Said, kProbesInline> said;
  for (const Probe& probe : probes_) {
    const google::protobuf::Descriptor* type = probe.path[0]->containing_type();
    const Message* facts = &customer;
    if (type == v1::Issue::descriptor()) facts = &issue;
    if (type == v1::TicketFacts::descriptor()) facts = &ticket;
    said.push_back(Ask(probe, *facts, scratch));
  }
  std::vector<uint32_t> candidates;
  const auto take = [&](const std::vector<Filed>& rows) {
    for (const Filed& filed : rows) {
      const bool is_within =
          filed.probe == Filed::kNoProbe ||
          (said[filed.probe].number >= filed.min && said[filed.probe].number <= filed.max);
      if (is_within) candidates.push_back(filed.row);
    }
  };
  take(always_);
  for (const Shape& shape : shapes_) {
    uint64_t place = 0;
    bool is_there = true;
    for (const uint32_t probe : shape.probes) {
      is_there = is_there && said[probe].is_there;
      place = Joined(place, said[probe].hash);
    }
    if (!is_there) continue;
    const auto found = shape.rows.find(place);
    if (found != shape.rows.end()) take(found->second);
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  return candidates;
}

}  // namespace redress::engine
