#include "engine/playbook/yaml_playbook.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/playbook/limits.h"
#include "engine/playbook/yaml_calendar.h"
#include "engine/playbook/yaml_chain.h"
#include "engine/playbook/yaml_clock.h"
#include "engine/playbook/yaml_issue.h"
#include "engine/playbook/yaml_measure.h"
#include "engine/playbook/yaml_names.h"
#include "engine/playbook/yaml_people.h"
#include "engine/playbook/yaml_quality.h"
#include "engine/playbook/yaml_reader.h"
#include "engine/rules/route.h"
#include "redress/v1/types.pb.h"

namespace redress::engine {
namespace {

constexpr absl::string_view kPlaybookKeys[] = {
    "playbook", "taxonomy", "touchpoints", "calendars", "departments", "roles",
    "directors", "hand_overs", "clocks", "chains", "facts", "classify", "overrides",
    "route", "dimensions", "measures", "inspection", "goals",
    "expect"};
constexpr absl::string_view kCategoryKeys[] = {"title", "touchpoint"};
constexpr absl::string_view kTouchpointKeys[] = {"title"};
constexpr absl::string_view kDepartmentKeys[] = {"title", "head", "calendar"};
constexpr absl::string_view kClassifyKeys[] = {"id", "when", "from", "until", "set"};
constexpr absl::string_view kSetKeys[] = {"category", "severity", "touchpoint", "segment"};
constexpr absl::string_view kRouteKeys[] = {"id", "when", "from", "until", "to", "route"};
constexpr absl::string_view kOverrideKeys[] = {"id",    "account", "when", "from",
                                               "until", "reason",  "to"};
constexpr absl::string_view kToKeys[] = {
    "level", "department", "record", "first_answer", "resolution", "confirmation", "reopen_window"};
constexpr absl::string_view kPromiseKeys[] = {"first_answer", "resolution", "confirmation",
                                              "reopen_window"};
constexpr absl::string_view kExampleKeys[] = {"issue", "given", "route"};
constexpr absl::string_view kHistoryKeys[] = {"open_tickets", "cycle", "reopen_cause", "transfers"};
constexpr absl::string_view kExpectationKeys[] = {"level",    "department", "rule",
                                                  "category", "severity",   "record"};

constexpr size_t kAccountSizeMax = 128;

class PlaybookReader {
 public:
  PlaybookReader(PlaybookText& text, ZoneBook& zones, cel::IssueList& issues)
      : text_(text), playbook_(text.playbook), reader_(text.tree, issues), zones_(zones) {}

  void Read() {
    YamlMap map(reader_, 0, "a playbook", kPlaybookKeys);
    if (const auto name = map.Require("playbook")) {
      playbook_.set_name(reader_.Id(*name, "playbook", IdForm::kName));
    }
    if (const auto touchpoints = map.Find("touchpoints")) ReadTouchpoints(*touchpoints);
    if (const auto taxonomy = map.Find("taxonomy")) ReadTaxonomy(*taxonomy);
    if (const auto calendars = map.Find("calendars")) ReadCalendars(*calendars);
    if (const auto departments = map.Require("departments")) ReadDepartments(*departments);
    ReadPeople(reader_, map, calendars_, departments_, roles_, playbook_);
    if (const auto clocks = map.Find("clocks")) ReadClocks(*clocks);
    if (const auto chains = map.Find("chains"))
      text_.chains = ReadChains(
          reader_, *chains, {{calendars_, categories_, departments_}, roles_}, playbook_);
    if (const auto facts = map.Find("facts")) ReadFacts(*facts);
    if (const auto classify = map.Find("classify")) ReadClassify(*classify);
    if (const auto overrides = map.Find("overrides")) ReadOverrides(*overrides);
    if (const auto route = map.Require("route")) ReadRoute(*route);
    if (const auto dimensions = map.Find("dimensions"))
      text_.dimensions = ReadDimensions(reader_, *dimensions, playbook_);
    if (const auto measures = map.Find("measures"))
      text_.measures = ReadMeasures(reader_, *measures, playbook_);
    text_.goals = ReadQuality(reader_, map, departments_, playbook_);
    if (const auto expect = map.Find("expect")) ReadExamples(*expect);
    touchpoints_.Check(reader_);
    categories_.Check(reader_);
    calendars_.Check(reader_);
    departments_.Check(reader_);
    routes_.Check(reader_);
    roles_.Check(reader_);
    CheckChains(reader_, playbook_, text_.chains);
  }

