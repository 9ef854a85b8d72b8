#include "engine/playbook/yaml_chain.h"

#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/playbook/limits.h"
#include "engine/rules/enum_names.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kChainKeys[] = {"id", "for", "stop_on", "steps"};
constexpr absl::string_view kStepKeys[] = {"id",         "at",       "after", "calendar",
                                           "when",       "do",       "to",    "else",
                                           "department", "severity", "url"};
constexpr absl::string_view kOf = "% of ";

class StepReader {
 public:
  StepReader(YamlReader& reader, YamlId place, ChainNames names)
      : reader_(reader), names_(names), place_(place), map_(reader, place, "a step", kStepKeys) {}

  YamlId guard_place() const { return map_.Find("when").value_or(place_); }

  v1::ChainStep Read(absl::flat_hash_set<std::string>& ids) {
    ReadId(ids);
    ReadTime();
    if (const auto when = map_.Find("when"))
      step_.set_guard(reader_.Text(*when, "when", kConditionBytesMax));
    if (const auto action = map_.Require("do"))
      step_.set_action(reader_.EnumValue<v1::ChainAction>(*action, "do"));
    if (step_.action() != v1::CHAIN_ACTION_UNSPECIFIED) ReadAction();
    return std::move(step_);
  }

 private:
  void ReadId(absl::flat_hash_set<std::string>& ids) {
    const auto place = map_.Require("id");
    if (!place.has_value()) return;
    step_.set_id(reader_.Id(*place, "id", IdForm::kName));
    if (!step_.id().empty() && !ids.insert(step_.id()).second)
      reader_.Fail(*place, absl::StrCat("the id '", step_.id(), "' is used twice in this chain"));
  }

  void ReadTime() {
    const auto at = map_.Find("at");
    const auto after = map_.Find("after");
    const bool is_reported = map_.IsReported("at") || map_.IsReported("after");
    if (at.has_value() == after.has_value() && !is_reported)
      reader_.Fail(place_, "a step says either 'at' or 'after', not both");
    if (at.has_value()) ReadAt(*at);
    if (after.has_value()) *step_.mutable_wait() = reader_.Duration(*after, "after");
    const auto calendar = map_.Find("calendar");
    if (!calendar.has_value()) return;
    if (step_.percent() > 0)
      return reader_.Fail(*calendar, "a percentage counts on the calendar of its clock");
    CalendarChoice choice = ReadCalendarChoice(reader_, *calendar, names_.clocks.calendars);
    step_.set_calendar(std::move(choice.calendar));
    step_.set_by_department(choice.by_department);
    const int64_t seconds = step_.has_wait() ? step_.wait().seconds() : step_.offset().seconds();
    const bool is_short = seconds > 0 && seconds < kHoursSecondsMin;
    if (is_short && (step_.by_department() || !step_.calendar().empty()))
      reader_.Fail(at.value_or(after.value_or(place_)),
                   "a time on a calendar is 1m or more, the shortest hours that there are");
  }

  // "75% of RESOLVE", or a span from the chain's start.
  void ReadAt(YamlId id) {
    const std::string& text = reader_[id].text;
    if (!absl::StrContains(text, '%')) {
      *step_.mutable_offset() = reader_.Duration(id, "at");
      return;
    }
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(text, absl::MaxSplits(kOf, 1));
    int percent = 0;
    const bool is_number = absl::SimpleAtoi(parts.first, &percent);
    const auto clock = NumberOfShortName(*v1::ClockKind_descriptor(), parts.second);
    if (!is_number || percent < 1 || percent > kStepPercentMax || !clock.has_value()) {
      reader_.Fail(id, absl::StrCat("'at' is a span such as 4h, or a percentage of a clock such as "
                                    "75% of RESOLVE, from 1% to ",
                                    kStepPercentMax, "%"));
      return;
    }
    step_.set_percent(percent);
    step_.set_clock(static_cast<v1::ClockKind>(*clock));
  }

