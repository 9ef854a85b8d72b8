// Who may call what, and how far each reaches.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/e2e/credentials.h"
#include "tests/e2e/generic_call.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using services::Role;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kNotFound[] = "NOT_FOUND TICKET_NOT_FOUND";
constexpr char kNotPermitted[] = "PERMISSION_DENIED NOT_PERMITTED";

// The roles that may call each method: Agent, Owner, Manager, Customer, aDministrator, Inspector.
struct Allowed {
  const char* method;
  const char* roles;
  // As text. One that brings at most one answer, since no more is read.
  const char* request = "";
};
constexpr Allowed kAllowed[] = {
    {"IntakeService.SubmitIssue", "AOMD"},
    {"IntakeService.BatchSubmitIssues", "AOMD"},
    {"IntakeService.StreamIssues", "AOMD"},
    {"IntakeService.ImportHistory", "D"},
    {"QueueService.PullTickets", "AOMD"},
    {"QueueService.ExtendLease", "AOMD"},
    {"QueueService.ReturnTicket", "AOMD"},
    {"QueueService.PeekQueue", "AOMD"},
    {"QueueService.WatchQueue", "AOMD"},
    {"TicketService.GetTicket", "AOMDI"},
    {"TicketService.ListTickets", "AOMDI"},
    {"TicketService.ListEvents", "AOMDI"},
    {"TicketService.ExplainDue", "AOMD"},
    {"TicketService.AcceptTicket", "AOMD"},
    {"TicketService.AnswerTicket", "AOMD"},
    {"TicketService.PauseTicket", "AOMD"},
    {"TicketService.ResumeTicket", "AOMD"},
    {"TicketService.TransferTicket", "AOMD"},
    {"TicketService.EscalateTicket", "AOMD"},
    {"TicketService.DeescalateTicket", "AOMD"},
    {"TicketService.AnswerLevelOffer", "AOMD"},
    {"TicketService.GetStory", "AOMDI"},
    {"TicketService.ResolveTicket", "AOMD"},
    {"TicketService.CloseTicket", "AOMD"},
    {"TicketService.ReopenTicket", "AOMD"},
    {"TicketService.AddNote", "AOMD"},
    {"CustomerService.GetView", "AOMCD"},
    {"CustomerService.ConfirmResolution", "AOMCD"},
    {"CustomerService.DisputeResolution", "AOMCD"},
    {"AuditService.GetReport", "MD"},
    {"AuditService.GetMeasures", "MD"},
    {"AuditService.ListMembers", "MD"},
    {"AuditService.VerifyLedger", "MD"},
    {"AuditService.GetFindings", "MD"},
    {"AuditService.ListFindings", "MD"},
    {"AuditService.ListReads", "MD"},
    {"TrailService.ExportTrail", "MD", "after_commit: 999"},
    {"TrailService.GetAnchor", "MD"},
    {"OutboxService.FollowOutbox", "D", "until_now: true"},
    {"PlaybookService.CheckPlaybook", "AOMD"},
    {"PlaybookService.PublishPlaybook", "MD"},
    {"PlaybookService.GetPlaybook", "AOMD"},
    {"PlaybookService.ExplainDecision", "AOMD"},
    {"PlaybookService.PreviewTimeline", "AOMD"},
    {"PlaybookService.BacktestPlaybook", "MD"},
    {"PlaybookService.StartShadow", "MD"},
    {"PlaybookService.GetShadow", "MD"},
    {"PlaybookService.StopShadow", "MD"},
    {"PlaybookService.ReviewRules", "MD"},
    {"InspectionService.ListPlans", "MDI"},
    {"InspectionService.DrawSample", "MD"},
    {"InspectionService.ListSamples", "MDI"},
    {"InspectionService.GetSample", "MDI"},
    {"InspectionService.ListSampledTickets", "MDI"},
    {"InspectionService.ListPopulation", "MDI"},
    {"InspectionService.RecordInspection", "MDI"},
    {"InspectionService.DisputeInspection", "AOMD"},
    {"InspectionService.DecideInspection", "MDI"},
    {"InspectionService.GetInspectionReport", "MDI"},
    {"InspectionService.SubmitMysteryIssue", "MDI"},
    {"InspectionService.ListMysteryIssues", "MDI"},
    {"GoalService.ListGoals", "AOMDI"},
    {"GoalService.RecordGoalEvidence", "OMD"},
    {"AdminService.CreateBackup", "D"},
    {"AdminService.ListBackups", "D"},
};

