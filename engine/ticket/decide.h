// The only place with choices: what a command does to what is known.
//
// Pure: the same facts, command and envelope always give the same decision. Time and ids come in
// the envelope.
#pragma once

#include "engine/ticket/decision.h"
#include "redress/v1/command.pb.h"

namespace redress::engine {

// REQUIRES: the command passed Validate (engine/ticket/validate.h), and the facts were loaded for
// it.
Decision Decide(const Facts& facts, const v1::Command& command, const Envelope& envelope);

// One for each order, by family. Guards first, then the events.
// decide_intake.cc
Decision DecideSubmitIssue(const Facts&, const v1::SubmitIssueRequest&, const Envelope&);
Decision DecideSubmitMysteryIssue(const Facts&, const v1::SubmitMysteryIssueRequest&,
                                  const Envelope&);
// decide_queue.cc
Decision DecidePullTickets(const Facts&, const v1::PullTicketsRequest&, const Envelope&);
Decision DecideExtendLease(const Facts&, const v1::ExtendLeaseRequest&, const Envelope&);
Decision DecideReturnTicket(const Facts&, const v1::ReturnTicketRequest&, const Envelope&);
Decision DecideAcceptTicket(const Facts&, const v1::AcceptTicketRequest&, const Envelope&);
// decide_work.cc
Decision DecideAnswerTicket(const Facts&, const v1::AnswerTicketRequest&, const Envelope&);
Decision DecidePauseTicket(const Facts&, const v1::PauseTicketRequest&, const Envelope&);
Decision DecideResumeTicket(const Facts&, const v1::ResumeTicketRequest&, const Envelope&);
Decision DecideAddNote(const Facts&, const v1::AddNoteRequest&, const Envelope&);
// decide_move.cc
Decision DecideTransferTicket(const Facts&, const v1::TransferTicketRequest&, const Envelope&);
Decision DecideEscalateTicket(const Facts&, const v1::EscalateTicketRequest&, const Envelope&);
Decision DecideDeescalateTicket(const Facts&, const v1::DeescalateTicketRequest&, const Envelope&);
Decision DecideAnswerLevelOffer(const Facts&, const v1::AnswerLevelOfferRequest&, const Envelope&);
// decide_close.cc
Decision DecideResolveTicket(const Facts&, const v1::ResolveTicketRequest&, const Envelope&);
Decision DecideCloseTicket(const Facts&, const v1::CloseTicketRequest&, const Envelope&);
Decision DecideReopenTicket(const Facts&, const v1::ReopenTicketRequest&, const Envelope&);
Decision DecideConfirmResolution(const Facts&, const v1::ConfirmResolutionRequest&,
                                 const Envelope&);
Decision DecideDisputeResolution(const Facts&, const v1::DisputeResolutionRequest&,
                                 const Envelope&);
// decide_goal.cc
Decision DecideRecordGoalEvidence(const Facts&, const v1::RecordGoalEvidenceRequest&,
                                  const Envelope&);
// decide_inspection.cc
Decision DecideDrawSample(const Facts&, const v1::DrawSampleRequest&, const Envelope&);
Decision DecideRecordInspection(const Facts&, const v1::RecordInspectionRequest&, const Envelope&);
Decision DecideDisputeInspection(const Facts&, const v1::DisputeInspectionRequest&,
                                 const Envelope&);
Decision DecideDecideInspection(const Facts&, const v1::DecideInspectionRequest&, const Envelope&);
// decide_import.cc
Decision DecideImportHistory(const Facts&, const v1::ImportHistoryRequest&, const Envelope&);
// decide_system.cc
Decision DecideFireDeadline(const Facts&, const v1::FireDeadline&, const Envelope&);
Decision DecidePublishPlaybook(const Facts&, const v1::PublishPlaybookRequest&, const Envelope&);
Decision DecideRecordRead(const Facts&, const v1::RecordRead&, const Envelope&);

}  // namespace redress::engine
