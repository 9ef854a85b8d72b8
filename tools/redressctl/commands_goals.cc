// What departments want to reach in a month, and whether they do.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "redress/v1/goal_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/measure_figure.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using Stub = v1::GoalService::Stub;

// "95.2%", "4h" or "12".
std::string InUnit(v1::GoalUnit unit, int64_t value) {
  if (unit == v1::GOAL_UNIT_RATE) return PercentText(value);
  if (unit == v1::GOAL_UNIT_SECONDS) return text::FormatDuration(value);
  return text::FormatCount(value);
}

std::string TargetText(const v1::Goal& goal) {
  if (goal.measure().empty()) return "evidence";
  const v1::GoalTarget& target = goal.target();
  return absl::StrCat(goal.measure(), " ",
                      target.side() == v1::GOAL_SIDE_AT_LEAST ? "at least " : "at most ",
                      InUnit(target.unit(), target.value()));
}

std::string StandsText(const v1::GoalStanding& standing) {
  if (standing.evidence_size() > 0) {
    const v1::GoalEvidence& last = *standing.evidence().rbegin();
    return absl::StrCat(last.text(), last.link().empty() ? "" : " ", last.link(), " (",
                        last.actor(), ", ", text::FormatTime(last.time()), ")");
  }
  if (!standing.has_figure()) return "-";
  return absl::StrCat(InUnit(standing.goal().target().unit(), standing.figure()), " of ",
                      standing.count());
}

void ShowGoals(const v1::ListGoalsResponse& response, Context& context) {
  text::Table table({{"GOAL"}, {"DEPARTMENT"}, {"TARGET"}, {"STANDS"}, {"STATE"}, {"TITLE"}});
  for (const v1::GoalStanding& standing : response.goals())
    table.AddRow({standing.goal().id(), standing.goal().department(), TargetText(standing.goal()),
                  StandsText(standing), text::EnumText(standing.state()),
                  standing.goal().title()});
  context.terminal.out << table.Render(context.HasColor());
  if (!response.departments_without().empty())
    context.terminal.out << "without a goal in " << response.month() << ": "
                         << absl::StrJoin(response.departments_without(), ", ") << "\n";
}

void ShowEvidence(const v1::RecordGoalEvidenceResponse& response, Context& context) {
  context.terminal.out << "evidence " << response.evidence().number() << ": "
                       << text::Printable(response.evidence().text()) << "\n";
}

}  // namespace

void AddGoalCommands(CommandTree& tree) {
  CLI::App* goals = tree.Group("goals", "What departments want to reach in a month");
  AddCall(tree, goals, "list", "The goals of a month and how each stands", &Stub::ListGoals,
          ShowGoals,
          {{"--month", "month", "Such as 2026-11; the present one when left out"},
           {"--department", "department", "Only of this department"}});
  AddCall(tree, goals, "evidence", "Show that a goal without a measure is reached",
          &Stub::RecordGoalEvidence, ShowEvidence,
          {{"GOAL", "goal", "A goal of the playbook", kRequired},
           {"--text", "text", "What was done", kRequired},
           {"--link", "link", "Where it can be seen"}});
}

}  // namespace redress::ctl