constexpr struct {
  char letter;
  const char* actor;
} kActors[] = {{'A', "anna"}, {'O', "otto"}, {'M', "mona"},
               {'C', "carl"}, {'D', "ada"},  {'I', "ines"}};

Staff MakeStaff() {
  Staff staff;
  staff.Hire("acme", "anna", {Role::kAgent}, {"service_desk"});
  staff.Hire("acme", "otto", {Role::kOwner}, {"service_desk"});
  staff.Hire("acme", "bill", {Role::kAgent}, {"billing"});
  staff.Hire("acme", "mona", {Role::kManager}, {});
  staff.Hire("acme", "carl", {Role::kCustomer}, {});
  staff.Hire("acme", "cora", {Role::kCustomer}, {});
  staff.Hire("acme", "ada", {Role::kAdmin}, {});
  staff.Hire("acme", "ines", {Role::kInspector}, {});
  staff.Hire("globex", "gina", {Role::kAdmin}, {});
  return staff;
}

class IdentityTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.Start()) << server_.log(); }
  Desk As(const std::string& actor) const { return Desk(server_.port(), staff_.TokenOf(actor)); }

  const ScratchDirectory scratch_;
  const Staff staff_ = MakeStaff();
  ServerProcess server_{scratch_.Path("data"),
                        {"--tokens", staff_.WriteTo(scratch_.Path("tokens")), "--tenant", "acme"}};
};

// Every method of the API, from its schema.
std::set<std::string> AllMethods() {
  std::set<std::string> methods;
  for (const auto* file :
       {v1::SubmitIssueRequest::descriptor()->file(), v1::PullTicketsRequest::descriptor()->file(),
        v1::GetTicketRequest::descriptor()->file(), v1::GetViewRequest::descriptor()->file(),
        v1::GetReportRequest::descriptor()->file(),
        v1::CheckPlaybookRequest::descriptor()->file(),
        v1::CreateBackupRequest::descriptor()->file(),
        v1::FollowOutboxRequest::descriptor()->file(),
        v1::ExportTrailRequest::descriptor()->file(),
        v1::ListPlansRequest::descriptor()->file(), v1::ListGoalsRequest::descriptor()->file()})
    for (int i = 0; i < file->service_count(); ++i)
      for (int j = 0; j < file->service(i)->method_count(); ++j)
        methods.insert(
            absl::StrCat(file->service(i)->name(), ".", file->service(i)->method(j)->name()));
  return methods;
}

TEST_F(IdentityTest, EachRoleMayCallWhatTheTableSaysAndNothingElse) {
  const auto channel = Connect(server_.port());
  std::set<std::string> methods = AllMethods();
  for (const Allowed& row : kAllowed) {
    EXPECT_EQ(methods.erase(row.method), 1u) << row.method;
    for (const auto& [letter, actor] : kActors) {
      const std::string said = CallByName(channel, staff_.TokenOf(actor), row.method, row.request);
      if (absl::StrContains(row.roles, letter)) {
        EXPECT_NE(said, kNotPermitted) << actor << " calls " << row.method;
      } else {
        EXPECT_EQ(said, kNotPermitted) << actor << " calls " << row.method;
      }
    }
    EXPECT_EQ(CallByName(channel, "", row.method, ""), "UNAUTHENTICATED TOKEN_MISSING");
    EXPECT_EQ(CallByName(channel, "rdr_guess", row.method, ""), "UNAUTHENTICATED TOKEN_INVALID");
  }
  EXPECT_THAT(methods, IsEmpty()) << "methods without a row";
}

