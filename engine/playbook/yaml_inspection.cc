#include "engine/playbook/yaml_inspection.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/measure/built_in_dimension.h"
#include "engine/playbook/limits.h"
#include "engine/playbook/yaml_names.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kInspectionKeys[] = {"forms", "plans"};
constexpr absl::string_view kFormKeys[] = {"title", "items"};
constexpr absl::string_view kItemKeys[] = {"title", "fatal", "opportunities"};
constexpr absl::string_view kPlanKeys[] = {"title", "form", "by", "rate", "count", "strata"};
constexpr absl::string_view kStratumKeys[] = {"of", "rate", "count"};

constexpr uint32_t kRateUnit = 100;  // parts of a percent
constexpr size_t kRateDigitsMax = 3;
constexpr size_t kRatePlacesMax = 2;

bool AreDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return absl::ascii_isdigit(static_cast<unsigned char>(letter));
  });
}

class InspectionReader {
 public:
  InspectionReader(YamlReader& reader, YamlNames& departments, v1::Playbook& playbook)
      : reader_(reader), departments_(departments), playbook_(playbook) {}

  void Read(YamlId id) {
    const YamlMap map(reader_, id, "'inspection'", kInspectionKeys);
    if (const auto forms = map.Find("forms"))
      for (const YamlEntry& entry : YamlEntries(reader_, *forms, "'forms'", kFormsMax))
        ReadForm(entry);
    if (const auto plans = map.Find("plans"))
      for (const YamlEntry& entry : YamlEntries(reader_, *plans, "'plans'", kPlansMax))
        ReadPlan(entry);
    forms_.Check(reader_);
  }

 private:
  void ReadForm(const YamlEntry& entry) {
    v1::InspectionForm& form = *playbook_.add_inspection_forms();
    form.set_id(reader_.Id(entry.key, "form", IdForm::kName));
    forms_.Define(form.id());
    YamlMap map(reader_, entry.value, "a form", kFormKeys);
    form.set_title(Title(map));
    const auto items = map.Require("items");
    if (!items) return;
    for (const YamlEntry& item : YamlEntries(reader_, *items, "'items'", kFormItemsMax))
      ReadItem(item, *form.add_items());
    if (form.items().empty()) reader_.Fail(*items, "a form needs an item");
  }

  void ReadItem(const YamlEntry& entry, v1::InspectionItem& item) {
    item.set_id(reader_.Id(entry.key, "item", IdForm::kName));
    YamlMap map(reader_, entry.value, "an item", kItemKeys);
    item.set_title(Title(map));
    if (const auto fatal = map.Find("fatal")) item.set_fatal(reader_.Bool(*fatal, "fatal"));
    item.set_opportunities(1);
    const auto opportunities = map.Find("opportunities");
    if (!opportunities) return;
    item.set_opportunities(static_cast<uint32_t>(
        reader_.Int(*opportunities, "opportunities", 1, kItemOpportunitiesMax)));
    if (item.fatal())
      reader_.Fail(*opportunities, "a fatal item is right or wrong; it has no 'opportunities'");
  }

  void ReadPlan(const YamlEntry& entry) {
    v1::SamplingPlan& plan = *playbook_.add_sampling_plans();
    plan.set_id(reader_.Id(entry.key, "plan", IdForm::kName));
    YamlMap map(reader_, entry.value, "a plan", kPlanKeys);
    plan.set_title(Title(map));
    if (const auto form = map.Require("form")) {
      plan.set_form(reader_.Id(*form, "form", IdForm::kName));
      forms_.Use(plan.form(), *form);
    }
    if (const auto by = map.Find("by")) ReadDimensions(*by, plan);
    ReadSize(map, entry.key, *plan.mutable_size());
    if (const auto strata = map.Find("strata"))
      for (const YamlId row : reader_.Items(*strata, "strata", kPlanStrataMax))
        ReadStratum(row, plan);
  }

