#include "engine/rules/row_index.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kProbesInline = 16;

}  // namespace

// Files rows. A demand whose values are prefixes of several lengths is one for each length.
class RowIndexBuilder {
 public:
  RowIndexBuilder(RowIndex& index, RowIndex::Ticket ticket) : index_(index), ticket_(ticket) {}

  void Build(const std::vector<const cel::Program*>& conditions) {
    std::vector<std::vector<Way>> rows;
    for (const cel::Program* condition : conditions) rows.push_back(WaysOf(condition));
    for (const std::vector<Way>& row : rows)
      for (const Way& way : row)
        for (const ProbeValues& demand : way.demands) Count(demand);
    for (uint32_t row = 0; row < rows.size(); ++row) {
      for (Way& way : rows[row]) {
        way.filed.row = row;
        if (way.demands.empty())
          index_.always_.push_back(way.filed);
        else
          File(std::move(way));
      }
    }
    LayOut();
  }

 private:
  // Numbers of values of which a probe must have one.
  struct ProbeValues {
    uint32_t probe;
    std::vector<uint32_t> any_of;
  };
  // One of several ways for a row to match.
  struct Way {
    std::vector<ProbeValues> demands;
    RowIndex::Filed filed;
  };

  // A row without condition always matches, which needs no proof.
  std::vector<Way> WaysOf(const cel::Program* condition) {
    if (condition == nullptr) return {Way()};
    std::vector<Way> ways;
    for (const cel::Alternative& alternative : condition->Alternatives())
      ways.push_back(WayOf(alternative));
    if (ways.size() > kPlacesPerRowMax) return {Way()};
    return ways;
  }

  Way WayOf(const cel::Alternative& alternative) {
    Way way;
    way.filed.is_whole = alternative.is_whole;
    for (const cel::Demand& demand : alternative.demands) {
      if (!Lasts(demand)) {
        way.filed.is_whole = false;
      } else if (demand.kind == cel::Demand::Kind::kRange) {
        if (way.filed.probe != RowIndex::Filed::kNoProbe) way.filed.is_whole = false;
        way.filed.probe = ProbeNumber(demand.path, RowIndex::kWhole);
        way.filed.min = demand.min;
        way.filed.max = demand.max;
      } else if (std::optional<ProbeValues> values = ValuesOf(demand)) {
        way.demands.push_back(*std::move(values));
      } else {
        way.filed.is_whole = false;
      }
    }
    std::sort(way.demands.begin(), way.demands.end(),
              [](const auto& left, const auto& right) { return left.probe < right.probe; });
    return way;
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
    ProbeValues values{ProbeNumber(demand.path, bytes), {}};
    for (const cel::Value& value : demand.values)
      values.any_of.push_back(ValueNumber(index_.probes_[values.probe], value));
    std::sort(values.any_of.begin(), values.any_of.end());
    values.any_of.erase(std::unique(values.any_of.begin(), values.any_of.end()),
                        values.any_of.end());
    return values;
  }

  static uint32_t ValueNumber(RowIndex::Probe& probe, const cel::Value& value) {
    const auto next = static_cast<uint32_t>(probe.texts.size() + probe.numbers.size() + 1);
    if (value.Is(cel::Kind::kString))
      return probe.texts.try_emplace(value.AsString(), next).first->second;
    return probe.numbers.try_emplace(value.AsInt(), next).first->second;
  }

  uint32_t ProbeNumber(const std::vector<const FieldDescriptor*>& path, size_t prefix_bytes) {
    auto& probes = index_.probes_;
    const auto known = std::find_if(probes.begin(), probes.end(), [&](const auto& probe) {
      return probe.path == path && probe.prefix_bytes == prefix_bytes;
    });
    const auto number = static_cast<uint32_t>(std::distance(probes.begin(), known));
    if (known == probes.end()) probes.push_back({path, prefix_bytes, {}, {}});
    return number;
  }

  void Count(const ProbeValues& demand) {
    for (const uint32_t value : demand.any_of) ++counts_[{demand.probe, value}];
  }

  // How many rows demand the same.
  size_t CountOf(const ProbeValues& demand) const {
    size_t count = 0;
    for (const uint32_t value : demand.any_of) count += counts_.at({demand.probe, value});
    return count;
  }