TEST_F(IdentityTest, AnAgentReachesTheTicketsOfTheirDepartmentsOnly) {
  const Desk mona = As("mona");
  const v1::Ticket at_desk = mona.Submit("I have a complaint");
  const v1::Ticket at_billing = mona.Submit("The invoice is wrong");
  const auto ids = [](const Desk& desk) {
    std::vector<uint64_t> found;
    for (const v1::Ticket& ticket : desk.ListAll()) found.push_back(ticket.id());
    return found;
  };
  EXPECT_THAT(ids(mona), ElementsAre(2, 1));
  EXPECT_THAT(ids(As("anna")), ElementsAre(1));
  EXPECT_THAT(ids(As("bill")), ElementsAre(2));
  const auto see = About<v1::GetTicketRequest>(at_desk);
  EXPECT_EQ(As("anna").Try(&Tickets::GetTicket, see), "OK");
  EXPECT_EQ(As("bill").Try(&Tickets::GetTicket, see), kNotFound);
  EXPECT_EQ(As("bill").Try(&Tickets::ListEvents, About<v1::ListEventsRequest>(at_desk)), kNotFound);
  EXPECT_EQ(As("bill").Try(&Tickets::ExplainDue, About<v1::ExplainDueRequest>(at_desk)), kNotFound);
  EXPECT_EQ(As("bill").Try(&Customers::GetView, About<v1::GetViewRequest>(at_desk)), kNotFound);
  EXPECT_EQ(As("anna").Try(&Playbooks::ExplainDecision,
                           About<v1::ExplainDecisionRequest>(at_billing)),
            kNotFound);
}

TEST_F(IdentityTest, AnOwnerMovesWhatOthersHoldAndAnAgentDoesNot) {
  As("mona").Submit("I have a complaint");
  auto transfer = About<v1::TransferTicketRequest>(As("anna").Pull("service_desk"));
  transfer.clear_lease_token();
  transfer.set_to_department("billing");
  transfer.set_reason(v1::TRANSFER_REASON_WORKLOAD);
  transfer.set_note("Anna is ill.");
  EXPECT_EQ(As("otto").Must(&Tickets::TransferTicket, transfer).ticket().department(), "billing");
}

TEST_F(IdentityTest, ACustomerReachesTheirOwnTicketsOnly) {
  const Desk mona = As("mona");
  mona.Submit("I have a complaint", "carl");
  const v1::Ticket ticket = As("anna").Resolve(As("anna").Pull("service_desk"));
  const Desk cora = As("cora");
  v1::GetViewRequest missing;
  missing.set_ticket("999");
  const auto view = About<v1::GetViewRequest>(ticket);
  v1::GetViewResponse response;
  const grpc::Status of_other = cora.Call(&Customers::GetView, view, &response);
  const grpc::Status of_none = cora.Call(&Customers::GetView, missing, &response);
  // The same words but for the name, so that nobody learns which tickets there are.
  EXPECT_EQ(Describe(of_other), kNotFound);
  EXPECT_EQ(Describe(of_none), kNotFound);
  EXPECT_EQ(of_other.error_message(),
            absl::StrCat("There is no ticket \"", ticket.reference(),
                         "\". Give its id or its reference."));
  auto dispute = About<v1::DisputeResolutionRequest>(ticket);
  dispute.set_comment("I want it.");
  EXPECT_EQ(cora.Try(&Customers::DisputeResolution, dispute), kNotFound);
  const auto confirm = About<v1::ConfirmResolutionRequest>(ticket);
  EXPECT_EQ(cora.Try(&Customers::ConfirmResolution, confirm), kNotFound);
  EXPECT_EQ(mona.Read(ticket).etag(), ticket.etag());
  EXPECT_EQ(As("carl").Try(&Customers::GetView, view), "OK");
  EXPECT_EQ(
      As("carl").Try(&Customers::ConfirmResolution, About<v1::ConfirmResolutionRequest>(ticket)),
      "OK");
}

