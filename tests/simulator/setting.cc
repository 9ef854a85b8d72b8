#include "tests/simulator/setting.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/ticket/rejection.h"
#include "tests/simulator/measure_plan.h"

namespace redress::simulator {
namespace {

std::string ConditionText(const RouteRow& row) {
  switch (row.condition) {
    case Condition::kAlways: return "";
    case Condition::kKind:
      return absl::StrCat("issue.kind == ",
                          v1::IssueKind_Name(row.kind).substr(sizeof("ISSUE_KIND_") - 1));
    case Condition::kWord: return absl::StrCat("issue.text.mentions([\"", kRouteWord, "\"])");
    case Condition::kSegment: return absl::StrCat("customer.segment == \"", kSegment, "\"");
    case Condition::kReopened: return "ticket.cycle >= 1";
    case Condition::kOpenTickets:
      return absl::StrCat("customer.open_tickets >= ", kOpenTicketsLimit);
  }
  return "";
}

void AppendSpan(std::string& text, absl::string_view name, int64_t span) {
  if (span != 0) absl::StrAppend(&text, ", ", name, ": ", span / kMinute, "m");
}

std::string SourceOf(const PlaybookPlan& plan, uint64_t number) {
  std::string text = absl::StrCat("playbook: plan-", number, "\ndepartments:\n");
  for (const std::string& name : plan.departments)
    absl::StrAppend(&text, "  ", name, ": {title: The ", name, ", head: head-of-", name, "}\n");
  text += TimesText(plan.clocks, plan.chains);
  absl::StrAppend(&text, "classify:\n  - id: critical\n    when: issue.text.mentions([\"",
                  kCriticalWord, "\"])\n    set: {severity: CRITICAL}\nroute:\n");
  for (size_t i = 0; i < plan.rows.size(); ++i) {
    const RouteRow& row = plan.rows[i];
    absl::StrAppend(&text, "  - id: row-", i, "\n");
    const std::string condition = ConditionText(row);
    if (!condition.empty()) absl::StrAppend(&text, "    when: ", condition, "\n");
    absl::StrAppend(&text, "    to: {level: ", engine::ShortName(row.level),
                    ", department: ", plan.is_broken ? "nowhere" : row.department);
    if (row.record) absl::StrAppend(&text, ", record: true");
    AppendSpan(text, "first_answer", row.first_answer);
    AppendSpan(text, "resolution", row.resolution);
    AppendSpan(text, "confirmation", row.confirmation);
    AppendSpan(text, "reopen_window", row.reopen_window);
    absl::StrAppend(&text, "}\n");
  }
  return text + MeasuresText(number) + QualityText(plan.quality);
}

RouteRow DrawRow(Draw& draw, const std::vector<std::string>& departments, bool is_last) {
  RouteRow row;
  if (!is_last) row.condition = static_cast<Condition>(1 + draw.Below(5));
  row.kind = static_cast<v1::IssueKind>(1 + draw.Below(6));
  row.level = static_cast<v1::Level>(1 + draw.Below(is_last ? 2 : 3));
  row.department = draw.Pick(departments);
  row.record = !is_last && draw.Chance(15);
  if (row.record) return row;
  if (draw.Chance(60)) row.first_answer = draw.Between(5, 2000) * kMinute;
  if (draw.Chance(60)) row.resolution = draw.Between(60, 10000) * kMinute;
  if (draw.Chance(40)) row.confirmation = draw.Between(60, 20000) * kMinute;
  if (draw.Chance(40)) row.reopen_window = draw.Between(60, 60000) * kMinute;
  return row;
}

}  // namespace

bool PlaybookPlan::Has(const std::string& department) const {
  return std::find(departments.begin(), departments.end(), department) != departments.end();
}

const std::vector<std::string>& DepartmentNames() {
  static const auto& names = *new std::vector<std::string>{"desk", "billing", "repair", "safety"};
  return names;
}

const std::vector<std::string>& CustomerNames() {
  static const auto& names = *new std::vector<std::string>{"ann", "bob", "cyn"};
  return names;
}

PlaybookPlan DrawPlaybook(Draw& draw) {
  PlaybookPlan plan;
  for (const std::string& name : DepartmentNames())
    if (plan.departments.empty() || draw.Chance(70)) plan.departments.push_back(name);
  const int rows = draw.Below(4);
  for (int i = 0; i < rows; ++i) plan.rows.push_back(DrawRow(draw, plan.departments, false));
  plan.rows.push_back(DrawRow(draw, plan.departments, true));
  if (draw.Chance(60)) plan.clocks = DrawClocks(draw);
  if (draw.Chance(60)) plan.chains = DrawChains(draw, plan.departments);
  if (draw.Chance(80)) plan.quality = DrawQuality(draw, plan.departments);
  plan.is_broken = draw.Chance(8);
  plan.source = SourceOf(plan, draw.Next() % 1000);
  return plan;
}

std::string PrintPlan(const PlaybookPlan& plan) {
  std::string word = absl::StrCat(plan.is_broken ? "broken" : "sound", ";",
                                  absl::StrJoin(plan.departments, ","));
  for (const RouteRow& row : plan.rows)
    absl::StrAppend(&word, ";", static_cast<int>(row.condition), ":", row.kind, ":", row.record,
                    ":", row.level, ":", row.department, ":",
                    absl::StrJoin({row.first_answer, row.resolution, row.confirmation,
                                   row.reopen_window},
                                  ":"));
  for (const ClockPlan& clock : plan.clocks) absl::StrAppend(&word, ";", PrintClock(clock));
  for (const ChainPlan& chain : plan.chains) absl::StrAppend(&word, ";", PrintChain(chain));
  for (const std::string& quality : PrintQuality(plan.quality))
    absl::StrAppend(&word, ";", quality);
  return word;
}

std::optional<PlaybookPlan> ParsePlan(absl::string_view word, const std::string& source) {
  const std::vector<std::string> parts = absl::StrSplit(word, ';');
  if (parts.size() < 3) return std::nullopt;
  PlaybookPlan plan;
  plan.is_broken = parts[0] == "broken";
  plan.departments = absl::StrSplit(parts[1], ',');
  plan.source = source;
  for (size_t i = 2; i < parts.size(); ++i) {
    if (ParseQuality(parts[i], plan.quality)) continue;
    if (const std::optional<ClockPlan> clock = ParseClock(parts[i])) {
      plan.clocks.push_back(*clock);
      continue;
    }
    if (absl::StrContains(parts[i], '~')) {
      const std::optional<ChainPlan> chain = ParseChain(parts[i]);
      if (!chain) return std::nullopt;
      plan.chains.push_back(*chain);
      continue;
    }
    const std::vector<std::string> fields = absl::StrSplit(parts[i], ':');
    if (fields.size() != 9) return std::nullopt;
    std::vector<int64_t> numbers(fields.size());
    for (size_t j = 0; j < fields.size(); ++j)
      if (j != 4 && !absl::SimpleAtoi(fields[j], &numbers[j])) return std::nullopt;
    plan.rows.push_back({static_cast<Condition>(numbers[0]), static_cast<v1::IssueKind>(numbers[1]),
                         numbers[2] != 0, static_cast<v1::Level>(numbers[3]), fields[4],
                         numbers[5], numbers[6], numbers[7], numbers[8]});
  }
  return plan;
}

engine::Actor Chief() {
  engine::Actor chief;
  chief.id = "chief";
  chief.all_departments = true;
  chief.is_owner = true;
  return chief;
}

std::vector<engine::Actor> DrawActors(Draw& draw) {
  std::vector<engine::Actor> actors = {Chief()};
  for (const char* id : {"hal", "ida", "jon"}) {
    engine::Actor& handler = actors.emplace_back();
    handler.id = id;
    handler.all_departments = draw.Chance(40);
    for (const std::string& name : DepartmentNames())
      if (draw.Chance(60)) handler.departments.push_back(name);
    handler.is_owner = draw.Chance(20);
  }
  for (const std::string& name : CustomerNames()) {
    engine::Actor& customer = actors.emplace_back();
    customer.id = name;
    customer.is_customer = true;
  }
  return actors;
}

}  // namespace redress::simulator