  // Leaves demands out until the rest can be filed; what is left out is not proved.
  void File(Way way) {
    std::vector<ProbeValues>& demands = way.demands;
    const auto drop = [&way, &demands](auto demand) {
      demands.erase(demand);
      way.filed.is_whole = false;
    };
    while (Places(demands) > kPlacesPerRowMax)
      drop(std::max_element(demands.begin(), demands.end(), [](auto& left, auto& right) {
        return left.any_of.size() < right.any_of.size();
      }));
    const auto is_rarer = [this](auto& left, auto& right) {
      return CountOf(left) < CountOf(right);
    };
    while (demands.size() > RowIndex::kProbesPerShapeMax)
      drop(std::max_element(demands.begin(), demands.end(), is_rarer));
    size_t shape = ShapeOf(demands);
    if (shape == kNoShape) {
      demands = {*std::min_element(demands.begin(), demands.end(), is_rarer)};
      way.filed.is_whole = false;
      shape = ShapeOf(demands);
    }
    std::vector<RowIndex::Place> places = {{0, 0}};
    for (const ProbeValues& demand : demands) {
      std::vector<RowIndex::Place> longer;
      for (const RowIndex::Place& place : places)
        for (const uint32_t value : demand.any_of)
          longer.push_back(RowIndex::Packed(place, value));
      places = std::move(longer);
    }
    for (const RowIndex::Place& place : places) placed_.push_back({shape, place, way.filed});
  }

  static size_t Places(const std::vector<ProbeValues>& demands) {
    size_t places = 1;
    for (const ProbeValues& demand : demands) places *= std::max<size_t>(demand.any_of.size(), 1);
    return places;
  }

  // kNoShape: there would be too many. One probe alone always has a shape.
  size_t ShapeOf(const std::vector<ProbeValues>& demands) {
    std::vector<uint32_t> probes;
    for (const ProbeValues& demand : demands) probes.push_back(demand.probe);
    auto& shapes = index_.shapes_;
    for (size_t i = 0; i < shapes.size(); ++i)
      if (shapes[i].probes == probes) return i;
    if (probes.size() > 1 && shapes.size() >= kShapesMax) return kNoShape;
    shapes.push_back({std::move(probes), {}});
    return shapes.size() - 1;
  }

  // Puts the rows of each place together.
  void LayOut() {
    std::sort(placed_.begin(), placed_.end(), [](const Placed& left, const Placed& right) {
      return std::tie(left.shape, left.place, left.filed.row) <
             std::tie(right.shape, right.place, right.filed.row);
    });
    for (const Placed& placed : placed_) {
      RowIndex::Span& span = index_.shapes_[placed.shape].rows[placed.place];
      if (span.count++ == 0) span.first = static_cast<uint32_t>(index_.filed_.size());
      index_.filed_.push_back(placed.filed);
    }
  }

  static constexpr size_t kNoShape = SIZE_MAX;
  struct Placed {
    size_t shape;
    RowIndex::Place place;
    RowIndex::Filed filed;
  };

  RowIndex& index_;
  const RowIndex::Ticket ticket_;
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, size_t> counts_;
  std::vector<Placed> placed_;
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
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    // The scratch is for texts that are not stored as such.
    const absl::string_view text = reflection.GetStringReference(*message, field, &scratch);
    if (probe.prefix_bytes != kWhole && text.size() < probe.prefix_bytes) return said;
    const auto found = probe.texts.find(text.substr(0, probe.prefix_bytes));
    if (found != probe.texts.end()) said.value = found->second;
    return said;
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM)
    said.number = reflection.GetEnumValue(*message, field);
  else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32)
    said.number = reflection.GetInt32(*message, field);
  else
    said.number = reflection.GetInt64(*message, field);
  const auto found = probe.numbers.find(said.number);
  if (found != probe.numbers.end()) said.value = found->second;
  return said;
}

std::vector<RowIndex::Candidate> RowIndex::Candidates(const v1::Issue& issue,
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
  std::vector<Candidate> candidates;
  const auto take = [&](absl::Span<const Filed> rows) {
    for (const Filed& filed : rows) {
      const bool is_within =
          filed.probe == Filed::kNoProbe ||
          (said[filed.probe].number >= filed.min && said[filed.probe].number <= filed.max);
      if (is_within) candidates.push_back({filed.row, filed.is_whole});
    }
  };
  take(always_);
  for (const Shape& shape : shapes_) {
    Place place = {0, 0};
    bool is_demanded = true;
    for (const uint32_t probe : shape.probes) {
      is_demanded = is_demanded && said[probe].value != 0;
      place = Packed(place, said[probe].value);
    }
    if (!is_demanded) continue;
    const auto found = shape.rows.find(place);
    if (found == shape.rows.end()) continue;
    take(absl::MakeConstSpan(filed_).subspan(found->second.first, found->second.count));
  }
  // Of a row that is found twice, the proof counts.
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& one, const Candidate& other) {
    return std::make_pair(one.row, !one.is_proved) < std::make_pair(other.row, !other.is_proved);
  });
  candidates.erase(std::unique(candidates.begin(), candidates.end(),
                               [](const Candidate& one, const Candidate& other) {
                                 return one.row == other.row;
                               }),
                   candidates.end());
  return candidates;
}

}  // namespace redress::engine
