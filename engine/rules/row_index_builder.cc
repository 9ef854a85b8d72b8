// How rows are filed in an index.
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "engine/rules/fact_fields.h"
#include "engine/rules/row_index.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

namespace v1 = redress::v1;

using google::protobuf::FieldDescriptor;

// Files rows. A demand whose values are prefixes of several lengths is one for each length.
class RowIndexBuilder {
 public:
  RowIndexBuilder(RowIndex& index, RowIndex::Ticket ticket, const Vocabulary& vocabulary)
      : index_(index), ticket_(ticket), vocabulary_(vocabulary) {}

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
  using Kind = RowIndex::Probe::Kind;

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
        way.filed.probe = ProbeNumber(Kind::kValue, demand.path, RowIndex::kWhole);
        way.filed.min = demand.min;
        way.filed.max = demand.max;
      } else if (demand.kind == cel::Demand::Kind::kHas) {
        way.demands.push_back({ProbeNumber(Kind::kPresence, demand.path, RowIndex::kWhole), {1}});
      } else if (demand.kind == cel::Demand::Kind::kCall) {
        AddTextDemands(demand, way);
      } else if (std::optional<ProbeValues> values = ValuesOf(demand)) {
        way.demands.push_back(*std::move(values));
      } else {
        way.filed.is_whole = false;
      }
    }
    std::sort(way.demands.begin(), way.demands.end(),
              [this](const auto& left, const auto& right) {
                return std::make_pair(IsSeveral(left), left.probe) <
                       std::make_pair(IsSeveral(right), right.probe);
              });
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
    ProbeValues values{ProbeNumber(Kind::kValue, demand.path, bytes), {}};
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

  // What is looked for in the issue's own text or title. Of mentions_all() each phrase is a demand.
  void AddTextDemands(const cel::Demand& demand, Way& way) {
    std::vector<std::vector<uint32_t>> values;
    const bool is_pattern = demand.function == "matches";
    const bool is_any = demand.function == "mentions";
    const bool is_known = is_pattern || is_any || demand.function == "mentions_all";
    if (!is_known || demand.path.size() != 1 || !IsScanned(*demand.path[0]) ||
        demand.values.size() > kPlacesPerRowMax) {
      way.filed.is_whole = false;
      return;
    }
    const uint32_t probe = ProbeNumber(is_pattern ? Kind::kPatterns : Kind::kPhrases, demand.path,
                                       RowIndex::kWhole);
    for (const cel::Value& value : demand.values) {
      const std::optional<int> sought =
          is_pattern ? vocabulary_.patterns().NumberOf(value.AsString())
                     : vocabulary_.phrases().NumberOf(value.AsString());
      CHECK(sought.has_value());  // compiling the condition added it
      auto& numbers = index_.probes_[probe].numbers;
      const auto next = static_cast<uint32_t>(numbers.size() + 1);
      const uint32_t number = numbers.try_emplace(*sought, next).first->second;
      if (values.empty() || !is_any) values.emplace_back();
      values.back().push_back(number);
    }
    for (std::vector<uint32_t>& any_of : values) {
      std::sort(any_of.begin(), any_of.end());
      any_of.erase(std::unique(any_of.begin(), any_of.end()), any_of.end());
      way.demands.push_back({probe, std::move(any_of)});
    }
  }

  static bool IsScanned(const FieldDescriptor& field) {
    return field.containing_type() == v1::Issue::descriptor() &&
           (field.number() == v1::Issue::kTextFieldNumber ||
            field.number() == v1::Issue::kTitleFieldNumber);
  }

  bool IsSeveral(const ProbeValues& demand) const {
    return index_.probes_[demand.probe].is_several();
  }

  uint32_t ProbeNumber(Kind kind, const std::vector<const FieldDescriptor*>& path,
                       size_t prefix_bytes) {
    auto& probes = index_.probes_;
    const auto known = std::find_if(probes.begin(), probes.end(), [&](const auto& probe) {
      return probe.kind == kind && probe.path == path && probe.prefix_bytes == prefix_bytes;
    });
    const auto number = static_cast<uint32_t>(std::distance(probes.begin(), known));
    if (known == probes.end())
      probes.push_back({kind, path, prefix_bytes, ReadersOf(path), {}, {}});
    return number;
  }

  // Empty when some field has none.
  static std::vector<cel::FieldReader> ReadersOf(const std::vector<const FieldDescriptor*>& path) {
    std::vector<cel::FieldReader> readers;
    for (const FieldDescriptor* field : path) readers.push_back(FindFactFieldReader(field));
    if (std::count(readers.begin(), readers.end(), nullptr) > 0) readers.clear();
    return readers;
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

  // Leaves demands out until the rest can be filed; what is left out is not proved. Demands about
  // texts stand last, and one of them at most is filed: that of which there are fewest.
  void File(Way way) {
    std::vector<ProbeValues>& demands = way.demands;
    const auto drop = [&way, &demands](auto demand) {
      demands.erase(demand);
      way.filed.is_whole = false;
    };
    const auto is_several = [this](const ProbeValues& demand) { return IsSeveral(demand); };
    while (std::count_if(demands.begin(), demands.end(), is_several) > 1)
      drop(std::max_element(std::find_if(demands.begin(), demands.end(), is_several),
                            demands.end(), [this](auto& left, auto& right) {
                              return CountOf(left) < CountOf(right);
                            }));
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
    shapes.push_back({std::move(probes), {}, {}});
    return shapes.size() - 1;
  }

  // Puts the rows of each place together.
  void LayOut() {
    std::sort(placed_.begin(), placed_.end(), [](const Placed& left, const Placed& right) {
      return std::tie(left.shape, left.place, left.filed.row) <
             std::tie(right.shape, right.place, right.filed.row);
    });
    for (const Placed& placed : placed_) {
      RowIndex::Shape& shape = index_.shapes_[placed.shape];
      for (RowIndex::Span* span : {&shape.rows[placed.place], &shape.all})
        if (span->count++ == 0) span->first = static_cast<uint32_t>(index_.filed_.size());
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
  const Vocabulary& vocabulary_;
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, size_t> counts_;
  std::vector<Placed> placed_;
};

RowIndex::RowIndex(const std::vector<const cel::Program*>& conditions, Ticket ticket,
                   const Vocabulary& vocabulary) {
  RowIndexBuilder(*this, ticket, vocabulary).Build(conditions);
}

}  // namespace redress::engine
