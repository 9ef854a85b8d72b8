#include "engine/ticket/validate.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/ticket/field_check.h"
#include "engine/ticket/limits.h"

namespace redress::engine {
namespace {

void CheckScore(FieldCheck& check, const v1::Score& score) {
  check.Enum("score.type", score.type(), v1::ScoreType_IsValid(score.type()), true);
  if (!score.has_value()) return check.Break("score.value", "is required");
  switch (score.type()) {
    case v1::SCORE_TYPE_NPS: return check.Range("score.value", score.value(), 0, 10);
    case v1::SCORE_TYPE_CSAT: return check.Range("score.value", score.value(), 1, 5);
    case v1::SCORE_TYPE_CES: return check.Range("score.value", score.value(), 1, 7);
    default: return;
  }
}

void CheckAlert(FieldCheck& check, const v1::Alert& alert) {
  check.Required("alert.source", alert.source(), kNameCharsMax);
  check.Required("alert.name", alert.name(), kIdCharsMax);
  check.Attributes("alert.labels", alert.labels());
}

// What the kind of the issue demands or excludes.
void CheckKind(FieldCheck& check, const v1::Issue& issue) {
  const bool is_score = issue.kind() == v1::ISSUE_KIND_SCORE;
  const bool is_alert = issue.kind() == v1::ISSUE_KIND_ALERT;
  if (is_score && !issue.has_score()) check.Break("score", "is required for kind SCORE");
  if (!is_score && issue.has_score()) check.Break("score", "is only allowed for kind SCORE");
  if (is_alert && !issue.has_alert()) check.Break("alert", "is required for kind ALERT");
  if (!is_alert && issue.has_alert()) check.Break("alert", "is only allowed for kind ALERT");
  if (issue.has_score()) CheckScore(check, issue.score());
  if (issue.has_alert()) CheckAlert(check, issue.alert());
}

void CheckIssue(FieldCheck& check, const v1::Issue& issue) {
  check.Enum("kind", issue.kind(), v1::IssueKind_IsValid(issue.kind()), true);
  check.Enum("severity", issue.severity(), v1::Severity_IsValid(issue.severity()), false);
  check.Required("channel", issue.channel(), kNameCharsMax);
  check.Optional("text", issue.text(), kTextCharsMax);
  check.Optional("title", issue.title(), kTitleCharsMax);
  check.Optional("customer.id", issue.customer().id(), kIdCharsMax);
  check.Optional("customer.segment", issue.customer().segment(), kNameCharsMax);
  check.Optional("customer.value_tier", issue.customer().value_tier(), kNameCharsMax);
  check.Optional("contact.name", issue.contact().name(), kContactNameCharsMax);
  check.Optional("contact.email", issue.contact().email(), kEmailCharsMax);
  check.Optional("contact.phone", issue.contact().phone(), kPhoneCharsMax);
  check.Optional("touchpoint", issue.touchpoint(), kNameCharsMax);
  check.Optional("category", issue.category(), kNameCharsMax);
  check.Optional("language", issue.language(), kLanguageCharsMax);
  check.Optional("key", issue.key(), kIdCharsMax);
  check.Optional("product", issue.product(), kNameCharsMax);
  check.Optional("follows", issue.follows(), kNameCharsMax);
  check.Attributes("attributes", issue.attributes());
  check.Instant("occurred_time", issue.occurred_time());
  CheckKind(check, issue);
}

bool HasWords(const v1::Issue& issue) {
  return !issue.text().empty() || issue.kind() == v1::ISSUE_KIND_SCORE ||
         issue.kind() == v1::ISSUE_KIND_ALERT;
}

void Check(FieldCheck& check, const v1::SubmitIssueRequest& request) {
  check.Enum("view", request.view(), v1::TicketView_IsValid(request.view()), false);
  if (!request.has_issue()) return check.Break("issue", "is required");
  check.Add(ValidateIssue(request.issue(), "issue."));
}

// What the other system had promised goes with the route that it had taken.
void CheckDue(FieldCheck& check, absl::string_view field, const v1::ImportOpened& opened,
              bool is_given, const google::protobuf::Timestamp& due) {
  if (!is_given) return;
  check.Instant(field, due);
  if (opened.department().empty()) check.Break(field, "needs a department");
}

void CheckOpened(FieldCheck& check, const v1::ImportOpened& opened) {
  FieldCheck issue("opened.issue.");
  CheckIssue(issue, opened.issue());
  check.Add(std::move(issue).Take());
  check.Optional("opened.department", opened.department(), kNameCharsMax);
  check.Enum("opened.level", opened.level(), v1::Level_IsValid(opened.level()), false);
  if (opened.level() != v1::LEVEL_UNSPECIFIED && opened.department().empty())
    check.Break("opened.department", "is required when a level is given");
  CheckDue(check, "opened.first_answer_due", opened, opened.has_first_answer_due(),
           opened.first_answer_due());
  CheckDue(check, "opened.resolution_due", opened, opened.has_resolution_due(),
           opened.resolution_due());
}

void Check(FieldCheck& check, const v1::ImportHistoryRequest& request) {
  using Import = v1::ImportHistoryRequest;
  check.Required("external_id", request.external_id(), kIdCharsMax);
  if (!request.has_time()) check.Break("time", "is required");
  check.Instant("time", request.time());
  check.Optional("actor", request.actor(), kIdCharsMax);
  switch (request.fact_case()) {
    case Import::kOpened: return CheckOpened(check, request.opened());
    case Import::kReassigned:
      check.Required("reassigned.department", request.reassigned().department(), kNameCharsMax);
      return check.Range("reassigned.count", request.reassigned().count(), 0, kImportCountMax);
    case Import::kLevelChanged:
      check.Enum("level_changed.level", request.level_changed().level(),
                 v1::Level_IsValid(request.level_changed().level()), true);
      return check.Optional("level_changed.department", request.level_changed().department(),
                            kNameCharsMax);
    case Import::kWaiting:
      return check.Enum("waiting.reason", request.waiting().reason(),
                        v1::PauseReason_IsValid(request.waiting().reason()), true);
    case Import::kResolved:
      check.Enum("resolved.outcome", request.resolved().outcome(),
                 v1::Outcome_IsValid(request.resolved().outcome()), false);
      return check.Optional("resolved.code", request.resolved().code(), kNameCharsMax);
    case Import::kReopened:
      return check.Enum("reopened.cause", request.reopened().cause(),
                        v1::ReopenCause_IsValid(request.reopened().cause()), false);
    case Import::kClosed:
      return check.Optional("closed.code", request.closed().code(), kNameCharsMax);
    case Import::kNoted:
      return check.Required("noted.text", request.noted().text(), kLongNoteCharsMax);
    case Import::kResumed:
    case Import::kAnswered: return;
    case Import::FACT_NOT_SET: return check.Break("fact", "is required");
  }
}

void Check(FieldCheck& check, const v1::PullTicketsRequest& request) {
  check.Required("department", request.department(), kNameCharsMax);
  check.Enum("level", request.level(), v1::Level_IsValid(request.level()), false);
  check.Range("max_tickets", request.max_tickets(), 0, kPullTicketsMax);
  if (request.has_lease()) check.Span("lease", request.lease(), kLeaseMin, kLeaseMax);
  if (request.has_wait()) check.Span("wait", request.wait(), absl::ZeroDuration(), kPullWaitMax);
}

void Check(FieldCheck& check, const v1::ExtendLeaseRequest& request) {
  if (request.lease_token() == 0) check.Break("lease_token", "is required");
  if (!request.has_lease()) return check.Break("lease", "is required");
  check.Span("lease", request.lease(), kLeaseMin, kLeaseMax);
}

void Check(FieldCheck& check, const v1::ReturnTicketRequest& request) {
  check.Required("reason", request.reason(), kNoteCharsMax);
}

void Check(FieldCheck& check, const v1::AcceptTicketRequest& request) {
  if (request.lease_token() == 0) check.Break("lease_token", "is required");
}

void Check(FieldCheck& check, const v1::AnswerTicketRequest& request) {
  check.Required("text", request.text(), kTextCharsMax);
}

void Check(FieldCheck& check, const v1::PauseTicketRequest& request) {
  check.Enum("reason", request.reason(), v1::PauseReason_IsValid(request.reason()), true);
  check.Required("note", request.note(), kNoteCharsMax);
  if (request.has_cap()) check.Span("cap", request.cap(), kPauseCapMin, kPauseCapMax);
  check.Optional("counterparty", request.counterparty(), kNameCharsMax);
}

void Check(FieldCheck&, const v1::ResumeTicketRequest&) {}

void Check(FieldCheck& check, const v1::TransferTicketRequest& request) {
  check.Required("to_department", request.to_department(), kNameCharsMax);
  check.Required("note", request.note(), kNoteCharsMax);
  const bool is_offered = request.reason() == v1::TRANSFER_REASON_WRONG_OWNER ||
                          request.reason() == v1::TRANSFER_REASON_NEXT_STEP ||
                          request.reason() == v1::TRANSFER_REASON_WORKLOAD;
  if (!is_offered) check.Break("reason", "must be WRONG_OWNER, NEXT_STEP or WORKLOAD");
  check.Optional("owner", request.owner(), kNameCharsMax);
  check.Instant("due_time", request.due_time());
}

// Escalating and de-escalating look alike.
template <typename LevelRequest>
void CheckLevelMove(FieldCheck& check, const LevelRequest& request) {
  check.Enum("to_level", request.to_level(), v1::Level_IsValid(request.to_level()), false);
  check.Optional("to_department", request.to_department(), kNameCharsMax);
  check.Required("reason", request.reason(), kNoteCharsMax);
}

void Check(FieldCheck& check, const v1::EscalateTicketRequest& request) {
  CheckLevelMove(check, request);
}

void Check(FieldCheck& check, const v1::DeescalateTicketRequest& request) {
  CheckLevelMove(check, request);
}

void Check(FieldCheck& check, const v1::AnswerLevelOfferRequest& request) {
  if (request.accept()) check.Optional("note", request.note(), kNoteCharsMax);
  else check.Required("note", request.note(), kNoteCharsMax);
}

void Check(FieldCheck& check, const v1::ResolveTicketRequest& request) {
  const v1::Resolution& resolution = request.resolution();
  check.Enum("resolution.outcome", resolution.outcome(),
             v1::Outcome_IsValid(resolution.outcome()), true);
  check.Required("resolution.answer", resolution.answer(), kTextCharsMax);
  check.Optional("resolution.root_cause", resolution.root_cause(), kLongNoteCharsMax);
  check.Optional("resolution.prevention", resolution.prevention(), kLongNoteCharsMax);
  check.Optional("resolution.policy", resolution.policy(), kNameCharsMax);
  check.Optional("resolution.duplicate_of", resolution.duplicate_of(), kNameCharsMax);
}

void Check(FieldCheck& check, const v1::CloseTicketRequest& request) {
  const bool is_offered = request.cause() == v1::CLOSE_CAUSE_CONFIRMED ||
                          request.cause() == v1::CLOSE_CAUSE_WITHDRAWN;
  if (!is_offered) check.Break("cause", "must be CONFIRMED or WITHDRAWN");
  check.Required("note", request.note(), kNoteCharsMax);
}

void Check(FieldCheck& check, const v1::ReopenTicketRequest& request) {
  // FLAP is not a person's to say: no figure counts it.
  const bool is_offered = request.cause() == v1::REOPEN_CAUSE_SAME_ISSUE ||
                          request.cause() == v1::REOPEN_CAUSE_NOT_FIXED ||
                          request.cause() == v1::REOPEN_CAUSE_VERDICT_BAD ||
                          request.cause() == v1::REOPEN_CAUSE_ERROR;
  if (!is_offered) check.Break("cause", "must be SAME_ISSUE, NOT_FIXED, VERDICT_BAD or ERROR");
  check.Required("note", request.note(), kNoteCharsMax);
}

void Check(FieldCheck& check, const v1::AddNoteRequest& request) {
  check.Required("text", request.text(), kLongNoteCharsMax);
}

void Check(FieldCheck& check, const v1::ConfirmResolutionRequest& request) {
  check.Optional("comment", request.comment(), kNoteCharsMax);
}

void Check(FieldCheck& check, const v1::DisputeResolutionRequest& request) {
  check.Required("comment", request.comment(), kNoteCharsMax);
}

void Check(FieldCheck& check, const v1::PublishPlaybookRequest& request) {
  if (request.source().empty()) check.Break("source", "is required");
  if (static_cast<int64_t>(request.source().size()) > kPlaybookBytesMax)
    check.Break("source", absl::StrCat("must have at most ", kPlaybookBytesMax, " bytes"));
  check.Required("reason", request.reason(), kNoteCharsMax);
}

void Check(FieldCheck& check, const v1::SubmitMysteryIssueRequest& request) {
  check.Required("shown_actor", request.shown_actor(), kIdCharsMax);
  if (!request.has_issue()) return check.Break("issue", "is required");
  check.Add(ValidateIssue(request.issue(), "issue."));
  const v1::Issue& issue = request.issue();
  if (!issue.key().empty()) check.Break("issue.key", "must be empty, so that no real issue joins");
  if (!issue.follows().empty()) check.Break("issue.follows", "must be empty");
  if (issue.kind() == v1::ISSUE_KIND_ALERT)
    check.Break("issue.kind", "must not be ALERT, whose key others share");
}

void Check(FieldCheck& check, const v1::DrawSampleRequest& request) {
  check.Required("plan", request.plan(), kNameCharsMax);
  check.Required("from_day", request.from_day(), kNameCharsMax);
  check.Required("to_day", request.to_day(), kNameCharsMax);
}

void Check(FieldCheck& check, const v1::RecordGoalEvidenceRequest& request) {
  check.Required("goal", request.goal(), kNameCharsMax);
  check.Required("text", request.text(), kNoteCharsMax);
  check.Optional("link", request.link(), kLinkCharsMax);
}

void CheckFindings(FieldCheck& check,
                   const google::protobuf::RepeatedPtrField<v1::ItemFinding>& findings) {
  check.Range("findings", findings.size(), 0, kFindingsMax);
  for (const v1::ItemFinding& finding : findings) {
    check.Required("findings.item", finding.item(), kNameCharsMax);
    if (finding.not_applicable() == (finding.defects() > 0))
      check.Break("findings.defects", "must be 1 or more, or 0 for an item that does not apply");
  }
}

void Check(FieldCheck& check, const v1::RecordInspectionRequest& request) {
  if (request.sample() == 0) check.Required("form", request.form(), kNameCharsMax);
  else if (!request.form().empty())
    check.Break("form", "is only allowed without a sample, which has its own");
  CheckFindings(check, request.findings());
  check.Optional("note", request.note(), kNoteCharsMax);
}

void Check(FieldCheck& check, const v1::DisputeInspectionRequest& request) {
  if (request.number() == 0) check.Break("number", "is required");
  check.Required("reason", request.reason(), kNoteCharsMax);
}

void Check(FieldCheck& check, const v1::DecideInspectionRequest& request) {
  if (request.number() == 0) check.Break("number", "is required");
  CheckFindings(check, request.findings());
  if (request.upheld() && !request.findings().empty())
    check.Break("findings", "are only allowed when the inspection is overturned");
  check.Required("note", request.note(), kNoteCharsMax);
}

// What every request has, then what this one has.
template <typename Request>
std::vector<FieldViolation> CheckRequest(const Request& request) {
  FieldCheck check("");
  check.Required("request_id", request.request_id(), kRequestIdCharsMax);
  if constexpr (requires { request.ticket(); })
    check.Required("ticket", request.ticket(), kNameCharsMax);
  if constexpr (requires { request.etag(); }) check.Optional("etag", request.etag(), kNameCharsMax);
  Check(check, request);
  return std::move(check).Take();
}

}  // namespace

std::vector<FieldViolation> ValidateIssue(const v1::Issue& issue, absl::string_view path) {
  FieldCheck check(path);
  CheckIssue(check, issue);
  if (!HasWords(issue)) check.Break("text", "is required unless the kind is SCORE or ALERT");
  return std::move(check).Take();
}

std::vector<FieldViolation> Validate(const v1::Command& command) {
  using Order = v1::Command::OrderCase;
  switch (command.order_case()) {
    case Order::kSubmitIssue: return CheckRequest(command.submit_issue());
    case Order::kImportHistory: return CheckRequest(command.import_history());
    case Order::kPullTickets: return CheckRequest(command.pull_tickets());
    case Order::kExtendLease: return CheckRequest(command.extend_lease());
    case Order::kReturnTicket: return CheckRequest(command.return_ticket());
    case Order::kAcceptTicket: return CheckRequest(command.accept_ticket());
    case Order::kAnswerTicket: return CheckRequest(command.answer_ticket());
    case Order::kPauseTicket: return CheckRequest(command.pause_ticket());
    case Order::kResumeTicket: return CheckRequest(command.resume_ticket());
    case Order::kTransferTicket: return CheckRequest(command.transfer_ticket());
    case Order::kEscalateTicket: return CheckRequest(command.escalate_ticket());
    case Order::kDeescalateTicket: return CheckRequest(command.deescalate_ticket());
    case Order::kAnswerLevelOffer: return CheckRequest(command.answer_level_offer());
    case Order::kResolveTicket: return CheckRequest(command.resolve_ticket());
    case Order::kCloseTicket: return CheckRequest(command.close_ticket());
    case Order::kReopenTicket: return CheckRequest(command.reopen_ticket());
    case Order::kAddNote: return CheckRequest(command.add_note());
    case Order::kConfirmResolution: return CheckRequest(command.confirm_resolution());
    case Order::kDisputeResolution: return CheckRequest(command.dispute_resolution());
    case Order::kPublishPlaybook: return CheckRequest(command.publish_playbook());
    case Order::kDrawSample: return CheckRequest(command.draw_sample());
    case Order::kRecordGoalEvidence: return CheckRequest(command.record_goal_evidence());
    case Order::kRecordInspection: return CheckRequest(command.record_inspection());
    case Order::kDisputeInspection: return CheckRequest(command.dispute_inspection());
    case Order::kDecideInspection: return CheckRequest(command.decide_inspection());
    case Order::kSubmitMysteryIssue: return CheckRequest(command.submit_mystery_issue());
    case Order::kFireDeadline:
    case Order::kFillMeasures:
    case Order::kRecordRead: return {};
    case Order::ORDER_NOT_SET: return {{"order", "is required"}};
  }
  return {{"order", "has no such kind"}};
}

}  // namespace redress::engine
