#include "engine/ticket/decide.h"

#include "base/check.h"

namespace redress::engine {

Decision Decide(const Facts& facts, const v1::Command& command, const Envelope& envelope) {
  using Order = v1::Command::OrderCase;
  switch (command.order_case()) {
    case Order::kSubmitIssue: return DecideSubmitIssue(facts, command.submit_issue(), envelope);
    case Order::kSubmitMysteryIssue:
      return DecideSubmitMysteryIssue(facts, command.submit_mystery_issue(), envelope);
    case Order::kDrawSample: return DecideDrawSample(facts, command.draw_sample(), envelope);
    case Order::kRecordGoalEvidence:
      return DecideRecordGoalEvidence(facts, command.record_goal_evidence(), envelope);
    case Order::kRecordInspection:
      return DecideRecordInspection(facts, command.record_inspection(), envelope);
    case Order::kDisputeInspection:
      return DecideDisputeInspection(facts, command.dispute_inspection(), envelope);
    case Order::kDecideInspection:
      return DecideDecideInspection(facts, command.decide_inspection(), envelope);
    case Order::kImportHistory:
      return DecideImportHistory(facts, command.import_history(), envelope);
    case Order::kPullTickets: return DecidePullTickets(facts, command.pull_tickets(), envelope);
    case Order::kExtendLease: return DecideExtendLease(facts, command.extend_lease(), envelope);
    case Order::kReturnTicket: return DecideReturnTicket(facts, command.return_ticket(), envelope);
    case Order::kAcceptTicket: return DecideAcceptTicket(facts, command.accept_ticket(), envelope);
    case Order::kAnswerTicket: return DecideAnswerTicket(facts, command.answer_ticket(), envelope);
    case Order::kPauseTicket: return DecidePauseTicket(facts, command.pause_ticket(), envelope);
    case Order::kResumeTicket: return DecideResumeTicket(facts, command.resume_ticket(), envelope);
    case Order::kTransferTicket:
      return DecideTransferTicket(facts, command.transfer_ticket(), envelope);
    case Order::kEscalateTicket:
      return DecideEscalateTicket(facts, command.escalate_ticket(), envelope);
    case Order::kDeescalateTicket:
      return DecideDeescalateTicket(facts, command.deescalate_ticket(), envelope);
    case Order::kAnswerLevelOffer:
      return DecideAnswerLevelOffer(facts, command.answer_level_offer(), envelope);
    case Order::kResolveTicket:
      return DecideResolveTicket(facts, command.resolve_ticket(), envelope);
    case Order::kCloseTicket: return DecideCloseTicket(facts, command.close_ticket(), envelope);
    case Order::kReopenTicket: return DecideReopenTicket(facts, command.reopen_ticket(), envelope);
    case Order::kAddNote: return DecideAddNote(facts, command.add_note(), envelope);
    case Order::kConfirmResolution:
      return DecideConfirmResolution(facts, command.confirm_resolution(), envelope);
    case Order::kDisputeResolution:
      return DecideDisputeResolution(facts, command.dispute_resolution(), envelope);
    case Order::kPublishPlaybook:
      return DecidePublishPlaybook(facts, command.publish_playbook(), envelope);
    case Order::kFireDeadline: return DecideFireDeadline(facts, command.fire_deadline(), envelope);
    case Order::kRecordRead: return DecideRecordRead(facts, command.record_read(), envelope);
    case Order::kFillMeasures:  // changes no ticket; the executor does it
    case Order::ORDER_NOT_SET: break;
  }
  base::CheckFailed(__FILE__, __LINE__, "a command carries an order");
}

}  // namespace redress::engine
