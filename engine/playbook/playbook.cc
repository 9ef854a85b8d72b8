#include "engine/playbook/playbook.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/sha256.h"
#include "base/time_zones.h"
#include "engine/cel/issue.h"
#include "engine/cel/source.h"
#include "engine/playbook/examples.h"
#include "engine/playbook/working_hours.h"
#include "engine/playbook/yaml_goal.h"
#include "engine/playbook/yaml_playbook.h"
#include "engine/rules/chain_guard.h"
#include "engine/time/due.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

const std::vector<WrittenText>& WrittenOf(const PlaybookText& text, RuleTable table) {
  switch (table) {
    case RuleTable::kFacts:
      return text.facts;
    case RuleTable::kClassify:
      return text.classify_conditions;
    case RuleTable::kRoute:
      return text.route_conditions;
  }
  CHECK(false);
  return text.facts;
}

// Shows what is wrong with a condition at its place in the text of the playbook. What is wrong with
// the condition of a row above shows there, and not again at each row below.
void AddFaults(const std::vector<ConditionFault>& faults, absl::string_view source,
               const PlaybookText& text, cel::IssueList& issues) {
  for (const bool is_own : {true, false}) {
    for (const ConditionFault& fault : faults) {
      const WrittenText& written = WrittenOf(text, fault.table)[fault.row];
      const size_t offset = fault.issue.offset;
      const bool is_inside = written.place != kNoYaml && offset >= written.start &&
                             offset <= written.start + written.size;
      if (is_inside && is_own) {
        issues.Add(SourceOffset(source, text.tree[written.place], offset - written.start),
                   fault.issue.message);
      }
      if (!is_inside && !is_own && issues.empty()) {
        issues.Add(text.tree[written.row].offset, fault.issue.message);
      }
    }
  }
}

// What is wrong with the guards of chains, each at its place in the text of the playbook.
void AddGuardFaults(absl::string_view source, const PlaybookText& text, cel::IssueList& issues) {
  for (int i = 0; i < text.playbook.chains_size(); ++i) {
    const v1::ChainRule& rule = text.playbook.chains(i);
    for (int j = 0; j < rule.steps_size(); ++j) {
      if (rule.steps(j).guard().empty()) continue;
      const YamlId place = text.chains[i].guards[j];
      for (const cel::Issue& issue : CheckGuard(rule.steps(j).guard()))
        issues.Add(SourceOffset(source, text.tree[place], issue.offset), issue.message);
    }
  }
}

// The scalar in which a part of a measure or a dimension stands.
YamlId PlaceOf(const PlaybookText& text, const MeasureFault& fault) {
  using Part = MeasureFault::Part;
  const MeasurePlaces& places = (fault.is_dimension ? text.dimensions : text.measures)[fault.row];
  switch (fault.part) {
    case Part::kOn:
      return places.on[fault.item];
    case Part::kOf:
      return places.of;
    case Part::kShare:
      return places.share;
    case Part::kValue:
      return places.value;
    case Part::kDay:
      return places.day;
    case Part::kBy:
      return places.by[fault.item];
    case Part::kIs:
      return places.is;
  }
  return places.row;
}

void AddFaults(const std::vector<MeasureFault>& faults, absl::string_view source,
               const PlaybookText& text, cel::IssueList& issues) {
  for (const MeasureFault& fault : faults) {
    const YamlNode& place = text.tree[PlaceOf(text, fault)];
    const bool is_scalar = place.kind == YamlKind::kScalar;
    issues.Add(is_scalar ? SourceOffset(source, place, fault.issue.offset) : place.offset,
               fault.issue.message);
  }
}

// An excerpt that can be sent and shown: bytes that are no text, and control characters, are
// replaced.
std::string Printable(absl::string_view excerpt) {
  constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";
  std::string text;
  while (!excerpt.empty()) {
    const size_t valid = cel::FindInvalidUtf8(excerpt);
    for (const char byte : excerpt.substr(0, valid)) {
      const bool is_shown = byte == '\n' || !absl::ascii_iscntrl(static_cast<unsigned char>(byte));
      absl::StrAppend(&text, is_shown ? absl::string_view(&byte, 1) : kReplacement);
    }
    excerpt.remove_prefix(valid);
    if (excerpt.empty()) break;
    text.append(kReplacement.data(), kReplacement.size());
    excerpt.remove_prefix(1);
  }
  return text;
}

std::vector<Finding> FindingsOf(cel::IssueList issues) {
  std::vector<Finding> findings;
  for (cel::Issue& issue : std::move(issues).Take()) {
    findings.push_back(Finding{.line = issue.position.line,
                               .column = issue.position.column,
                               .message = std::move(issue.message),
                               .excerpt = Printable(issue.excerpt)});
  }
  return findings;
}

// Whether some condition calls one of CEL's parts of a timestamp, all of which begin so.
bool MayNameZones(const v1::Playbook& playbook) {
  const auto calls = [](const std::string& condition) {
    return absl::StrContains(condition, "get");
  };
  return std::any_of(playbook.facts().begin(), playbook.facts().end(),
                     [&](const v1::DerivedFact& fact) { return calls(fact.is()); }) ||
         std::any_of(playbook.classify().begin(), playbook.classify().end(),
                     [&](const v1::ClassifyRule& rule) { return calls(rule.when()); }) ||
         std::any_of(playbook.route().begin(), playbook.route().end(),
                     [&](const v1::RouteRule& rule) { return calls(rule.when()); });
}

}  // namespace