TEST_F(IdentityTest, ATenantReachesNothingOfAnother) {
  const Desk mona = As("mona");
  const Desk gina = As("gina");
  v1::SubmitIssueRequest request = Submission(Complaint("I have a complaint", "carl"));
  const v1::Ticket theirs = mona.Must(&Intake::SubmitIssue, request).ticket();
  EXPECT_EQ(gina.Try(&Intake::SubmitIssue, request), "FAILED_PRECONDITION PLAYBOOK_MISSING");

  EXPECT_EQ(gina.Try(&Tickets::GetTicket, About<v1::GetTicketRequest>(theirs)), kNotFound);
  v1::GetTicketRequest by_id;
  by_id.set_ticket(absl::StrCat(theirs.id()));
  EXPECT_EQ(gina.Try(&Tickets::GetTicket, by_id), kNotFound);
  auto note = About<v1::AddNoteRequest>(theirs);
  note.set_text("Hello");
  EXPECT_EQ(gina.Try(&Tickets::AddNote, note), kNotFound);
  EXPECT_THAT(gina.ListAll(), IsEmpty());
  EXPECT_EQ(gina.Report().total().flow().created(), 0);
  v1::PeekQueueRequest peek;
  peek.set_department("service_desk");
  EXPECT_THAT(gina.Must(&Queue::PeekQueue, peek).tickets(), IsEmpty());
  EXPECT_EQ(gina.Try(&Playbooks::GetPlaybook, v1::GetPlaybookRequest()),
            "NOT_FOUND PLAYBOOK_NOT_FOUND");
}

TEST_F(IdentityTest, TenantsShareNeitherIdsNorRequestIdsNorPages) {
  const Desk mona = As("mona");
  const Desk gina = As("gina");
  v1::PublishPlaybookRequest publish;
  // The id that the server itself used for the other tenant.
  publish.set_request_id("first-playbook");
  publish.set_reason("To begin with.");
  publish.set_source(StarterPlaybook());
  EXPECT_EQ(gina.Must(&Playbooks::PublishPlaybook, publish).version().version(), 1u);
  v1::SubmitIssueRequest request = Submission("I have a complaint");
  mona.Must(&Intake::SubmitIssue, request);
  mona.Submit("I have another");
  request.mutable_issue()->set_text("Something else entirely");
  const v1::Ticket ticket = gina.Must(&Intake::SubmitIssue, request).ticket();
  EXPECT_EQ(ticket.id(), 1u);

  v1::PeekQueueRequest peek;
  peek.set_department("service_desk");
  peek.set_page_size(1);
  peek.set_page_token(mona.Must(&Queue::PeekQueue, peek).next_page_token());
  ASSERT_FALSE(peek.page_token().empty());
  const v1::PeekQueueResponse page = gina.Must(&Queue::PeekQueue, peek);
  for (const v1::Ticket& seen : page.tickets()) EXPECT_EQ(seen.etag(), ticket.etag());
  EXPECT_EQ(gina.Pull("service_desk").id(), ticket.id());
  EXPECT_EQ(mona.Report().total().flow().created(), 2);
  EXPECT_EQ(gina.Report().total().flow().created(), 1);
  EXPECT_EQ(mona.Verify(), "clean");
  EXPECT_EQ(gina.Verify(), "clean");
}

TEST(ListeningTest, WithoutCredentialsOnlyLoopbackIsServedAndTheLogSaysSo) {
  const ScratchDirectory scratch;
  ServerProcess open(scratch.Path("open"), {"--listen", "0.0.0.0:0"});
  EXPECT_FALSE(open.Start());
  EXPECT_EQ(open.exit_code(), 69);
  EXPECT_THAT(open.log(), HasSubstr("refusing to listen on 0.0.0.0:0"));
  ServerProcess local(scratch.Path("local"));
  ASSERT_TRUE(local.Start()) << local.log();
  EXPECT_THAT(local.log(), HasSubstr("only callers on this machine are served"));
}

