// What a manager is shown of customers is recorded, before it is shown; what an agent works with is
// not.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/e2e/credentials.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using services::Role;

Staff MakeStaff() {
  Staff staff;
  staff.Hire("acme", "anna", {Role::kAgent}, {"service_desk"});
  staff.Hire("acme", "mona", {Role::kManager}, {});
  staff.Hire("acme", "bea", {Role::kManager, Role::kAgent}, {"billing"});
  staff.Hire("acme", "omar", {Role::kManager, Role::kOwner}, {"*"});
  staff.Hire("acme", "ines", {Role::kInspector}, {});
  staff.Hire("acme", "carl", {Role::kCustomer}, {});
  return staff;
}

class AuditTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server_.Start()) << server_.log();
    ticket_ = As("anna").Submit("The parcel is late.", "carl");
  }
  Desk As(const std::string& actor) const { return Desk(server_.port(), staff_.TokenOf(actor)); }

  // "mona TicketService.GetTicket WORDS T1" for each read, newest first.
  std::string Reads(v1::ListReadsRequest request = {}) const {
    std::string text;
    do {
      const auto page = As("mona").Must(&Audit::ListReads, request);
      for (const v1::RecordedRead& read : page.reads()) {
        absl::StrAppend(&text, read.actor(), " ", read.read().method(), " ",
                        v1::PersonalDataKind_Name(read.read().kind()).substr(19));
        for (const uint64_t id : read.read().ticket_ids()) absl::StrAppend(&text, " T", id);
        absl::StrAppend(&text, "\n");
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return text;
  }

  const ScratchDirectory scratch_;
  const Staff staff_ = MakeStaff();
  ServerProcess server_{scratch_.Path("data"),
                        {"--tokens", staff_.WriteTo(scratch_.Path("tokens")), "--tenant", "acme"}};
  v1::Ticket ticket_;
};

TEST_F(AuditTest, RecordsWhatAManagerIsShown) {
  const Desk mona = As("mona");
  auto get = About<v1::GetTicketRequest>(ticket_);
  mona.Must(&Tickets::GetTicket, get);
  get.set_with_words(true);
  EXPECT_EQ(mona.Must(&Tickets::GetTicket, get).words_size(), 1);
  mona.Must(&Tickets::ListTickets, v1::ListTicketsRequest());
  mona.Must(&Tickets::ListEvents, About<v1::ListEventsRequest>(ticket_));
  mona.Must(&Customers::GetView, About<v1::GetViewRequest>(ticket_));
  v1::ListMembersRequest members;
  members.set_counter("open");
  mona.Must(&Audit::ListMembers, members);
  EXPECT_EQ(Reads(),
            "mona AuditService.ListMembers MEMBERS T1\n"
            "mona CustomerService.GetView WORDS T1\n"
            "mona TicketService.ListEvents TICKETS T1\n"
            "mona TicketService.ListTickets TICKETS T1\n"
            "mona TicketService.GetTicket WORDS T1\n"
            "mona TicketService.GetTicket TICKETS T1\n");
  EXPECT_EQ(mona.Verify(), "clean");
}

TEST_F(AuditTest, RecordsWhatAnInspectorIsShown) {
  As("ines").Must(&Tickets::GetTicket, About<v1::GetTicketRequest>(ticket_));
  EXPECT_EQ(Reads(), "ines TicketService.GetTicket TICKETS T1\n");
}

TEST_F(AuditTest, RecordsNothingOfWhoWorksOnTicketsNorOfFigures) {
  const Desk anna = As("anna");
  auto get = About<v1::GetTicketRequest>(ticket_);
  get.set_with_words(true);
  anna.Must(&Tickets::GetTicket, get);
  anna.Must(&Tickets::ListTickets, v1::ListTicketsRequest());
  As("carl").Must(&Customers::GetView, About<v1::GetViewRequest>(ticket_));
  As("mona").Must(&Audit::GetReport, v1::GetReportRequest());
  As("mona").Must(&Audit::GetFindings, v1::GetFindingsRequest());
  EXPECT_EQ(Reads(), "");
}

TEST_F(AuditTest, RecordsAManagerUnlessEveryTicketIsTheirWork) {
  As("omar").Must(&Tickets::GetTicket, About<v1::GetTicketRequest>(ticket_));
  EXPECT_EQ(Reads(), "");
  As("bea").Must(&Tickets::GetTicket, About<v1::GetTicketRequest>(ticket_));
  EXPECT_EQ(Reads(), "bea TicketService.GetTicket TICKETS T1\n");
}

TEST_F(AuditTest, RecordsAnExportBeforeItBegins) {
  const Desk mona = As("mona");
  const auto context = mona.Context();
  const auto reader =
      mona.StubOf<Trails>().ExportTrail(context.get(), v1::ExportTrailRequest());
  v1::ExportTrailResponse response;
  while (reader->Read(&response)) {
  }
  ASSERT_TRUE(reader->Finish().ok());
  EXPECT_EQ(Reads(), "mona TrailService.ExportTrail EXPORT\n");
  const auto reads = mona.Must(&Audit::ListReads, v1::ListReadsRequest());
  EXPECT_EQ(reads.reads(0).read().first_commit(), 1u);
  EXPECT_EQ(reads.reads(0).read().last_commit() + 1, reads.reads(0).receipt().position().commit());
}

TEST_F(AuditTest, ListsReadsOfAnActorAndOfATicketPageByPage) {
  const v1::Ticket other = As("anna").Submit("The lamp is broken.", "carl");
  const Desk mona = As("mona");
  for (const v1::Ticket& ticket : {ticket_, other, ticket_, other, other})
    mona.Must(&Tickets::GetTicket, About<v1::GetTicketRequest>(ticket));
  v1::ListReadsRequest request;
  request.set_page_size(1);
  request.set_ticket(ticket_.reference());
  EXPECT_EQ(Reads(request),
            "mona TicketService.GetTicket TICKETS T1\nmona TicketService.GetTicket TICKETS T1\n");
  request.set_actor("anna");
  EXPECT_EQ(Reads(request), "");
}

TEST_F(AuditTest, SaysTheSameAsOfACommitAfterMoreCameIn) {
  const Desk mona = As("mona");
  v1::GetReportRequest request;
  request.set_check(true);
  v1::Report before = mona.Must(&Audit::GetReport, request).report();
  EXPECT_TRUE(before.is_checked());
  EXPECT_EQ(before.version().size(), 32u);
  As("anna").Submit("The lamp is broken.");
  request.set_check(false);
  request.set_as_of_commit(before.commit());
  request.set_from_day(before.from_day());
  request.set_to_day(before.to_day());
  v1::Report after = mona.Must(&Audit::GetReport, request).report();
  before.clear_is_checked();
  before.clear_create_time();
  after.clear_create_time();
  EXPECT_EQ(after.DebugString(), before.DebugString());
}

}  // namespace
}  // namespace redress::test