  void ReadAction() {
    const v1::ChainAction action = step_.action();
    const bool tells =
        action == v1::CHAIN_ACTION_NOTIFY || action == v1::CHAIN_ACTION_ASK_APPROVAL;
    const bool moves =
        action == v1::CHAIN_ACTION_REASSIGN || action == v1::CHAIN_ACTION_RAISE_LEVEL;
    if (const auto to = FindFor("to", tells, tells)) *step_.mutable_to() = ReadRecipient(*to, "to");
    if (const auto otherwise = FindFor("else", tells, false))
      *step_.mutable_otherwise() = ReadRecipient(*otherwise, "else");
    const bool needs_department = action == v1::CHAIN_ACTION_REASSIGN;
    if (const auto department = FindFor("department", moves, needs_department)) {
      step_.set_department(reader_.Id(*department, "department", IdForm::kName));
      names_.clocks.departments.Use(step_.department(), *department);
    }
    const bool grades = action == v1::CHAIN_ACTION_SET_SEVERITY;
    if (const auto severity = FindFor("severity", grades, grades))
      step_.set_severity(reader_.EnumValue<v1::Severity>(*severity, "severity"));
    const bool calls = action == v1::CHAIN_ACTION_WEBHOOK;
    if (const auto url = FindFor("url", calls, calls)) {
      step_.set_url(reader_.Text(*url, "url", kUrlSizeMax));
      const bool is_web =
          absl::StartsWith(step_.url(), "https://") || absl::StartsWith(step_.url(), "http://");
      if (!is_web && !step_.url().empty())
        reader_.Fail(*url, "'url' must begin with https:// or http://");
    }
  }

  // The value under a key that only some actions know.
  std::optional<YamlId> FindFor(absl::string_view key, bool is_known, bool is_required) {
    if (is_required) return map_.Require(key);
    const auto found = map_.Find(key);
    if (found.has_value() && !is_known) {
      reader_.Fail(*found, absl::StrCat("'", key, "' has no meaning for ", ActionName()));
      return std::nullopt;
    }
    return found;
  }

  std::string ActionName() const {
    return ShortName(*v1::ChainAction_descriptor()->FindValueByNumber(step_.action()));
  }

  // HOLDER, HEAD or DIRECTOR, or else a role of the playbook.
  v1::Recipient ReadRecipient(YamlId id, absl::string_view key) {
    v1::Recipient recipient;
    const std::string name = reader_.Id(id, key, IdForm::kName);
    const auto kind = NumberOfShortName(*v1::RecipientKind_descriptor(), name);
    if (kind.has_value() && *kind != v1::RECIPIENT_KIND_ROLE) {
      recipient.set_kind(static_cast<v1::RecipientKind>(*kind));
      return recipient;
    }
    recipient.set_kind(v1::RECIPIENT_KIND_ROLE);
    recipient.set_role(name);
    names_.roles.Use(name, id);
    return recipient;
  }

  YamlReader& reader_;
  ChainNames names_;
  YamlId place_;
  YamlMap map_;
  v1::ChainStep step_;
};

void ReadStops(YamlReader& reader, const YamlMap& map, v1::ChainRule& rule) {
  const auto stops = map.Find("stop_on");
  if (!stops.has_value()) rule.add_stop_on(v1::CHAIN_STOP_RESOLVED);
  if (!stops.has_value()) return;
  for (const YamlId item : reader.Items(*stops, "stop_on", kChainStopsMax))
    rule.add_stop_on(reader.EnumValue<v1::ChainStop>(item, "stop_on"));
}

}  // namespace

std::vector<ChainPlace> ReadChains(YamlReader& reader, YamlId id, ChainNames names,
                                   v1::Playbook& playbook) {
  std::vector<ChainPlace> places;
  absl::flat_hash_set<std::string> ids;
  for (const YamlId row : reader.Items(id, "chains", kChainsMax)) {
    v1::ChainRule& rule = *playbook.add_chains();
    ChainPlace& place = places.emplace_back();
    place.row = row;
    YamlMap map(reader, row, "a chains row", kChainKeys);
    if (const auto id_place = map.Require("id")) {
      rule.set_id(reader.Id(*id_place, "id", IdForm::kPath));
      if (!rule.id().empty() && !ids.insert(rule.id()).second)
        reader.Fail(*id_place,
                    absl::StrCat("the id '", rule.id(), "' is used twice in this table"));
    }
    if (const auto match = map.Find("for"))
      *rule.mutable_match() = ReadClockMatch(reader, *match, names.clocks);
    ReadStops(reader, map, rule);
    const auto steps = map.Require("steps");
    if (!steps.has_value()) continue;
    absl::flat_hash_set<std::string> step_ids;
    for (const YamlId item : reader.Items(*steps, "steps", kChainStepsMax)) {
      StepReader step(reader, item, names);
      *rule.add_steps() = step.Read(step_ids);
      place.steps.push_back(item);
      place.guards.push_back(step.guard_place());
    }
    if (reader[*steps].kind == YamlKind::kSequence && rule.steps().empty())
      reader.Fail(*steps, "a chain needs a step");
  }
  return places;
}

}  // namespace redress::engine