TEST(ListeningTest, AWrongTokenFileIsNamedByLine) {
  const ScratchDirectory scratch;
  const std::string path = WriteFile(scratch.Path("tokens"), "# nobody\nabc acme anna agent *\n");
  ServerProcess server(scratch.Path("data"), {"--tokens", path});
  EXPECT_FALSE(server.Start());
  EXPECT_EQ(server.exit_code(), 69);
  EXPECT_THAT(server.log(), HasSubstr("line 2: expected 64 hex digits"));
}

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    staff_.Hire("acme", "anna", {Role::kAgent}, {"service_desk"});
    staff_.HireByCertificate("desk-42.acme.example", "acme", "desk-42", "agent", "service_desk");
  }
  std::vector<std::string> Flags() {
    const Certificate own = authority_.Issue("redress.acme.example");
    return {"--tls-cert", WriteFile(scratch_.Path("cert.pem"), own.certificate_pem),
            "--tls-key",  WriteFile(scratch_.Path("key.pem"), own.key_pem),
            "--tokens",   staff_.WriteTo(scratch_.Path("tokens")),
            "--tenant",   "acme"};
  }
  // Trusts the authority; shows the certificate if there is one.
  std::shared_ptr<grpc::ChannelCredentials> Credentials(const Certificate& own = {}) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = authority_.certificate_pem();
    options.pem_cert_chain = own.certificate_pem;
    options.pem_private_key = own.key_pem;
    return grpc::SslCredentials(options);
  }
  // What peeking into the queue of the desk comes to; a connection that fails is tried once.
  std::string Peek(int port, std::shared_ptr<grpc::ChannelCredentials> credentials,
                   const std::string& token) const {
    const Desk desk(Connect(port, credentials), token);
    v1::PeekQueueRequest request;
    request.set_department("service_desk");
    v1::PeekQueueResponse response;
    const grpc::Status status = desk.Call(&Queue::PeekQueue, request, &response);
    return status.error_details().empty() && !status.ok()
               ? absl::StrCat("no call, code ", status.error_code())
               : Describe(status);
  }

  const ScratchDirectory scratch_;
  const Authority authority_;
  const Authority stranger_;
  Staff staff_;
};

constexpr char kNoCall[] = "no call, code 14";

TEST_F(TlsTest, ServesTokensOverTlsAndNothingInTheClear) {
  ServerProcess server(scratch_.Path("data"), Flags());
  ASSERT_TRUE(server.Start()) << server.log();
  const std::string token = staff_.TokenOf("anna");
  EXPECT_EQ(Peek(server.port(), Credentials(), token), "OK");
  EXPECT_EQ(Peek(server.port(), Credentials(), ""), "UNAUTHENTICATED TOKEN_MISSING");
  EXPECT_EQ(Peek(server.port(), grpc::InsecureChannelCredentials(), token), kNoCall);
  // A certificate that was not asked for lets nobody in.
  EXPECT_EQ(Peek(server.port(), Credentials(authority_.Issue("desk-42.acme.example")), ""),
            "UNAUTHENTICATED TOKEN_MISSING");
}

TEST_F(TlsTest, KnowsClientsByTheirCertificatesWithMutualTls) {
  std::vector<std::string> flags = Flags();
  flags.push_back("--tls-client-ca");
  flags.push_back(WriteFile(scratch_.Path("ca.pem"), authority_.certificate_pem()));
  ServerProcess server(scratch_.Path("data"), flags);
  ASSERT_TRUE(server.Start()) << server.log();
  const int port = server.port();
  EXPECT_EQ(Peek(port, Credentials(authority_.Issue("desk-42.acme.example")), ""), "OK");
  EXPECT_EQ(Peek(port, Credentials(authority_.Issue("desk-43.acme.example")), ""),
            "UNAUTHENTICATED TOKEN_INVALID");
  EXPECT_EQ(Peek(port, Credentials(stranger_.Issue("desk-42.acme.example")), ""), kNoCall);
  EXPECT_EQ(Peek(port, Credentials(), staff_.TokenOf("anna")), kNoCall);
  // A token goes before the certificate, and a wrong one is not made good by it.
  EXPECT_EQ(Peek(port, Credentials(authority_.Issue("desk-42.acme.example")), "rdr_guess"),
            "UNAUTHENTICATED TOKEN_INVALID");
}

TEST_F(TlsTest, AKeyThatDoesNotFitIsRefusedAtTheStart) {
  std::vector<std::string> flags = Flags();
  WriteFile(scratch_.Path("key.pem"), authority_.Issue("somebody else").key_pem);
  ServerProcess server(scratch_.Path("data"), flags);
  EXPECT_FALSE(server.Start());
  EXPECT_EQ(server.exit_code(), 69);
  EXPECT_THAT(server.log(), HasSubstr("cannot use the key"));
}

}  // namespace
}  // namespace redress::test
