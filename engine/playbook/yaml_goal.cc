#include "engine/playbook/yaml_goal.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/playbook/limits.h"
#include "engine/playbook/yaml_inspection.h"
#include "engine/playbook/yaml_people.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kGoalKeys[] = {"id",      "department", "month",  "title",
                                           "measure", "at_least",   "at_most"};
constexpr int64_t kMillionthsOfRate = 100;  // in a hundredth of a percent
constexpr int64_t kGoalNumberMax = 1'000'000'000'000;

// The unit and the value of "90%", "4h" or "12"; nothing when it is none of these.
std::optional<v1::GoalTarget> ParseTarget(absl::string_view text) {
  v1::GoalTarget target;
  int64_t number = 0;
  if (const auto rate = ParseRate(text)) {
    target.set_unit(v1::GOAL_UNIT_RATE);
    target.set_value(int64_t{*rate} * kMillionthsOfRate);
  } else if (const auto span = ParseSpan(text)) {
    target.set_unit(v1::GOAL_UNIT_SECONDS);
    target.set_value(*span);
  } else if (absl::SimpleAtoi(text, &number) && number >= 0 && number <= kGoalNumberMax) {
    target.set_unit(v1::GOAL_UNIT_NUMBER);
    target.set_value(number);
  } else {
    return std::nullopt;
  }
  return target;
}

class GoalReader {
 public:
  GoalReader(YamlReader& reader, YamlNames& departments, const v1::Playbook& playbook)
      : reader_(reader), departments_(departments), playbook_(playbook) {}

  v1::Goal Read(YamlId row) {
    v1::Goal goal;
    YamlMap map(reader_, row, "a goal", kGoalKeys);
    if (const auto id = map.Require("id")) {
      goal.set_id(reader_.Id(*id, "id", IdForm::kName));
      if (!goal.id().empty() && !ids_.insert(goal.id()).second)
        reader_.Fail(*id, absl::StrCat("the id '", goal.id(), "' is used twice in this table"));
    }
    if (const auto title = map.Require("title"))
      goal.set_title(reader_.Text(*title, "title", kTitleSizeMax));
    if (const auto department = map.Require("department")) {
      goal.set_department(reader_.Id(*department, "department", IdForm::kName));
      departments_.Use(goal.department(), *department);
    }
    if (const auto month = map.Require("month")) {
      goal.set_month(reader_[*month].text);
      if (!IsMonth(goal.month()))
        reader_.Fail(*month, "a month is written like 2026-11, from 1970-01 to 2099-12");
    }
    ReadMeasure(map, row, goal);
    return goal;
  }

 private:
  void ReadMeasure(const YamlMap& map, YamlId row, v1::Goal& goal) {
    const auto measure = map.Find("measure");
    const auto at_least = map.Find("at_least");
    const auto at_most = map.Find("at_most");
    if (!measure) {
      if (at_least || at_most) reader_.Fail(row, "a target needs a 'measure' to be compared with");
      return;
    }
    goal.set_measure(reader_.Id(*measure, "measure", IdForm::kName));
    CheckMeasure(*measure, goal.measure());
    if (at_least.has_value() == at_most.has_value())
      return reader_.Fail(row, "a goal with a measure needs 'at_least' or 'at_most', one of them");
    const YamlId place = at_least ? *at_least : *at_most;
    const auto target = ParseTarget(reader_[place].text);
    if (!target)
      return reader_.Fail(place, "a target is a rate like 90%, a time like 4h, or a whole number");
    *goal.mutable_target() = *target;
    goal.mutable_target()->set_side(at_least ? v1::GOAL_SIDE_AT_LEAST : v1::GOAL_SIDE_AT_MOST);
  }

  void CheckMeasure(YamlId place, const std::string& id) {
    const auto rule =
        std::find_if(playbook_.measures().begin(), playbook_.measures().end(),
                     [&](const v1::MeasureRule& known) { return known.id() == id; });
    if (id.empty()) return;
    if (rule == playbook_.measures().end())
      return reader_.Fail(place, absl::StrCat("no measure is named '", id, "'"));
    const bool is_split =
        std::any_of(rule->by().begin(), rule->by().end(), [](const v1::MeasureSplit& split) {
          return split.dimensions_size() == 1 && split.dimensions(0) == "department";
        });
    if (!is_split)
      reader_.Fail(place, absl::StrCat("measure '", id, "' is not split by department"));
  }

  YamlReader& reader_;
  YamlNames& departments_;
  const v1::Playbook& playbook_;
  absl::flat_hash_set<std::string> ids_;
};

}  // namespace

std::vector<YamlId> ReadGoals(YamlReader& reader, const YamlMap& map, YamlNames& departments,
                              v1::Playbook& playbook) {
  std::vector<YamlId> places;
  const auto id = map.Find("goals");
  if (!id) return places;
  GoalReader goals(reader, departments, playbook);
  for (const YamlId row : reader.Items(*id, "goals", kGoalsMax)) {
    *playbook.add_goals() = goals.Read(row);
    places.push_back(row);
  }
  return places;
}

std::string FindGoalFault(const v1::Goal& goal, const MeasureSet& measures) {
  if (goal.measure().empty()) return "";
  const Measure& measure = measures.measures()[measures.Find(goal.measure()).value()];
  const v1::GoalUnit unit = goal.target().unit();
  if (measure.share && unit != v1::GOAL_UNIT_RATE)
    return absl::StrCat("measure '", goal.measure(), "' is a share; its target is a rate like 90%");
  const bool is_span = measure.value && measure.value->type().Is(cel::TypeKind::kDuration);
  if (is_span && unit != v1::GOAL_UNIT_SECONDS)
    return absl::StrCat("measure '", goal.measure(), "' gives times; its target is a time like 4h");
  if (!measure.share && !is_span && unit != v1::GOAL_UNIT_NUMBER)
    return absl::StrCat("measure '", goal.measure(),
                        "' gives numbers; its target is a whole number");
  return "";
}

}  // namespace redress::engine
