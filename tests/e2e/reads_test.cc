// What can be read over the wire: lists, queues, explanations, playbooks, figures.

#include <gmock/gmock.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

using ReadsTest = ServerTest;

// The ids of all pages, in their order; fails when a page is larger than asked for.
template <class Request, class NextPage>
std::vector<uint64_t> AllPages(Request request, int page_size, NextPage next_page) {
  std::vector<uint64_t> ids;
  request.set_page_size(page_size);
  do {
    const auto page = next_page(request);
    EXPECT_LE(page.tickets_size(), page_size);
    for (const v1::Ticket& ticket : page.tickets()) ids.push_back(ticket.id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return ids;
}

TEST_F(ReadsTest, ListsWhatAFilterMatchesPageByPage) {
  for (int i = 0; i < 5; ++i) {
    desk().Submit("I have a complaint", "c-1");
    desk().Submit("I was charged twice", "c-2");
  }
  const auto list = [&](const v1::ListTicketsRequest& request) {
    return desk().Must(&Tickets::ListTickets, request);
  };
  EXPECT_THAT(AllPages(v1::ListTicketsRequest(), 3, list),
              testing::ElementsAre(10, 9, 8, 7, 6, 5, 4, 3, 2, 1));
  v1::ListTicketsRequest of_customer;
  of_customer.mutable_filter()->set_customer_id("c-2");
  EXPECT_THAT(AllPages(of_customer, 2, list), testing::ElementsAre(10, 8, 6, 4, 2));
  v1::ListTicketsRequest of_category;
  of_category.mutable_filter()->set_category("billing");
  of_category.mutable_filter()->add_states(v1::TICKET_STATE_QUEUED);
  of_category.mutable_filter()->set_level(v1::LEVEL_ANALYSIS);
  EXPECT_THAT(AllPages(of_category, 1000, list), testing::ElementsAre(10, 8, 6, 4, 2));
  of_category.mutable_filter()->set_states(0, v1::TICKET_STATE_CLOSED);
  EXPECT_THAT(AllPages(of_category, 1000, list), IsEmpty());
}

TEST_F(ReadsTest, TellsTheStoryOfATicket) {
  const v1::Ticket ticket = desk().Take("I was charged twice");
  desk().Resolve(ticket, SolvedForGood());
  std::vector<std::string> places;
  const auto response = desk().Must(&Tickets::GetStory, About<v1::GetStoryRequest>(ticket));
  for (const v1::StoryChapter& chapter : response.chapters())
    places.push_back(absl::StrCat(chapter.fact(), " ", chapter.department(), " ",
                                  chapter.handler().empty() ? "nobody" : "somebody"));
  EXPECT_THAT(places, testing::ElementsAre("TicketOpened billing nobody",
                                           "TicketLeased billing somebody",
                                           "TicketResolved billing nobody"));
}

TEST_F(ReadsTest, ShowsTheFutureOfAnIssueThatNobodyTouchesAndChangesNothing) {
  v1::PreviewTimelineRequest request;
  *request.mutable_issue() = Complaint("I was charged twice");
  request.mutable_start_time()->set_seconds(1'800'000'000);
  request.mutable_horizon()->set_seconds(3 * 86400);
  request.set_source(R"(playbook: sample
departments: {desk: {title: Desk, head: lead}}
chains: [{id: slow, steps: [{id: tell, at: 1h, do: NOTIFY, to: HEAD}]}]
route: [{id: rest, to: {level: RELAY, department: desk, resolution: 2d}}]
)");
  std::vector<std::string> facts;
  const auto response = desk().Must(&Playbooks::PreviewTimeline, request);
  for (const v1::Event& event : response.events()) {
    const auto* oneof = event.GetDescriptor()->FindOneofByName("fact");
    facts.push_back(absl::StrCat(
        event.GetReflection()->GetOneofFieldDescriptor(event, oneof)->name(), " ",
        event.time().seconds() - 1'800'000'000));
  }
  EXPECT_THAT(facts, testing::ElementsAre("ticket_opened 0", "chain_step_fired 3600",
                                          "promise_missed 172800", "reminder_raised 259200"));
  EXPECT_THAT(desk().ListAll(), IsEmpty());
}

TEST_F(ReadsTest, PeeksIntoAQueueInTheOrderOfPulling) {
  for (int i = 0; i < 3; ++i) {
    desk().Submit("The invoice is wrong");  // RELAY
    desk().Submit("I was charged twice");   // ANALYSIS
  }
  v1::PeekQueueRequest request;
  request.set_department("billing");
  const auto ids = AllPages(request, 2, [&](const v1::PeekQueueRequest& page) {
    return desk().Must(&Queue::PeekQueue, page);
  });
  EXPECT_THAT(ids, testing::ElementsAre(1, 3, 5, 2, 4, 6));
  for (const uint64_t id : ids) EXPECT_EQ(desk().Pull("billing").id(), id);
}

TEST_F(ReadsTest, PagesThroughAHistory) {
  const v1::Ticket ticket = desk().Resolve(desk().Take("I have a complaint"));
  auto request = About<v1::ListEventsRequest>(ticket);
  request.set_page_size(1);
  std::vector<uint32_t> versions;
  do {
    const auto page = desk().Must(&Tickets::ListEvents, request);
    for (const auto& recorded : page.events()) versions.push_back(recorded.event().version());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(versions, testing::ElementsAre(1, 2, 3, 4));
}

TEST_F(ReadsTest, ExplainsATicketTheSameAfterARestartAndAfterAnotherPlaybook) {
  const v1::Ticket ticket = desk().Submit("I was charged twice for one order");
  const auto explain = [&] {
    return desk().Must(&Playbooks::ExplainDecision, About<v1::ExplainDecisionRequest>(ticket));
  };
  const v1::ExplainDecisionResponse first = explain();
  EXPECT_TRUE(first.recomputed_identical());
  EXPECT_EQ(first.decision().route_rule(), "double-charge");
  ASSERT_NO_FATAL_FAILURE(Restart());
  EXPECT_EQ(explain().ShortDebugString(), first.ShortDebugString());

  v1::PublishPlaybookRequest publish;
  publish.set_request_id(NewRequestId());
  publish.set_reason("A second version.");
  publish.set_source(absl::StrCat(StarterPlaybook(), "# changed\n"));
  EXPECT_EQ(desk().Must(&Playbooks::PublishPlaybook, publish).version().version(), 2u);
  EXPECT_EQ(explain().ShortDebugString(), first.ShortDebugString());
}

TEST_F(ReadsTest, ExplainsASampleWithoutTakingItIn) {
  v1::ExplainDecisionRequest request;
  *request.mutable_issue() = Complaint("The kettle caught fire");
  const auto response = desk().Must(&Playbooks::ExplainDecision, request);
  EXPECT_EQ(response.decision().effects().department(), "safety_board");
  EXPECT_THAT(desk().ListAll(), IsEmpty());
}

TEST_F(ReadsTest, ChecksPublishesAndKeepsPlaybooks) {
  v1::CheckPlaybookRequest check;
  check.set_source(StarterPlaybook());
  const auto good = desk().Must(&Playbooks::CheckPlaybook, check);
  EXPECT_THAT(good.findings(), IsEmpty());
  EXPECT_GT(good.examples(), 0);
  check.set_source("playbook: broken\nroute:\n  - {id: rest, to: {department: nowhere}}\n");
  const auto bad = desk().Must(&Playbooks::CheckPlaybook, check);
  ASSERT_GT(bad.findings_size(), 0);
  EXPECT_GT(bad.findings(0).line(), 0);
  EXPECT_THAT(bad.findings(0).excerpt(), HasSubstr("^"));

  v1::PublishPlaybookRequest publish;
  publish.set_request_id(NewRequestId());
  publish.set_reason("Everything goes to the stores.");
  publish.set_source(absl::StrReplaceAll(
      StarterPlaybook(), {{"route:\n  # Level three",
                           "route:\n  - {id: stores-first, when: issue.channel == \"kiosk\", to: "
                           "{level: RELAY, department: stores}}\n  # Level three"}}));
  EXPECT_EQ(desk().Must(&Playbooks::PublishPlaybook, publish).version().version(), 2u);
  v1::Issue issue = Complaint("I have a complaint");
  issue.set_channel("kiosk");
  EXPECT_EQ(desk().Submit(issue).department(), "stores");
  v1::GetPlaybookRequest get;
  EXPECT_EQ(desk().Must(&Playbooks::GetPlaybook, get).version().source(), publish.source());
  get.set_version(1);
  EXPECT_EQ(desk().Must(&Playbooks::GetPlaybook, get).version().source(), StarterPlaybook());
}

TEST_F(ReadsTest, ShowsTheQueueOfADroppedDepartmentWhileTicketsWaitThere) {
  const v1::Ticket ticket = desk().Submit("I have a complaint");
  v1::PublishPlaybookRequest publish;
  publish.set_request_id(NewRequestId());
  publish.set_reason("Another desk takes it all.");
  publish.set_source(
      "playbook: other\ndepartments:\n  new_desk: {title: Desk, head: a}\n"
      "route:\n  - {id: rest, to: {level: RELAY, department: new_desk}}\n");
  desk().Must(&Playbooks::PublishPlaybook, publish);
  v1::PeekQueueRequest peek;
  peek.set_department(ticket.department());
  EXPECT_EQ(desk().Must(&Queue::PeekQueue, peek).tickets_size(), 1);
  desk().Pull(ticket.department());
  EXPECT_EQ(desk().Try(&Queue::PeekQueue, peek), "INVALID_ARGUMENT FIELD_INVALID department");
  peek.set_department("new_desk");
  EXPECT_THAT(desk().Must(&Queue::PeekQueue, peek).tickets(), IsEmpty());
}

// A desk's day: every counter of the report moves.
void WorkADay(const Desk& desk) {
  desk.Submit("I have a complaint");
  const v1::Ticket confirmed = desk.Resolve(desk.Take("The invoice is wrong", "c-1"));
  desk.Must(&Customers::ConfirmResolution, About<v1::ConfirmResolutionRequest>(confirmed));
  auto reopen = About<v1::ReopenTicketRequest>(confirmed);
  reopen.set_cause(v1::REOPEN_CAUSE_NOT_FIXED);
  reopen.set_note("It came back.");
  desk.Must(&Tickets::ReopenTicket, reopen);
  const v1::Ticket held = desk.Resolve(desk.Take("I was charged twice"), SolvedForGood());
  desk.Must(&Customers::ConfirmResolution, About<v1::ConfirmResolutionRequest>(held));
  auto transfer = About<v1::TransferTicketRequest>(desk.Take("The parcel is lost parcel"));
  transfer.set_to_department("billing");
  transfer.set_reason(v1::TRANSFER_REASON_NEXT_STEP);
  transfer.set_note("Refund it.");
  desk.Must(&Tickets::TransferTicket, transfer);
  v1::Issue praise = Complaint("Thank you");
  praise.set_kind(v1::ISSUE_KIND_PRAISE);
  desk.Submit(praise);
}

// The day so many days from now; promises of today fall due on days to come.
std::string Day(int ahead) {
  return absl::FormatTime("%Y-%m-%d", absl::Now() + absl::Hours(24 * ahead), absl::UTCTimeZone());
}

int64_t MembersOf(const Desk& desk, const std::string& counter, v1::Dimension dimension,
                  const std::string& value) {
  v1::ListMembersRequest request;
  request.set_from_day(Day(-1));
  request.set_to_day(Day(60));
  request.set_counter(counter);
  request.set_dimension(dimension);
  request.set_value(value);
  request.set_page_size(2);
  int64_t sum = 0;
  std::set<uint64_t> seen;
  do {
    const v1::ListMembersResponse page = desk.Must(&Audit::ListMembers, request);
    for (const v1::Member& member : page.members()) {
      sum += member.amount();
      EXPECT_TRUE(seen.insert(member.ticket_id()).second) << counter;
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return sum;
}

// Every figure of a row beside the counter that its members are listed by.
std::vector<std::pair<std::string, int64_t>> FiguresOf(const v1::ReportRow& row) {
  const v1::Flow& flow = row.flow();
  const auto missed = [](const v1::Ratio& ratio) {
    return ratio.denominator() - ratio.numerator();
  };
  return {{"created", flow.created()},
          {"closed", flow.closed()},
          {"reopened", flow.reopened()},
          {"open", flow.open_end()},
          {"tickets", flow.tickets()},
          {"resolved", flow.resolved()},
          {"transferred_in", flow.transferred_in()},
          {"transferred_out", flow.transferred_out()},
          {"first_answer_met", row.first_answer_on_time().numerator()},
          {"first_answer_missed", missed(row.first_answer_on_time())},
          {"resolution_met", row.resolution_on_time().numerator()},
          {"resolution_missed", missed(row.resolution_on_time())},
          {"resolved_reopened", row.reopen_rate().numerator()},
          {"transfer_events", row.transfers_per_ticket().numerator()},
          {"reopen_events", row.reopen_intensity().numerator()},
          {"close_count", row.time_to_close().count()},
          {"close_seconds_sum", row.time_to_close().sum_seconds()},
          {"resolve_count", row.time_to_resolve().count()},
          {"resolve_seconds_sum", row.time_to_resolve().sum_seconds()}};
}

v1::Report ReportOf(const Desk& desk) {
  v1::GetReportRequest request;
  request.set_from_day(Day(-1));
  request.set_to_day(Day(60));
  for (const v1::Dimension dimension :
       {v1::DIMENSION_DEPARTMENT, v1::DIMENSION_LEVEL, v1::DIMENSION_CATEGORY,
        v1::DIMENSION_CHANNEL, v1::DIMENSION_SEGMENT})
    request.add_by(dimension);
  return desk.Must(&Audit::GetReport, request).report();
}

TEST_F(ReadsTest, EveryFigureIsTheSumOfItsMembers) {
  WorkADay(desk());
  const v1::Report report = ReportOf(desk());
  EXPECT_EQ(report.total().flow().created(), 5);
  EXPECT_EQ(report.total().flow().closed(), 3);
  EXPECT_EQ(report.total().flow().reopened(), 1);
  EXPECT_EQ(report.tables_size(), 5);
  const auto compare = [&](v1::Dimension dimension, const v1::ReportRow& row) {
    for (const auto& [counter, figure] : FiguresOf(row))
      EXPECT_EQ(MembersOf(desk(), counter, dimension, row.value()), figure)
          << counter << " of " << v1::Dimension_Name(dimension) << " \"" << row.value() << "\"";
  };
  compare(v1::DIMENSION_UNSPECIFIED, report.total());
  for (const v1::ReportTable& table : report.tables())
    for (const v1::ReportRow& row : table.rows()) compare(table.dimension(), row);
}

TEST_F(ReadsTest, ReportsReconcileStockAndFlow) {
  WorkADay(desk());
  const auto check = [](const v1::ReportRow& row) {
    const v1::Flow& flow = row.flow();
    EXPECT_EQ(flow.open_end(), flow.open_start() + flow.created() + flow.reopened() +
                                   flow.transferred_in() - flow.closed() - flow.transferred_out())
        << row.ShortDebugString();
  };
  const v1::Report report = ReportOf(desk());
  check(report.total());
  for (const v1::ReportTable& table : report.tables()) {
    int64_t created = 0;
    for (const v1::ReportRow& row : table.rows()) {
      check(row);
      created += row.flow().created();
    }
    EXPECT_EQ(created, report.total().flow().created()) << v1::Dimension_Name(table.dimension());
  }
  int open = 0;
  for (const v1::Ticket& ticket : desk().ListAll())
    open += ticket.state() != v1::TICKET_STATE_CLOSED;
  EXPECT_EQ(report.total().flow().open_end(), open);
  EXPECT_EQ(desk().Verify(), "clean");
}

}  // namespace
}  // namespace redress::test
