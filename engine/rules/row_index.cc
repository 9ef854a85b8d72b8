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

constexpr size_t kProbesInline = 16;

uint64_t HashOf(absl::string_view text) { return absl::HashOf(text); }
uint64_t HashOf(int64_t number) { return absl::HashOf(number); }

// The hash of several, in order.
uint64_t Joined(uint64_t hash, uint64_t next) { return absl::HashOf(hash, next); }

// What a field says, as a hash. Nothing: it has fewer bytes than the prefix. `scratch` is not used
// for texts that are stored as such.
std::optional<uint64_t> HashOfField(const Message& message, const FieldDescriptor& field,
                                    size_t prefix_bytes, std::string& scratch) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return HashOf(int64_t{reflection.GetEnumValue(message, &field)});
    case FieldDescriptor::CPPTYPE_INT32:
      return HashOf(int64_t{reflection.GetInt32(message, &field)});
    case FieldDescriptor::CPPTYPE_INT64: return HashOf(reflection.GetInt64(message, &field));
    default: break;
  }
  const absl::string_view text = reflection.GetStringReference(message, &field, &scratch);
  if (prefix_bytes == SIZE_MAX) return HashOf(text);
  if (text.size() < prefix_bytes) return std::nullopt;
  return HashOf(text.substr(0, prefix_bytes));
}

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
        for (const ProbeValues& demand : alternative) Count(demand);
    for (uint32_t row = 0; row < rows.size(); ++row) {
      const auto is_free = [](const Alternative& alternative) { return alternative.empty(); };
      if (std::any_of(rows[row].begin(), rows[row].end(), is_free)) index_.always_.push_back(row);
      else for (Alternative& alternative : rows[row]) File(row, std::move(alternative));
    }
  }

 private:
  // Hashes of which a probe must have one.
  struct ProbeValues {
    uint32_t probe;
    std::vector<uint64_t> any_of;
  };
  using Alternative = std::vector<ProbeValues>;

  std::vector<Alternative> AlternativesOf(const cel::Program* condition) {
    if (condition == nullptr) return {Alternative()};
    std::vector<Alternative> alternatives;
    for (const std::vector<cel::Demand>& demands : condition->Alternatives()) {
      Alternative& alternative = alternatives.emplace_back();
      for (const cel::Demand& demand : demands)
        if (std::optional<ProbeValues> values = ValuesOf(demand))
          alternative.push_back(*std::move(values));
      std::sort(alternative.begin(), alternative.end(),
                [](const auto& left, const auto& right) { return left.probe < right.probe; });
    }
    if (alternatives.size() > kPlacesPerRowMax) return {Alternative()};
    return alternatives;
  }

  // Nothing: the demand cannot be looked up.
  std::optional<ProbeValues> ValuesOf(const cel::Demand& demand) {
    const google::protobuf::Descriptor* facts = demand.field->containing_type();
    const bool lasts = facts == v1::Issue::descriptor() ||
                       facts == v1::CustomerFacts::descriptor() ||
                       (facts == v1::TicketFacts::descriptor() &&
                        ticket_ == RowIndex::Ticket::kStays);
    if (!lasts || demand.any_of.size() > kPlacesPerRowMax) return std::nullopt;
    size_t bytes = RowIndex::kWhole;
    if (demand.is_prefix) bytes = demand.any_of[0].AsString().size();
    if (bytes == 0) return std::nullopt;
    ProbeValues values{ProbeNumber({demand.field, bytes}), {}};
    for (const cel::Value& value : demand.any_of) values.any_of.push_back(HashOfValue(value));
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

  void File(uint32_t row, Alternative demands) {
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
    for (const uint64_t place : places) shape->rows[place].push_back(row);
  }

  static size_t Places(const Alternative& demands) {
    size_t places = 1;
    for (const ProbeValues& demand : demands) places *= std::max<size_t>(demand.any_of.size(), 1);
    return places;
  }

  // Null: there would be too many. One probe alone always has a shape.
  RowIndex::Shape* ShapeOf(const Alternative& demands) {
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

std::vector<uint32_t> RowIndex::Candidates(const v1::Issue& issue,
                                           const v1::CustomerFacts& customer,
                                           const v1::TicketFacts& ticket) const {
  std::string scratch;
  absl::InlinedVector<std::optional<uint64_t>, kProbesInline> said;
  for (const Probe& probe : probes_) {
    const google::protobuf::Descriptor* facts = probe.field->containing_type();
    const Message* message = &customer;
    if (facts == v1::Issue::descriptor()) message = &issue;
    if (facts == v1::TicketFacts::descriptor()) message = &ticket;
    said.push_back(HashOfField(*message, *probe.field, probe.prefix_bytes, scratch));
  }
  std::vector<uint32_t> candidates = always_;
  for (const Shape& shape : shapes_) {
    uint64_t place = 0;
    bool is_there = true;
    for (const uint32_t probe : shape.probes) {
      is_there = is_there && said[probe].has_value();
      if (is_there) place = Joined(place, *said[probe]);
    }
    if (!is_there) continue;
    const auto found = shape.rows.find(place);
    if (found == shape.rows.end()) continue;
    candidates.insert(candidates.end(), found->second.begin(), found->second.end());
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  return candidates;
}

}  // namespace redress::engine