 private:
  void ReadTouchpoints(YamlId id) {
    for (const YamlEntry& entry : YamlEntries(reader_, id, "'touchpoints'", kTouchpointsMax)) {
      v1::Touchpoint& touchpoint = *playbook_.add_touchpoints();
      touchpoint.set_id(reader_.Id(entry.key, "touchpoint", IdForm::kName));
      touchpoints_.Define(reader_[entry.key].text);
      YamlMap map(reader_, entry.value, "a touchpoint", kTouchpointKeys);
      touchpoint.set_title(Title(map));
    }
  }

  void ReadTaxonomy(YamlId id) {
    for (const YamlEntry& entry : YamlEntries(reader_, id, "'taxonomy'", kCategoriesMax)) {
      v1::Category& category = *playbook_.add_taxonomy();
      category.set_id(reader_.Id(entry.key, "category", IdForm::kPath));
      categories_.Define(reader_[entry.key].text);
      text_.categories.push_back(entry.key);
      YamlMap map(reader_, entry.value, "a category", kCategoryKeys);
      category.set_title(Title(map));
      category.set_touchpoint(UsedTouchpoint(map));
    }
  }

  void ReadCalendars(YamlId id) {
    for (const YamlEntry& entry : YamlEntries(reader_, id, "'calendars'", kCalendarsMax)) {
      v1::Calendar& calendar = *playbook_.add_calendars();
      calendar = ReadCalendar(reader_, entry.value, zones_);
      calendar.set_id(reader_.Id(entry.key, "calendar", IdForm::kName));
      calendars_.Define(reader_[entry.key].text);
      if (IsClockWord(calendar.id()))
        reader_.Fail(entry.key, absl::StrCat("a calendar cannot be named '", calendar.id(),
                                             "'; in a clocks row the word means something else"));
    }
  }

  void ReadClocks(YamlId id) {
    absl::flat_hash_set<std::string> ids;
    for (const YamlId row : reader_.Items(id, "clocks", kClocksMax)) {
      v1::ClockRule& rule = *playbook_.add_clocks();
      YamlMap map(reader_, row, "a clocks row", ClockKeys());
      rule = ReadClockRule(reader_, map, {calendars_, categories_, departments_});
      rule.set_id(RowId(map, ids));
    }
  }

  void ReadDepartments(YamlId id) {
    for (const YamlEntry& entry : YamlEntries(reader_, id, "'departments'", kDepartmentsMax)) {
      v1::Department& department = *playbook_.add_departments();
      department.set_id(reader_.Id(entry.key, "department", IdForm::kName));
      departments_.Define(reader_[entry.key].text);
      text_.departments.push_back(entry.key);
      YamlMap map(reader_, entry.value, "a department", kDepartmentKeys);
      department.set_title(Title(map));
      if (const auto head = map.Require("head")) {
        department.set_head(reader_.Text(*head, "head", kShortTextSizeMax));
      }
      if (const auto calendar = map.Find("calendar")) {
        department.set_calendar(reader_.Id(*calendar, "calendar", IdForm::kName));
        calendars_.Use(department.calendar(), *calendar);
      }
    }
    if (reader_[id].kind == YamlKind::kMap && playbook_.departments().empty()) {
      reader_.Fail(id, "a playbook needs a department");
    }
  }

  void ReadClassify(YamlId id) {
    absl::flat_hash_set<std::string> ids;
    for (const YamlId row : reader_.Items(id, "classify", kRowsMax)) {
      YamlMap map(reader_, row, "a classify row", kClassifyKeys);
      v1::ClassifyRule& rule = *playbook_.add_classify();
      rule.set_id(RowId(map, ids));
      const Window window = ReadWindow(map);
      text_.classify_conditions.push_back(Condition(row, map, "", window, *rule.mutable_when()));
      if (const auto set = map.Require("set")) ReadSet(*set, rule);
    }
  }

  void ReadSet(YamlId id, v1::ClassifyRule& rule) {
    const YamlMap map(reader_, id, "'set'", kSetKeys);
    if (reader_[id].kind == YamlKind::kMap && reader_[id].children.empty()) {
      reader_.Fail(id, "'set' sets nothing");
    }
    rule.set_category(UsedCategory(map));
    rule.set_severity(Severity(map));
    rule.set_touchpoint(UsedTouchpoint(map));
    if (const auto segment = map.Find("segment")) {
      rule.set_segment(reader_.Text(*segment, "segment", kShortTextSizeMax));
    }
  }

  void ReadFacts(YamlId id) {
    for (const YamlEntry& entry : YamlEntries(reader_, id, "'facts'", kFactsMax)) {
      v1::DerivedFact& fact = *playbook_.add_facts();
      fact.set_name(reader_.Id(entry.key, "fact", IdForm::kWord));
      fact.set_is(reader_.Text(entry.value, fact.name(), kConditionBytesMax));
      text_.facts.push_back({entry.value, entry.key, 0, fact.is().size()});
    }
  }