Playbook::Playbook(v1::Playbook message, ZoneBook& zones)
    : message_(std::move(message)), zones_(zones.ToMessages()) {
  for (const v1::Calendar& calendar : message_.calendars()) {
    ZoneBook own([&zones](const std::string& name) { return *zones.Find(name); });
    const base::ZoneRules& rules = *own.Find(calendar.zone());
    const std::string content = absl::StrCat(calendar.SerializeAsString(), own.Text());
    calendars_.emplace(calendar.id(),
                       CalendarVersion{Calendar(ToWorkingHours(calendar), rules),
                                       absl::BytesToHexString(base::Sha256(content))});
  }
  for (const v1::Department& department : message_.departments()) {
    departments_[department.id()] = &department;
  }
  for (const v1::Category& category : message_.taxonomy()) categories_.insert(category.id());
  for (const v1::Touchpoint& touchpoint : message_.touchpoints()) {
    touchpoints_.insert(touchpoint.id());
  }
}

const v1::Department* Playbook::FindDepartment(absl::string_view id) const {
  const auto found = departments_.find(id);
  return found == departments_.end() ? nullptr : found->second;
}

const Calendar* Playbook::FindCalendar(absl::string_view id) const {
  const auto found = calendars_.find(id);
  return found == calendars_.end() ? nullptr : &found->second.calendar;
}

const std::string& Playbook::CalendarHash(absl::string_view id) const {
  const auto found = calendars_.find(id);
  CHECK(found != calendars_.end());
  return found->second.hash;
}

// Measures see the calendars of their own playbook.
MeasureSet::Compilation CompileMeasures(const Playbook& playbook) {
  const auto open_time = [&playbook](absl::string_view name, absl::Time from,
                                     absl::Time to) -> std::optional<absl::Duration> {
    const Calendar* calendar = playbook.FindCalendar(name);
    if (calendar == nullptr) return std::nullopt;
    return Elapsed(from, to, *calendar, {});
  };
  return MeasureSet::Compile(
      playbook.message(), open_time,
      [&playbook](absl::string_view name) { return playbook.CalendarHash(name); });
}

std::string Render(const Finding& finding) {
  return absl::StrCat(finding.line, ":", finding.column, ": ", finding.message, "\n",
                      finding.excerpt);
}

// What is wrong with the targets of goals, each where its goal stands.
void AddGoalFaults(const Playbook& playbook, const PlaybookText& text, cel::IssueList& issues) {
  for (int i = 0; i < playbook.message().goals_size(); ++i) {
    const std::string fault = FindGoalFault(playbook.message().goals(i), playbook.measures());
    if (!fault.empty()) issues.Add(text.tree[text.goals[static_cast<size_t>(i)]].offset, fault);
  }
}

std::string HashOf(absl::string_view source, const ZoneBook& zones) {
  return absl::BytesToHexString(base::Sha256(absl::StrCat(source, zones.Text())));
}

std::string PlaybookHash(absl::string_view source,
                         const google::protobuf::RepeatedPtrField<v1::ZoneRules>& zones) {
  ZoneBook book(PublishedZones(zones));
  for (const v1::ZoneRules& zone : zones) book.Find(zone.name());
  return HashOf(source, book);
}

PlaybookCompilation CompilePlaybook(absl::string_view source, const ZoneSource& zones) {
  PlaybookCompilation compilation;
  cel::IssueList issues(source);
  ZoneBook zone_book(zones);
  const auto find_zone = [&zone_book](const std::string& name) { return zone_book.Find(name); };
  std::optional<PlaybookText> text = ReadPlaybook(source, zone_book, issues);
  if (text.has_value()) AddGuardFaults(source, *text, issues);
  // What zones conditions name is known when they are compiled, and is part of the hash.
  if (text.has_value() && (!issues.empty() || MayNameZones(text->playbook))) {
    AddFaults(CheckConditions(text->playbook, find_zone), source, *text, issues);
  }
  compilation.playbook_hash = HashOf(source, zone_book);
  if (!issues.empty()) {
    compilation.findings = FindingsOf(std::move(issues));
    return compilation;
  }
  std::unique_ptr<Playbook> playbook(new Playbook(std::move(text->playbook), zone_book));
  RuleTablesCompilation rules =
      RuleTables::Compile(playbook->message_, compilation.playbook_hash, find_zone);
  AddFaults(rules.faults, source, *text, issues);
  MeasureSet::Compilation measures = CompileMeasures(*playbook);
  AddFaults(measures.faults, source, *text, issues);
  playbook->measures_ = std::move(measures.set);
  if (playbook->measures_ != nullptr) AddGoalFaults(*playbook, *text, issues);
  if (rules.tables != nullptr) {
    playbook->rules_ = std::move(rules.tables);
    compilation.examples =
        RunExamples(playbook->message_, *playbook->rules_, text->expectations, issues);
  }
  if (issues.empty()) {
    compilation.playbook = std::move(playbook);
    compilation.text = std::make_shared<const PlaybookText>(*std::move(text));
  }
  compilation.findings = FindingsOf(std::move(issues));
  return compilation;
}

PlaybookCompilation CompilePlaybook(absl::string_view source) {
  return CompilePlaybook(source, base::ReadZoneRules);
}

}  // namespace redress::engine
