// Whoever handles a mystery issue cannot tell it from a plain one: two servers do the same work,
// one on a plain issue and one on a mystery, and every answer is compared field by field.
#include <gmock/gmock.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/e2e/credentials.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using services::Role;

// Replaces what differs from run to run, and nothing else: instants and spans by their presence,
// bytes by how many.
void Flatten(Message& message) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->type() == FieldDescriptor::TYPE_BYTES && !field->is_repeated()) {
      const size_t size = reflection.GetString(message, field).size();
      reflection.SetString(&message, field, absl::StrCat(size, " bytes"));
    }
    if (field->type() == FieldDescriptor::TYPE_INT64 && !field->is_repeated() &&
        absl::EndsWith(field->name(), "_seconds"))
      reflection.SetInt64(&message, field, 0);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string& type = field->message_type()->full_name();
    const bool is_time = absl::StartsWith(type, "google.protobuf.");
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      Message* below = field->is_repeated() ? reflection.MutableRepeatedMessage(&message, field, i)
                                            : reflection.MutableMessage(&message, field);
      if (is_time) below->Clear();
      else Flatten(*below);
    }
  }
}

Staff MakeStaff() {
  Staff staff;
  staff.Hire("acme", "web", {Role::kAgent}, {});
  staff.Hire("acme", "anna", {Role::kAgent}, {"service_desk", "billing"});
  staff.Hire("acme", "otto", {Role::kOwner}, {"service_desk", "billing"});
  staff.Hire("acme", "carl", {Role::kCustomer}, {});
  staff.Hire("acme", "ines", {Role::kInspector}, {});
  staff.Hire("acme", "mona", {Role::kManager}, {});
  return staff;
}

// A server whose first ticket is a plain issue or a mystery, and what everybody sees of it.
class Company {
 public:
  explicit Company(bool is_mystery) {
    EXPECT_TRUE(server_.Start()) << server_.log();
    v1::Issue issue = Complaint("I was charged twice for one order", "carl");
    if (is_mystery) {
      v1::SubmitMysteryIssueRequest request;
      request.set_request_id(NewRequestId());
      *request.mutable_issue() = issue;
      request.set_shown_actor("web");
      As("ines").Must(&Inspections::SubmitMysteryIssue, request);
    } else {
      As("web").Submit(issue);
    }
    As("web").Submit(Complaint("I was charged twice again", "cora"));
  }

  Desk As(const std::string& actor) const { return Desk(server_.port(), staff_.TokenOf(actor)); }
  const std::vector<std::string>& seen() const { return seen_; }
  // Whether any answer so far, as it came, carried a mark.
  bool has_mark() const { return has_mark_; }

  template <class Stub, class Request, class Response>
  Response See(const std::string& actor, ApiClient::Method<Stub, Request, Response> method,
               const Request& request) {
    const Response response = As(actor).Must(method, request);
    has_mark_ |= absl::StrContains(response.DebugString(), "mystery");
    Response flat = response;
    Flatten(flat);
    seen_.push_back(absl::StrCat(actor, " ", Response::descriptor()->name(), "\n",
                                 flat.DebugString()));
    return response;
  }

  // Everything that can be read of a ticket and of its queue.
  void Look(const std::string& actor, const std::string& ticket) {
    const auto about = [&](auto request) {
      request.set_ticket(ticket);
      return request;
    };
    v1::GetTicketRequest get = about(v1::GetTicketRequest());
    get.set_with_words(true);
    See(actor, &Tickets::GetTicket, get);
    See(actor, &Tickets::ListTickets, v1::ListTicketsRequest());
    See(actor, &Tickets::ListEvents, about(v1::ListEventsRequest()));
    See(actor, &Tickets::ExplainDue, about(v1::ExplainDueRequest()));
    See(actor, &Tickets::GetStory, about(v1::GetStoryRequest()));
    See(actor, &Customers::GetView, about(v1::GetViewRequest()));
    See(actor, &Playbooks::ExplainDecision, about(v1::ExplainDecisionRequest()));
    v1::PeekQueueRequest peek;
    peek.set_department("billing");
    See(actor, &Queue::PeekQueue, peek);
    Watch(actor);
  }

  void Watch(const std::string& actor) {
    const Desk desk = As(actor);
    const auto context = desk.Context();
    v1::WatchQueueRequest request;
    request.set_department("billing");
    const auto stream = desk.StubOf<Queue>().WatchQueue(context.get(), request);
    v1::WatchQueueResponse response;
    EXPECT_TRUE(stream->Read(&response));
    context->TryCancel();
    has_mark_ |= absl::StrContains(response.DebugString(), "mystery");
    Flatten(response);
    seen_.push_back(absl::StrCat(actor, " watches\n", response.DebugString()));
  }

