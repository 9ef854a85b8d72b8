// That a goal is reached, where no measure shows it.
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/playbook/find_by_id.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"

namespace redress::engine {

Decision DecideRecordGoalEvidence(const Facts& facts, const v1::RecordGoalEvidenceRequest& command,
                                  const Envelope& envelope) {
  if (facts.playbook == nullptr) return PlaybookMissing();
  const v1::Goal* goal = FindById(facts.playbook->message().goals(), command.goal());
  if (goal == nullptr) return InvalidField("goal", "must be a goal of the playbook");
  if (!goal->measure().empty())
    return InvalidField("goal", "must be one without a measure; a measure shows by itself");
  if (!envelope.actor.MayActFor(goal->department())) return DepartmentNotYours(goal->department());
  if (facts.goal_evidence >= kGoalEvidenceMax)
    return InvalidField("goal", absl::StrCat("has ", kGoalEvidenceMax,
                                             " pieces of evidence, the most that one may have"));
  v1::Event event;
  *event.mutable_time() = ToTimestamp(envelope.time);
  event.set_actor(envelope.actor.id);
  event.set_provenance(v1::PROVENANCE_LIVE);
  v1::GoalEvidenced& evidenced = *event.mutable_goal_evidenced();
  evidenced.set_goal(command.goal());
  evidenced.set_number(facts.goal_evidence + 1);
  evidenced.set_text(command.text());
  evidenced.set_link(command.link());
  return {{{std::move(event), {}}}, {}};
}

}  // namespace redress::engine