  void ReadDimensions(YamlId id, v1::SamplingPlan& plan) {
    const std::vector<std::string> known = BuiltInDimensions();
    std::set<std::string> seen;
    for (const YamlId item : reader_.Items(id, "by", kPlanDimensionsMax)) {
      const std::string name = reader_.Id(item, "by", IdForm::kWord);
      plan.add_by(name);
      if (!name.empty() && std::find(known.begin(), known.end(), name) == known.end())
        reader_.Fail(item, absl::StrCat("'", name, "' is no dimension that every playbook has: ",
                                        absl::StrJoin(known, ", ")));
      if (!seen.insert(name).second)
        reader_.Fail(item, absl::StrCat("'", name, "' stands twice in 'by'"));
    }
  }

  void ReadStratum(YamlId row, v1::SamplingPlan& plan) {
    v1::StratumSize& stratum = *plan.add_strata();
    YamlMap map(reader_, row, "a stratum", kStratumKeys);
    ReadSize(map, row, *stratum.mutable_size());
    const auto of = map.Require("of");
    if (!of) return;
    for (const YamlId item : reader_.Items(*of, "of", kPlanDimensionsMax)) {
      stratum.add_values(reader_.Text(item, "of", kShortTextSizeMax));
      const int place = stratum.values_size() - 1;
      if (place < plan.by_size()) CheckValue(plan.by(place), stratum.values(place), item);
    }
    if (stratum.values_size() != plan.by_size())
      reader_.Fail(*of, absl::StrCat("'of' has ", stratum.values_size(), " values; 'by' has ",
                                     plan.by_size(), " dimensions"));
    for (int i = 0; i + 1 < plan.strata_size(); ++i)
      if (std::equal(stratum.values().begin(), stratum.values().end(),
                     plan.strata(i).values().begin(), plan.strata(i).values().end()))
        reader_.Fail(*of, "this stratum was given before");
  }

  // Of the dimensions whose values are known beforehand.
  void CheckValue(const std::string& dimension, const std::string& value, YamlId item) {
    if (value.empty()) return;
    if (dimension == "department") departments_.Use(value, item);
    if (dimension == "level" || dimension == "highest_level")
      reader_.EnumValue<v1::Level>(item, dimension);
    if (dimension == "severity") reader_.EnumValue<v1::Severity>(item, dimension);
    if (dimension == "kind") reader_.EnumValue<v1::IssueKind>(item, dimension);
  }

  void ReadSize(const YamlMap& map, YamlId place, v1::SampleSize& size) {
    const auto rate = map.Find("rate");
    const auto count = map.Find("count");
    if (!rate && !count && !map.IsReported("rate") && !map.IsReported("count"))
      return reader_.Fail(place, "say how many to draw: a 'rate', a 'count' or both");
    if (count)
      size.set_count(static_cast<uint32_t>(reader_.Int(*count, "count", 0, kPlanCountMax)));
    if (!rate) return;
    const auto parsed = ParseRate(reader_[*rate].text);
    if (!parsed || *parsed == 0)
      return reader_.Fail(*rate, "a rate is written like 5% or 2.5%, more than 0% up to 100%");
    size.set_rate(*parsed);
  }

  std::string Title(YamlMap& map) {
    const auto title = map.Require("title");
    return title ? reader_.Text(*title, "title", kTitleSizeMax) : "";
  }

  YamlReader& reader_;
  YamlNames& departments_;
  v1::Playbook& playbook_;
  YamlNames forms_{"form"};
};

}  // namespace

std::optional<uint32_t> ParseRate(absl::string_view text) {
  if (!absl::ConsumeSuffix(&text, "%")) return std::nullopt;
  const size_t point = text.find('.');
  const absl::string_view whole = text.substr(0, point);
  std::string places;
  if (point != absl::string_view::npos) {
    places = std::string(text.substr(point + 1));
    if (!AreDigits(places) || places.size() > kRatePlacesMax) return std::nullopt;
  }
  if (!AreDigits(whole) || whole.size() > kRateDigitsMax) return std::nullopt;
  places.resize(kRatePlacesMax, '0');
  uint32_t rate = 0;
  for (const char digit : absl::StrCat(whole, places))
    rate = rate * 10 + static_cast<uint32_t>(digit - '0');
  if (rate > 100 * kRateUnit) return std::nullopt;
  return rate;
}

void ReadInspection(YamlReader& reader, const YamlMap& map, YamlNames& departments,
                    v1::Playbook& playbook) {
  if (const auto id = map.Find("inspection"))
    InspectionReader(reader, departments, playbook).Read(*id);
}

}  // namespace redress::engine
