// Requests that are well formed and come from the wrong hands, in the wrong state, or too late.
#include "tests/e2e/refusal_test.h"

namespace redress::test {
namespace {

#define NOT_FOUND "NOT_FOUND TICKET_NOT_FOUND"
#define CHANGED "ABORTED ETAG_MISMATCH"
#define WRONG_STATE "FAILED_PRECONDITION WRONG_STATE"
#define NOT_HOLDER "FAILED_PRECONDITION NOT_HOLDER"
#define NOT_YOURS "PERMISSION_DENIED DEPARTMENT_NOT_YOURS"
#define REUSED "ALREADY_EXISTS REQUEST_ID_REUSED"
#define ANSWER "TicketService.AnswerTicket"
#define SOLVED " resolution {outcome: OUTCOME_FIXED answer: 'x'}"

constexpr Refusal kUnknown[] = {
    {"GetByUnknownId", "mona", "TicketService.GetTicket", "ticket: '999'", NOT_FOUND},
    {"GetByMistypedReference", "mona", "TicketService.GetTicket", "ticket: 'K7M2-9QXD'", NOT_FOUND},
    {"GetByNonsense", "mona", "TicketService.GetTicket", "ticket: '../etc'", NOT_FOUND},
    {"HistoryOfUnknown", "mona", "TicketService.ListEvents", "ticket: '999'", NOT_FOUND},
    {"ViewOfUnknown", "carl", "CustomerService.GetView", "ticket: '999'", NOT_FOUND},
    {"ExplainUnknown", "mona", "PlaybookService.ExplainDecision", "ticket: '999'", NOT_FOUND},
    {"NoteToUnknown", "anna", "TicketService.AddNote", "ticket: '999' text: 'x'", NOT_FOUND},
    {"ResolveUnknown", "anna", "TicketService.ResolveTicket", "ticket: '999'" SOLVED, NOT_FOUND},
    {"ConfirmUnknown", "carl", "CustomerService.ConfirmResolution", "ticket: '999'", NOT_FOUND},
};
INSTANTIATE_TEST_SUITE_P(Unknown, RefusalTest, testing::ValuesIn(kUnknown), NameOf);

constexpr Refusal kEtag[] = {
    {"Accept", "anna", "TicketService.AcceptTicket",
     "ticket: '$leased' etag: 'old' lease_token: 1", CHANGED},
    {"Answer", "anna", ANSWER, "ticket: '$accepted' etag: 'old' text: 'x'", CHANGED},
    {"Pause", "anna", "TicketService.PauseTicket",
     "ticket: '$accepted' etag: 'old' reason: PAUSE_REASON_LEGAL note: 'x'", CHANGED},
    {"Resume", "anna", "TicketService.ResumeTicket", "ticket: '$paused' etag: 'old'", CHANGED},
    {"Transfer", "anna", "TicketService.TransferTicket",
     "ticket: '$accepted' etag: 'old' to_department: 'billing' note: 'x' "
     "reason: TRANSFER_REASON_WORKLOAD", CHANGED},
    {"Escalate", "anna", "TicketService.EscalateTicket",
     "ticket: '$accepted' etag: 'old' reason: 'x'", CHANGED},
    {"Deescalate", "anna", "TicketService.DeescalateTicket",
     "ticket: '$accepted' etag: 'old' reason: 'x'", CHANGED},
    {"Resolve", "anna", "TicketService.ResolveTicket", "ticket: '$accepted' etag: 'old'" SOLVED,
     CHANGED},
    {"Close", "mona", "TicketService.CloseTicket",
     "ticket: '$resolved' etag: 'old' cause: CLOSE_CAUSE_CONFIRMED note: 'x'", CHANGED},
    {"Reopen", "mona", "TicketService.ReopenTicket",
     "ticket: '$closed' etag: 'old' cause: REOPEN_CAUSE_ERROR note: 'x'", CHANGED},
};
INSTANTIATE_TEST_SUITE_P(WrongEtag, RefusalTest, testing::ValuesIn(kEtag), NameOf);

constexpr Refusal kState[] = {
    {"AcceptTwice", "anna", "TicketService.AcceptTicket", "ticket: '$accepted' lease_token: 1",
     WRONG_STATE},
    {"ExtendWhatIsAccepted", "anna", "QueueService.ExtendLease",
     "ticket: '$accepted' lease_token: 1 lease {seconds: 60}", WRONG_STATE},
    {"ReturnWhatIsQueued", "mona", "QueueService.ReturnTicket", "ticket: '$queued' reason: 'x'",
     WRONG_STATE},
    {"ReturnForTheThirdTime", "anna", "QueueService.ReturnTicket",
     "ticket: '$twice_returned' lease_token: 3 reason: 'x'", "FAILED_PRECONDITION RETURN_LIMIT"},
    {"PauseWhatIsLeased", "anna", "TicketService.PauseTicket",
     "ticket: '$leased' lease_token: 1 reason: PAUSE_REASON_LEGAL note: 'x'", WRONG_STATE},
    {"ResumeWhatIsNotPaused", "anna", "TicketService.ResumeTicket", "ticket: '$accepted'",
     WRONG_STATE},
    {"ResolveWhatIsPaused", "anna", "TicketService.ResolveTicket", "ticket: '$paused'" SOLVED,
     WRONG_STATE},
    {"TransferWhatIsPaused", "anna", "TicketService.TransferTicket",
     "ticket: '$paused' to_department: 'billing' note: 'x' reason: TRANSFER_REASON_WORKLOAD",
     WRONG_STATE},
    {"TransferWhatIsClosed", "mona", "TicketService.TransferTicket",
     "ticket: '$closed' to_department: 'billing' note: 'x' reason: TRANSFER_REASON_WORKLOAD",
     WRONG_STATE},
    {"EscalateWhatIsResolved", "mona", "TicketService.EscalateTicket",
     "ticket: '$resolved' reason: 'x'", WRONG_STATE},
    {"CloseTwice", "mona", "TicketService.CloseTicket",
     "ticket: '$closed' cause: CLOSE_CAUSE_CONFIRMED note: 'x'", WRONG_STATE},
    {"CloseAsConfirmedBeforeTheAnswer", "mona", "TicketService.CloseTicket",
     "ticket: '$queued' cause: CLOSE_CAUSE_CONFIRMED note: 'x'", WRONG_STATE},
    {"ReopenWhatIsOpen", "mona", "TicketService.ReopenTicket",
     "ticket: '$queued' cause: REOPEN_CAUSE_ERROR note: 'x'", WRONG_STATE},
    {"ConfirmBeforeTheAnswer", "carl", "CustomerService.ConfirmResolution", "ticket: '$queued'",
     WRONG_STATE},
    {"ConfirmTwice", "carl", "CustomerService.ConfirmResolution", "ticket: '$closed'", WRONG_STATE},
    {"DisputeBeforeTheAnswer", "carl", "CustomerService.DisputeResolution",
     "ticket: '$queued' comment: 'x'", WRONG_STATE},
};
INSTANTIATE_TEST_SUITE_P(WrongState, RefusalTest, testing::ValuesIn(kState), NameOf);

constexpr Refusal kHands[] = {
    {"AnswerWithAnothersToken", "boris", ANSWER, "ticket: '$leased' lease_token: 1 text: 'x'",
     NOT_HOLDER},
    {"AnswerWithAWrongToken", "anna", ANSWER, "ticket: '$leased' lease_token: 9 text: 'x'",
     "ABORTED LEASE_LOST"},
    {"AnswerWithoutTheToken", "anna", ANSWER, "ticket: '$leased' text: 'x'",
     "INVALID_ARGUMENT FIELD_INVALID lease_token"},
    {"AnswerWhatNobodyHolds", "anna", ANSWER, "ticket: '$queued' text: 'x'", NOT_HOLDER},
    {"AnswerWithATokenOfNoLease", "anna", ANSWER, "ticket: '$queued' lease_token: 1 text: 'x'",
     "ABORTED LEASE_LOST"},
    {"AcceptAnothersLease", "boris", "TicketService.AcceptTicket",
     "ticket: '$leased' lease_token: 1", NOT_HOLDER},
    {"ExtendAnothersLease", "boris", "QueueService.ExtendLease",
     "ticket: '$leased' lease_token: 1 lease {seconds: 60}", NOT_HOLDER},
    {"ReturnAnothersTicket", "boris", "QueueService.ReturnTicket",
     "ticket: '$accepted' reason: 'x'", NOT_HOLDER},
    {"ResolveAnothersTicket", "boris", "TicketService.ResolveTicket",
     "ticket: '$accepted'" SOLVED, NOT_HOLDER},
    {"ResolveAsManagerWhatOthersHold", "mona", "TicketService.ResolveTicket",
     "ticket: '$accepted'" SOLVED, NOT_HOLDER},
    {"ResumeAnothersTicket", "boris", "TicketService.ResumeTicket", "ticket: '$paused'",
     NOT_HOLDER},
    {"TransferAnothersTicket", "boris", "TicketService.TransferTicket",
     "ticket: '$accepted' to_department: 'billing' note: 'x' reason: TRANSFER_REASON_WORKLOAD",
     NOT_HOLDER},
    {"WithdrawAnothersTicket", "boris", "TicketService.CloseTicket",
     "ticket: '$accepted' cause: CLOSE_CAUSE_WITHDRAWN note: 'x'", NOT_HOLDER},
    {"PullOfAnotherDepartment", "bill", "QueueService.PullTickets", "department: 'service_desk'",
     NOT_YOURS},
    {"PeekIntoAnotherDepartment", "bill", "QueueService.PeekQueue", "department: 'service_desk'",
     NOT_YOURS},
    {"WatchOfAnotherDepartment", "bill", "QueueService.WatchQueue", "department: 'service_desk'",
     NOT_YOURS},
    {"NoteInAnotherDepartment", "bill", "TicketService.AddNote", "ticket: '$queued' text: 'x'",
     NOT_YOURS},
    {"ReopenInAnotherDepartment", "bill", "TicketService.ReopenTicket",
     "ticket: '$closed' cause: REOPEN_CAUSE_ERROR note: 'x'", NOT_YOURS},
    {"GetInAnotherDepartment", "bill", "TicketService.GetTicket", "ticket: '$queued'", NOT_FOUND},
};
INSTANTIATE_TEST_SUITE_P(WrongHands, RefusalTest, testing::ValuesIn(kHands), NameOf);

// The request id "used" belongs to mona's submission of the queued ticket.
constexpr Refusal kReused[] = {
    {"WithOtherContent", "mona", "IntakeService.SubmitIssue",
     "request_id: 'used' issue {kind: ISSUE_KIND_COMPLAINT channel: 'phone' text: 'Other.'}",
     REUSED},
    {"ByAnotherActor", "anna", "IntakeService.SubmitIssue",
     "request_id: 'used' issue {kind: ISSUE_KIND_COMPLAINT channel: 'phone' "
     "text: 'I have a complaint' customer {id: 'carl'}}", REUSED},
    {"ForAnotherMethod", "mona", "TicketService.AddNote",
     "request_id: 'used' ticket: '$queued' text: 'x'", REUSED},
    {"ByTheCustomer", "carl", "CustomerService.ConfirmResolution",
     "request_id: 'used' ticket: '$resolved'", REUSED},
};
INSTANTIATE_TEST_SUITE_P(Reused, RefusalTest, testing::ValuesIn(kReused), NameOf);

constexpr Refusal kImport[] = {
    {"OfNoOpenedTicket", "ada", "IntakeService.ImportHistory",
     "external_id: 'nobody' time { seconds: 1000 } answered {}",
     "FAILED_PRECONDITION IMPORT_UNKNOWN_TICKET"},
    {"ByAManager", "mona", "IntakeService.ImportHistory",
     "external_id: 'nobody' time { seconds: 1000 } answered {}", "PERMISSION_DENIED NOT_PERMITTED"},
};
INSTANTIATE_TEST_SUITE_P(Import, RefusalTest, testing::ValuesIn(kImport), NameOf);

}  // namespace
}  // namespace redress::test