  // Rows before all others, each for one customer and for some time.
  void ReadOverrides(YamlId id) {
    for (const YamlId row : reader_.Items(id, "overrides", kRowsMax)) {
      YamlMap map(reader_, row, "an override", kOverrideKeys);
      v1::RouteRule& rule = *playbook_.add_route();
      rule.set_id(RowId(map, route_ids_));
      routes_.Define(rule.id());
      if (const auto account = map.Require("account")) {
        rule.set_account(reader_.Text(*account, "account", kAccountSizeMax));
      }
      if (const auto reason = map.Require("reason")) {
        reader_.Text(*reason, "reason", kReasonSizeMax);
      }
      map.Require("until");
      const std::string is_account =
          absl::StrCat("customer.id == \"", absl::Utf8SafeCEscape(rule.account()), "\"");
      const Window window = ReadWindow(map);
      SetWindow(window, rule);
      text_.route_conditions.push_back(
          Condition(row, map, is_account, window, *rule.mutable_when()));
      if (const auto to = map.Require("to")) ReadTo(*to, /*is_last=*/false, rule);
    }
  }

  void ReadRoute(YamlId id) {
    const absl::Span<const YamlId> rows = reader_.Items(id, "route", kRowsMax);
    for (const YamlId row : rows) ReadRouteRow(row, row == rows.back(), v1::RouteRule(), 0);
    if (reader_[id].kind == YamlKind::kSequence && rows.empty()) {
      reader_.Fail(id, "'route' needs a row without a condition at the end");
    }
  }

  // The rows below a row come before it in the table and hold its condition too, so that the first
  // match of the table is the deepest match of the tree. What they do not set is as the row has it.
  void ReadRouteRow(YamlId row, bool is_last, const v1::RouteRule& parent, int depth) {
    const bool is_below = depth > 0;
    YamlMap map(reader_, row, "a route row", kRouteKeys);
    v1::RouteRule rule = parent;
    rule.set_parent(parent.id());
    rule.set_id(RowId(map, route_ids_));
    routes_.Define(rule.id());
    const Window window = ReadWindow(map);
    SetWindow(window, rule);
    const WrittenText condition =
        Condition(row, map, parent.when(), window, *rule.mutable_when());
    const auto to = is_below ? map.Find("to") : map.Require("to");
    if (to.has_value()) ReadTo(*to, is_last && !is_below, rule);
    if (reader_[row].kind == YamlKind::kMap && !map.IsReported("when")) {
      const bool is_limited = map.Find("when").has_value() || !window.condition.empty();
      if (is_below && !is_limited) {
        reader_.Fail(row, "a row below another needs a condition: without a match below, the row "
                          "above decides");
      }
      if (!is_below) CheckEnd(row, map, is_limited, is_last);
    }
    if (const auto below = map.Find("route")) ReadRowsBelow(*below, rule, depth + 1);
    *playbook_.add_route() = std::move(rule);
    text_.route_conditions.push_back(condition);
  }

  void ReadRowsBelow(YamlId id, const v1::RouteRule& parent, int depth) {
    if (depth > kRouteDepthMax) {
      reader_.Fail(id, absl::StrCat("rows stand at most ", kRouteDepthMax, " deep below others"));
      return;
    }
    for (const YamlId row : reader_.Items(id, "route", kRowsMax)) {
      ReadRouteRow(row, /*is_last=*/false, parent, depth);
    }
  }

  // The table must have an answer for every issue, and no row behind the one that always matches.
  void CheckEnd(YamlId row, const YamlMap& map, bool is_limited, bool is_last) {
    if (is_last && is_limited) {
      reader_.Fail(map.Find("when").value_or(row),
                   "the last route row must have no condition, so that every issue "
                   "goes somewhere");
    }
    if (!is_last && !is_limited) {
      reader_.Fail(row,
                   "only the last route row may have no condition; the rows below are never "
                   "reached");
    }
  }

