#include "engine/playbook/yaml_clock.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/playbook/limits.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kClockKeys[] = {"id",   "clock",  "for",       "budget",    "calendar",
                                            "warn", "pauses", "on_change", "auto_reply"};
constexpr absl::string_view kMatchKeys[] = {"category", "kind",     "level",
                                            "segment",  "severity", "department"};
constexpr absl::string_view kElapsed = "elapsed";
constexpr absl::string_view kByDepartment = "department";
constexpr int kPercentMax = 99;

class ClockReader {
 public:
  ClockReader(YamlReader& reader, ClockNames names) : reader_(reader), names_(names) {}

  v1::ClockRule Read(YamlMap& map) {
    if (const auto clock = map.Require("clock"))
      rule_.set_clock(reader_.EnumValue<v1::ClockKind>(*clock, "clock"));
    if (const auto match = map.Find("for"))
      *rule_.mutable_match() = ReadClockMatch(reader_, *match, names_);
    if (const auto calendar = map.Find("calendar")) ReadCalendarName(*calendar);
    if (const auto budget = map.Require("budget")) ReadBudget(*budget);
    if (const auto warn = map.Find("warn")) ReadWarnings(*warn);
    ReadPauses(map.Find("pauses"));
    rule_.set_on_change(v1::CLOCK_REVISION_KEEP);
    if (const auto change = map.Find("on_change"))
      rule_.set_on_change(reader_.EnumValue<v1::ClockRevision>(*change, "on_change"));
    if (const auto reply = map.Find("auto_reply")) ReadAutoReply(*reply);
    return std::move(rule_);
  }

 private:
  void ReadCalendarName(YamlId id) {
    CalendarChoice choice = ReadCalendarChoice(reader_, id, names_.calendars);
    rule_.set_by_department(choice.by_department);
    rule_.set_calendar(std::move(choice.calendar));
  }

  void ReadBudget(YamlId id) {
    *rule_.mutable_budget() = reader_.Duration(id, "budget");
    const bool has_calendar = rule_.by_department() || !rule_.calendar().empty();
    const int64_t seconds = rule_.budget().seconds();
    if (has_calendar && seconds > 0 && seconds < kHoursSecondsMin)
      reader_.Fail(id, "a budget on a calendar is 1m or more, the shortest hours that there are");
  }

  void ReadWarnings(YamlId id) {
    for (const YamlId item : reader_.Items(id, "warn", kWarningsMax)) {
      const int percent = static_cast<int>(reader_.Int(item, "warn", 1, kPercentMax));
      const int count = rule_.warn_percents_size();
      if (percent > 0 && count > 0 && percent <= rule_.warn_percents(count - 1))
        reader_.Fail(item, "percents must rise");
      rule_.add_warn_percents(percent);
    }
  }

  bool HasOwnPauses() const {
    return rule_.clock() == v1::CLOCK_KIND_LEVEL || rule_.clock() == v1::CLOCK_KIND_RESOLVE;
  }

  void ReadPauses(std::optional<YamlId> id) {
    if (id.has_value() && !HasOwnPauses() && rule_.clock() != v1::CLOCK_KIND_UNSPECIFIED)
      reader_.Fail(*id, "only LEVEL and RESOLVE choose their pauses");
    if (id.has_value()) {
      for (const YamlId item : reader_.Items(*id, "pauses", kPauseReasonsMax))
        rule_.add_pauses(reader_.EnumValue<v1::PauseReason>(item, "pauses"));
      return;
    }
    if (rule_.clock() == v1::CLOCK_KIND_FIRST || rule_.clock() == v1::CLOCK_KIND_NEXT)
      rule_.add_pauses(v1::PAUSE_REASON_CUSTOMER_INFO);
    if (!HasOwnPauses()) return;
    for (const v1::PauseReason reason :
         {v1::PAUSE_REASON_CUSTOMER_INFO, v1::PAUSE_REASON_THIRD_PARTY, v1::PAUSE_REASON_LEGAL,
          v1::PAUSE_REASON_APPOINTMENT})
      rule_.add_pauses(reason);
  }

  void ReadAutoReply(YamlId id) {
    rule_.set_auto_reply(reader_.Bool(id, "auto_reply"));
    if (rule_.clock() != v1::CLOCK_KIND_ACK && rule_.clock() != v1::CLOCK_KIND_FIRST)
      reader_.Fail(id, "only ACK and FIRST can be stopped by an automatic reply");
  }

  YamlReader& reader_;
  ClockNames names_;
  v1::ClockRule rule_;
};

}  // namespace

bool IsClockWord(absl::string_view calendar) {
  return calendar == kElapsed || calendar == kByDepartment;
}

v1::ClockMatch ReadClockMatch(YamlReader& reader, YamlId id, ClockNames names) {
  const YamlMap map(reader, id, "'for'", kMatchKeys);
  v1::ClockMatch match;
  if (const auto category = map.Find("category")) {
    match.set_category(reader.Id(*category, "category", IdForm::kPath));
    names.categories.Use(match.category(), *category);
  }
  if (const auto kind = map.Find("kind"))
    match.set_kind(reader.EnumValue<v1::IssueKind>(*kind, "kind"));
  if (const auto level = map.Find("level"))
    match.set_level(reader.EnumValue<v1::Level>(*level, "level"));
  if (const auto segment = map.Find("segment"))
    match.set_segment(reader.Text(*segment, "segment", kShortTextSizeMax));
  if (const auto severity = map.Find("severity"))
    match.set_severity(reader.EnumValue<v1::Severity>(*severity, "severity"));
  if (const auto department = map.Find("department")) {
    match.set_department(reader.Id(*department, "department", IdForm::kName));
    names.departments.Use(match.department(), *department);
  }
  return match;
}

CalendarChoice ReadCalendarChoice(YamlReader& reader, YamlId id, YamlNames& calendars) {
  CalendarChoice choice;
  std::string name = reader.Id(id, "calendar", IdForm::kName);
  choice.by_department = name == kByDepartment;
  if (IsClockWord(name)) return choice;
  calendars.Use(name, id);
  choice.calendar = std::move(name);
  return choice;
}

absl::Span<const absl::string_view> ClockKeys() { return kClockKeys; }

v1::ClockRule ReadClockRule(YamlReader& reader, YamlMap& row, ClockNames names) {
  return ClockReader(reader, names).Read(row);
}

}  // namespace redress::engine