  // The whole life of the first ticket.
  void Live() {
    Look("anna", "1");
    v1::PullTicketsRequest pull;
    pull.set_request_id(NewRequestId());
    pull.set_department("billing");
    const v1::Ticket leased = See("anna", &Queue::PullTickets, pull).tickets(0);
    EXPECT_EQ(leased.id(), 1u) << "the order of the queue is the same";
    See("anna", &Queue::PullTickets, pull);  // the same request again
    See("anna", &Tickets::AcceptTicket, About<v1::AcceptTicketRequest>(leased));
    auto note = About<v1::AddNoteRequest>(leased);
    note.set_text("Asked the bank.");
    See("otto", &Tickets::AddNote, note);
    auto answer = About<v1::AnswerTicketRequest>(leased);
    answer.clear_lease_token();
    answer.set_text("We look into it.");
    See("anna", &Tickets::AnswerTicket, answer);
    auto resolve = About<v1::ResolveTicketRequest>(leased);
    resolve.clear_lease_token();
    *resolve.mutable_resolution() = SolvedForGood();
    See("anna", &Tickets::ResolveTicket, resolve);
    See("anna", &Tickets::ResolveTicket, resolve);  // the same request again
    for (const char* actor : {"anna", "otto"}) Look(actor, "1");
    v1::GetViewRequest view;
    view.set_ticket("1");
    See("carl", &Customers::GetView, view);
    auto confirm = About<v1::ConfirmResolutionRequest>(leased);
    See("carl", &Customers::ConfirmResolution, confirm);
    Look("otto", "1");
  }

 private:
  const ScratchDirectory scratch_;
  const Staff staff_ = MakeStaff();
  ServerProcess server_{scratch_.Path("data"),
                        {"--tokens", staff_.WriteTo(scratch_.Path("tokens")), "--tenant", "acme"}};
  std::vector<std::string> seen_;
  bool has_mark_ = false;
};

TEST(Mystery, LooksLikeAPlainIssueToEverybodyWhoHandlesIt) {
  Company plain(false), mystery(true);
  plain.Live();
  mystery.Live();
  ASSERT_EQ(plain.seen().size(), mystery.seen().size());
  for (size_t i = 0; i < plain.seen().size(); ++i) EXPECT_EQ(plain.seen()[i], mystery.seen()[i]);
  EXPECT_GT(plain.seen().size(), 40u);
  EXPECT_FALSE(mystery.has_mark());

  // The comparison would have seen it: those who may know do.
  plain.Look("mona", "1");
  mystery.Look("mona", "1");
  EXPECT_TRUE(mystery.has_mark());
  EXPECT_NE(plain.seen().back() + plain.seen()[plain.seen().size() - 9],
            mystery.seen().back() + mystery.seen()[mystery.seen().size() - 9]);
}

TEST(Mystery, GivesNoHashToTryAgainst) {
  Company mystery(true);
  v1::ListEventsRequest request;
  request.set_ticket("1");
  const auto events = mystery.As("anna").Must(&Tickets::ListEvents, request).events();
  ASSERT_TRUE(events[0].event().has_ticket_opened());
  EXPECT_EQ(events[0].receipt().event_hash(), "");
  // Nor for a plain one, so that its absence says nothing.
  request.set_ticket("2");
  EXPECT_EQ(mystery.As("anna").Must(&Tickets::ListEvents, request).events(0).receipt().event_hash(),
            "");
  const auto all = mystery.As("mona").Must(&Tickets::ListEvents, request).events();
  EXPECT_EQ(all[0].receipt().event_hash().size(), 32u);
}

TEST(Mystery, IsInNoFigureButIsFoundByThoseWhoJudge) {
  Company company(true);
  company.Live();
  const v1::Flow flow = company.As("mona").Report().total().flow();
  EXPECT_EQ(flow.created(), 1) << "the plain one only";
  EXPECT_EQ(flow.closed(), 0);
  const auto found =
      company.As("ines").Must(&Inspections::ListMysteryIssues, v1::ListMysteryIssuesRequest());
  ASSERT_EQ(found.cases_size(), 1);
  EXPECT_EQ(found.cases(0).submitter(), "ines");
  EXPECT_EQ(found.cases(0).ticket().id(), 1u);
  // It is inspected outside of any sample.
  v1::RecordInspectionRequest inspection;
  inspection.set_request_id(NewRequestId());
  inspection.set_ticket("1");
  inspection.set_form("handling");
  const v1::Ticket inspected =
      company.As("ines").Must(&Inspections::RecordInspection, inspection).ticket();
  EXPECT_EQ(inspected.inspections_size(), 1);
  EXPECT_EQ(company.As("mona").Verify(), "clean");
}

TEST(Mystery, CannotTouchWhatRealCustomersReport) {
  Company company(false);
  v1::SubmitMysteryIssueRequest request;
  request.set_request_id(NewRequestId());
  request.set_shown_actor("web");
  *request.mutable_issue() = Complaint("I was charged twice");
  request.mutable_issue()->set_key("order-7");
  EXPECT_EQ(company.As("ines").Try(&Inspections::SubmitMysteryIssue, request),
            "INVALID_ARGUMENT FIELD_INVALID issue.key");
  request.mutable_issue()->clear_key();
  request.mutable_issue()->set_follows("1");
  EXPECT_EQ(company.As("ines").Try(&Inspections::SubmitMysteryIssue, request),
            "INVALID_ARGUMENT FIELD_INVALID issue.follows");
  EXPECT_EQ(company.As("anna").Try(&Inspections::SubmitMysteryIssue, request),
            "PERMISSION_DENIED NOT_PERMITTED");
}

}  // namespace
}  // namespace redress::test