  void ReadTo(YamlId id, bool is_last, v1::RouteRule& rule) {
    YamlMap map(reader_, id, "'to'", kToKeys);
    if (const auto record = map.Find("record")) rule.set_record(reader_.Bool(*record, "record"));
    const bool needs_level = !rule.record() && rule.level() == v1::LEVEL_UNSPECIFIED;
    const auto level = needs_level ? map.Require("level") : map.Find("level");
    if (level.has_value()) rule.set_level(reader_.EnumValue<v1::Level>(*level, "level"));
    const bool needs_department = (!rule.record() || is_last) && rule.department().empty();
    const auto department = needs_department ? map.Require("department") : map.Find("department");
    if (department.has_value()) rule.set_department(UsedDepartment(*department));
    if (rule.record()) ClearPromises(rule);
    for (const absl::string_view key : kPromiseKeys) {
      const auto span = map.Find(key);
      if (!span.has_value()) continue;
      if (rule.record()) {
        reader_.Fail(*span, absl::StrCat("'", key, "' has no meaning beside 'record: true'"));
      }
      SetPromise(key, *span, rule);
    }
  }

  // Those of the row above.
  static void ClearPromises(v1::RouteRule& rule) {
    rule.clear_first_answer();
    rule.clear_resolution();
    rule.clear_confirmation();
    rule.clear_reopen_window();
  }

  void SetPromise(absl::string_view key, YamlId span, v1::RouteRule& rule) {
    google::protobuf::Duration duration = reader_.Duration(span, key);
    if (key == "first_answer") *rule.mutable_first_answer() = std::move(duration);
    if (key == "resolution") *rule.mutable_resolution() = std::move(duration);
    if (key == "confirmation") *rule.mutable_confirmation() = std::move(duration);
    if (key == "reopen_window") *rule.mutable_reopen_window() = std::move(duration);
  }

  void ReadExamples(YamlId id) {
    for (const YamlId item : reader_.Items(id, "expect", kExamplesMax)) {
      YamlMap map(reader_, item, "an example", kExampleKeys);
      v1::Example& example = *playbook_.add_examples();
      if (const auto issue = map.Require("issue")) {
        *example.mutable_issue() = ReadIssue(reader_, *issue, categories_, touchpoints_);
      }
      if (const auto given = map.Find("given")) ReadHistory(*given, *example.mutable_history());
      const auto route = map.Require("route");
      text_.expectations.push_back(reader_[route.value_or(item)].offset);
      if (route.has_value()) ReadExpectation(*route, example);
    }
  }

  void ReadHistory(YamlId id, v1::ExampleHistory& history) {
    const YamlMap map(reader_, id, "'given'", kHistoryKeys);
    history.set_open_tickets(Count(map, "open_tickets", kOpenTicketsMax));
    history.set_cycle(Count(map, "cycle", kHistoryCountMax));
    history.set_transfers(Count(map, "transfers", kHistoryCountMax));
    if (const auto cause = map.Find("reopen_cause")) {
      history.set_reopen_cause(reader_.EnumValue<v1::ReopenCause>(*cause, "reopen_cause"));
    }
  }

  // The number under an optional key, or 0.
  int Count(const YamlMap& map, absl::string_view key, int count_max) {
    const auto count = map.Find(key);
    return count.has_value() ? static_cast<int>(reader_.Int(*count, key, 0, count_max)) : 0;
  }

  void ReadExpectation(YamlId id, v1::Example& example) {
    const YamlMap map(reader_, id, "an expected route", kExpectationKeys);
    if (reader_[id].kind == YamlKind::kMap && reader_[id].children.empty()) {
      reader_.Fail(id, "the example expects nothing");
    }
    if (const auto level = map.Find("level")) {
      example.set_level(reader_.EnumValue<v1::Level>(*level, "level"));
    }
    if (const auto department = map.Find("department")) {
      example.set_department(UsedDepartment(*department));
    }
    if (const auto rule = map.Find("rule")) {
      example.set_rule(reader_.Id(*rule, "rule", IdForm::kPath));
      routes_.Use(example.rule(), *rule);
    }
    example.set_category(UsedCategory(map));
    example.set_severity(Severity(map));
    if (const auto record = map.Find("record")) {
      example.set_record(reader_.Bool(*record, "record"));
    }
  }

  std::string Title(YamlMap& map) {
    const auto title = map.Require("title");
    return title.has_value() ? reader_.Text(*title, "title", kTitleSizeMax) : "";
  }

  std::string RowId(YamlMap& map, absl::flat_hash_set<std::string>& ids) {
    const auto place = map.Require("id");
    if (!place.has_value()) return "";
    std::string id = reader_.Id(*place, "id", IdForm::kPath);
    if (!id.empty() && !ids.insert(id).second) {
      reader_.Fail(*place, absl::StrCat("the id '", id, "' is used twice in this table"));
    }
    return id;
  }

  // The limits in time of a row.
  struct Window {
    std::optional<google::protobuf::Timestamp> from;
    std::optional<google::protobuf::Timestamp> until;
    std::string condition;  // empty: none
  };

