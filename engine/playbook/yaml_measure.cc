#include "engine/playbook/yaml_measure.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/measure/measure.h"
#include "engine/playbook/limits.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kMeasureKeys[] = {"id",    "title", "basis", "on", "of",
                                              "share", "value", "day",   "by"};

class MeasureReader {
 public:
  MeasureReader(YamlReader& reader, YamlId row) : reader_(reader) {
    places_ = {row, row, row, row, row, row, {}, {}};
  }

  v1::MeasureRule Read(absl::flat_hash_set<std::string>& ids) {
    YamlMap map(reader_, places_.row, "a measure", kMeasureKeys);
    if (const auto id = map.Require("id")) {
      rule_.set_id(reader_.Id(*id, "id", IdForm::kName));
      if (!rule_.id().empty() && !ids.insert(rule_.id()).second)
        reader_.Fail(*id, absl::StrCat("the id '", rule_.id(), "' is used twice in this table"));
    }
    if (const auto title = map.Require("title"))
      rule_.set_title(reader_.Text(*title, "title", kTitleSizeMax));
    if (const auto basis = map.Require("basis"))
      rule_.set_basis(reader_.EnumValue<v1::MeasureBasis>(*basis, "basis"));
    ReadExpression(map, "of", places_.of, *rule_.mutable_of());
    ReadExpression(map, "share", places_.share, *rule_.mutable_share());
    ReadExpression(map, "value", places_.value, *rule_.mutable_value());
    ReadExpression(map, "day", places_.day, *rule_.mutable_day());
    if (!rule_.share().empty() && !rule_.value().empty())
      reader_.Fail(places_.value, "a measure has a share or a value, not both");
    if (rule_.basis() == v1::MEASURE_BASIS_SPAN && !rule_.share().empty())
      reader_.Fail(places_.share, "basis SPAN adds up time and has no 'share'");
    if (const auto on = map.Find("on")) ReadKinds(*on);
    const bool is_event = rule_.basis() == v1::MEASURE_BASIS_EVENT;
    const bool has_basis = rule_.basis() != v1::MEASURE_BASIS_UNSPECIFIED;
    if (is_event && rule_.on().empty() && !map.IsReported("on"))
      reader_.Fail(places_.row, "basis EVENT needs 'on', the kinds of events that are looked at");
    if (has_basis && rule_.basis() != v1::MEASURE_BASIS_COHORT && !rule_.day().empty())
      reader_.Fail(places_.day, "only basis COHORT has 'day'");
    if (has_basis && !is_event && !rule_.on().empty())
      reader_.Fail(places_.on[0], "only basis EVENT has 'on'");
    if (const auto by = map.Find("by")) ReadSplits(*by);
    return std::move(rule_);
  }

  MeasurePlaces TakePlaces() && { return std::move(places_); }

 private:
  void ReadExpression(const YamlMap& map, absl::string_view key, YamlId& place, std::string& text) {
    const auto found = map.Find(key);
    if (!found) return;
    place = *found;
    text = reader_.Text(place, key, kConditionBytesMax);
  }

  void ReadKinds(YamlId id) {
    for (const YamlId item : reader_.Items(id, "on", kFactNumbersMax)) {
      rule_.add_on(reader_.Id(item, "on", IdForm::kWord));
      places_.on.push_back(item);
    }
  }

  // A split is a name, or a list of names that are taken together.
  void ReadSplits(YamlId id) {
    for (const YamlId item : reader_.Items(id, "by", kMeasureSplitsMax)) {
      v1::MeasureSplit& split = *rule_.add_by();
      places_.by.push_back(item);
      if (reader_[item].kind != YamlKind::kSequence) {
        split.add_dimensions(reader_.Id(item, "by", IdForm::kWord));
        continue;
      }
      for (const YamlId name : reader_.Items(item, "by", kMeasureSplitDimensionsMax)) {
        const std::string dimension = reader_.Id(name, "by", IdForm::kWord);
        const auto& known = split.dimensions();
        if (std::find(known.begin(), known.end(), dimension) != known.end())
          reader_.Fail(name, absl::StrCat("'", dimension, "' stands twice in this split"));
        split.add_dimensions(dimension);
      }
      if (split.dimensions().empty()) reader_.Fail(item, "a split needs a dimension");
    }
  }

  YamlReader& reader_;
  MeasurePlaces places_;
  v1::MeasureRule rule_;
};

}  // namespace

std::vector<MeasurePlaces> ReadMeasures(YamlReader& reader, YamlId id, v1::Playbook& playbook) {
  std::vector<MeasurePlaces> places;
  absl::flat_hash_set<std::string> ids;
  for (const YamlId row : reader.Items(id, "measures", kMeasuresMax)) {
    MeasureReader measure(reader, row);
    *playbook.add_measures() = measure.Read(ids);
    places.push_back(std::move(measure).TakePlaces());
  }
  return places;
}

std::vector<MeasurePlaces> ReadDimensions(YamlReader& reader, YamlId id, v1::Playbook& playbook) {
  std::vector<MeasurePlaces> places;
  const std::vector<std::string> built_in = BuiltInDimensions();
  for (const YamlEntry& entry : YamlEntries(reader, id, "'dimensions'", kDimensionRulesMax)) {
    v1::DimensionRule& rule = *playbook.add_dimensions();
    rule.set_name(reader.Id(entry.key, "dimension", IdForm::kWord));
    rule.set_is(reader.Text(entry.value, rule.name(), kConditionBytesMax));
    if (std::find(built_in.begin(), built_in.end(), rule.name()) != built_in.end())
      reader.Fail(entry.key, absl::StrCat("every playbook has the dimension '", rule.name(),
                                          "'; take another name"));
    MeasurePlaces place;
    place.row = entry.key;
    place.is = entry.value;
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace redress::engine