  Window ReadWindow(const YamlMap& map) {
    Window window;
    std::vector<std::string> parts;
    const auto from = map.Find("from");
    if (from.has_value()) {
      window.from = reader_.Instant(*from, "from");
      parts.push_back(absl::StrCat("ticket.decide_time >= ", TimeLiteral(*window.from)));
    }
    if (const auto until = map.Find("until")) {
      window.until = reader_.Instant(*until, "until");
      parts.push_back(absl::StrCat("ticket.decide_time < ", TimeLiteral(*window.until)));
      if (window.from && window.from->seconds() >= window.until->seconds()) {
        reader_.Fail(*until, "'until' must be after 'from'");
      }
    }
    window.condition = absl::StrJoin(parts, " && ");
    return window;
  }

  static std::string TimeLiteral(const google::protobuf::Timestamp& time) {
    const absl::Time instant = absl::FromUnixSeconds(time.seconds());
    return absl::StrCat("timestamp(\"",
                        absl::FormatTime(absl::RFC3339_sec, instant, absl::UTCTimeZone()), "\")");
  }

  static void SetWindow(const Window& window, v1::RouteRule& rule) {
    rule.clear_from();
    rule.clear_until();
    if (window.from) *rule.mutable_from() = *window.from;
    if (window.until) *rule.mutable_until() = *window.until;
  }

  // The condition of a row with what is above it and its limits in time, and where its own part
  // stands.
  WrittenText Condition(YamlId row, const YamlMap& map, const std::string& above,
                        const Window& window, std::string& when) {
    const auto place = map.Find("when");
    std::string own = place.has_value() ? reader_.Text(*place, "when", kConditionBytesMax) : "";
    if (own.size() > kConditionBytesMax) {
      reader_.Fail(*place, absl::StrCat("'when' has ", own.size(), " bytes; ", kConditionBytesMax,
                                        " are allowed"));
      own.clear();
    }
    WrittenText written{own.empty() ? kNoYaml : *place, row, 0, own.size()};
    std::vector<std::string> parts;
    if (!above.empty()) parts.push_back(absl::StrCat("(", above, ")"));
    if (!window.condition.empty()) parts.push_back(window.condition);
    if (parts.empty()) {
      when = std::move(own);
      return written;
    }
    when = absl::StrJoin(parts, " && ");
    if (own.empty()) return written;
    absl::StrAppend(&when, " && (");
    written.start = when.size();
    absl::StrAppend(&when, own, ")");
    if (when.size() > kJoinedBytesMax) {
      reader_.Fail(*place, absl::StrCat("'when' with the conditions above has ", when.size(),
                                        " bytes; ", kJoinedBytesMax, " are allowed"));
      when = std::move(own);
      written.start = 0;
    }
    return written;
  }

  v1::Severity Severity(const YamlMap& map) {
    const auto severity = map.Find("severity");
    if (!severity.has_value()) return v1::SEVERITY_UNSPECIFIED;
    return reader_.EnumValue<v1::Severity>(*severity, "severity");
  }

  std::string UsedCategory(const YamlMap& map) {
    const auto place = map.Find("category");
    if (!place.has_value()) return "";
    std::string name = reader_.Id(*place, "category", IdForm::kPath);
    categories_.Use(name, *place);
    return name;
  }

  std::string UsedTouchpoint(const YamlMap& map) {
    const auto place = map.Find("touchpoint");
    if (!place.has_value()) return "";
    std::string name = reader_.Id(*place, "touchpoint", IdForm::kName);
    touchpoints_.Use(name, *place);
    return name;
  }

  std::string UsedDepartment(YamlId place) {
    std::string name = reader_.Id(place, "department", IdForm::kName);
    departments_.Use(name, place);
    return name;
  }

  PlaybookText& text_;
  v1::Playbook& playbook_;
  absl::flat_hash_set<std::string> route_ids_;
  YamlReader reader_;
  ZoneBook& zones_;
  YamlNames calendars_{"calendar"};
  YamlNames touchpoints_{"touchpoint"};
  YamlNames categories_{"category"};
  YamlNames departments_{"department"};
  YamlNames routes_{"route row"};
  YamlNames roles_{"role"};
};

}  // namespace

std::optional<PlaybookText> ReadPlaybook(absl::string_view source, ZoneBook& zones,
                                         cel::IssueList& issues) {
  std::optional<YamlTree> tree = ParseYaml(source, issues);
  if (!tree.has_value()) return std::nullopt;
  PlaybookText text(*std::move(tree));
  PlaybookReader(text, zones, issues).Read();
  return text;
}

}  // namespace redress::engine
