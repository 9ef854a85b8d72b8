// decide_move.cc: other departments, other levels.
#include <gtest/gtest.h>

#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

v1::Command EscalateTo(v1::Level level, std::string department = "") {
  v1::Command command = Escalate();
  command.mutable_escalate_ticket()->set_to_level(level);
  command.mutable_escalate_ticket()->set_to_department(std::move(department));
  return command;
}

v1::Command DeescalateTo(v1::Level level) {
  v1::Command command = Deescalate();
  command.mutable_deescalate_ticket()->set_to_level(level);
  return command;
}

TEST(DecideTransferTicket, MakesAnotherDepartmentAccountableAndLetsClocksRun) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Transfer("billing")),
            "09:00 anna TicketTransferred from_department=desk to_department=billing "
            "reason=WRONG_OWNER note=Yours. count=1");
  EXPECT_EQ(Print(desk.ticket()), "QUEUED RELAY billing");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER 13:00, RESOLUTION Nov 04 09:00");
  EXPECT_EQ(desk.ticket().transfers(), 1u);
  EXPECT_EQ(desk.ticket().departments_size(), 2);
}

TEST(DecideTransferTicket, EndsTheLease) {
  Desk desk = DeskWithLease();
  desk.Must(Transfer("billing", 1));
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER 13:00, RESOLUTION Nov 04 09:00");
}

TEST(DecideTransferTicket, IsForTheHolderOrAnOwner) {
  Desk desk = DeskWithComplaint();
  EXPECT_EQ(desk.Do(Transfer("billing")),
            "NOT_HOLDER: Ticket T1 is held by nobody. Pull it from its queue first.");
  desk.Must(Owner("olga"), Transfer("billing"));
}

TEST(DecideTransferTicket, RejectsTheSameAndUnknownDepartments) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Transfer("desk")),
            "FIELD_INVALID: to_department must be another department than the present one");
  EXPECT_EQ(desk.Do(Transfer("moon")),
            "FIELD_INVALID: to_department must be a department of the playbook, not \"moon\"");
  desk.SetPlaybook(nullptr);
  EXPECT_EQ(desk.Do(Transfer("billing")),
            "PLAYBOOK_MISSING: This tenant has no playbook. Publish one first.");
}

TEST(DecideTransferTicket, RejectsOnceResolved) {
  Desk desk = DeskWithResolved();
  EXPECT_EQ(desk.Do(Owner("olga"), Transfer("billing")),
            "WRONG_STATE: Ticket T1 is RESOLVED and cannot be transferred.");
}

TEST(DecideEscalateTicket, RaisesToTheNextLevelInTheSameDepartment) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Escalate()),
            "09:00 anna LevelChanged from_level=RELAY to_level=ANALYSIS to_department=desk "
            "reason=\"Too big.\"");
  EXPECT_EQ(Print(desk.ticket()), "QUEUED ANALYSIS desk");
  EXPECT_EQ(desk.ticket().level_changes(), 1u);
}

TEST(DecideEscalateTicket, RaisesToAGivenLevelAndDepartment) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(EscalateTo(v1::LEVEL_INITIATIVE, "board")),
            "09:00 anna LevelChanged from_level=RELAY to_level=INITIATIVE to_department=board "
            "reason=\"Too big.\"");
}

TEST(DecideEscalateTicket, RejectsWhatIsNotAbove) {
  Desk desk;
  desk.Must(Submit(Burned()));
  EXPECT_EQ(desk.Do(Owner("olga"), Escalate()),
            "FIELD_INVALID: to_level must be above the present level, INITIATIVE");
  EXPECT_EQ(desk.Do(Owner("olga"), EscalateTo(v1::LEVEL_INITIATIVE)),
            "FIELD_INVALID: to_level must be above the present level, INITIATIVE");
  EXPECT_EQ(desk.Do(Owner("olga"), EscalateTo(v1::LEVEL_RELAY)),
            "FIELD_INVALID: to_level must be above the present level, INITIATIVE");
}

TEST(DecideEscalateTicket, RejectsADepartmentThatThePlaybookDoesNotHave) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(EscalateTo(v1::LEVEL_ANALYSIS, "moon")),
            "FIELD_INVALID: to_department must be a department of the playbook, not \"moon\"");
}

TEST(DecideDeescalateTicket, OffersTheNextLevelAndMovesNothing) {
  Desk desk;
  desk.Must(Submit(Burned()));
  EXPECT_EQ(desk.Do(Owner("olga"), Deescalate()),
            "09:00 olga LevelOffered from_level=INITIATIVE to_level=ANALYSIS to_department=board "
            "reason=Small.");
  EXPECT_EQ(Print(desk.ticket()), "QUEUED INITIATIVE board");
  EXPECT_EQ(desk.ticket().offer().actor(), "olga");
}

TEST(DecideAnswerLevelOffer, TakesTheLowerLevelForTheReasonThatWasGiven) {
  Desk desk;
  desk.Must(Submit(Burned())).Must(Owner("olga"), Deescalate());
  EXPECT_EQ(desk.At("10:00").Do(AgentOf("ben", "board"), TakeOffer()),
            "10:00 ben LevelChanged from_level=INITIATIVE to_level=ANALYSIS to_department=board "
            "reason=Small. offered_by=olga");
  EXPECT_EQ(Print(desk.ticket()), "QUEUED ANALYSIS board");
  EXPECT_FALSE(desk.ticket().has_offer());
}

TEST(DecideAnswerLevelOffer, DeclinesAndLeavesTheTicketWhereItIs) {
  Desk desk;
  desk.Must(Submit(Burned())).Must(Owner("olga"), Deescalate());
  EXPECT_EQ(desk.Do(DeclineOffer()), "09:00 anna LevelOfferDeclined note=\"Not ours.\"");
  EXPECT_EQ(Print(desk.ticket()), "QUEUED INITIATIVE board");
  EXPECT_EQ(desk.Do(TakeOffer()),
            "WRONG_STATE: Ticket T1 is QUEUED and cannot be taken at a lower level: nobody offers "
            "it.");
}

TEST(DecideAnswerLevelOffer, IsForTheReceivingDepartmentAndNotForWhoOffered) {
  Desk desk;
  desk.Must(Submit(Burned()));
  v1::Command offer = Deescalate();
  offer.mutable_deescalate_ticket()->set_to_department("billing");
  desk.Must(Owner("olga"), offer);
  EXPECT_EQ(desk.Do(AgentOf("ben", "desk"), TakeOffer()),
            "DEPARTMENT_NOT_YOURS: Your credentials do not cover department \"board\".");
  EXPECT_EQ(desk.Do(AgentOf("ben", "board"), TakeOffer()),
            "DEPARTMENT_NOT_YOURS: Your credentials do not cover department \"billing\".");
  EXPECT_EQ(desk.Do(Owner("olga"), TakeOffer()),
            "FIELD_INVALID: accept must be said by somebody else than who offered the ticket");
  EXPECT_EQ(desk.Do(With(TakeOffer(), "etag", "old")).substr(0, 13), "ETAG_MISMATCH");
  EXPECT_EQ(desk.Do(Customer("c1"), TakeOffer()).substr(0, 16), "TICKET_NOT_FOUND");
  desk.Must(AgentOf("bill", "billing"), TakeOffer());
  EXPECT_EQ(Print(desk.ticket()), "QUEUED ANALYSIS billing");
}

TEST(DecideAnswerLevelOffer, ComesTooLateOnceTheTicketHasMoved) {
  Desk desk;
  desk.Must(Submit(Burned())).Must(Owner("olga"), Deescalate());
  desk.Must(Owner("olga"), Transfer("desk"));
  EXPECT_EQ(desk.Do(TakeOffer()).substr(0, 11), "WRONG_STATE");
}

TEST(DecideDeescalateTicket, RejectsWhatIsNotBelow) {
  Desk desk = DeskWithComplaint();
  EXPECT_EQ(desk.Do(Owner("olga"), Deescalate()),
            "FIELD_INVALID: to_level must be below the present level, RELAY");
  EXPECT_EQ(desk.Do(Owner("olga"), DeescalateTo(v1::LEVEL_ANALYSIS)),
            "FIELD_INVALID: to_level must be below the present level, RELAY");
}

TEST(DecideDeescalateTicket, IsForTheHolderOrAnOwner) {
  Desk desk;
  desk.Must(Submit(Burned()));
  EXPECT_EQ(desk.Do(Deescalate()),
            "NOT_HOLDER: Ticket T1 is held by nobody. Pull it from its queue first.");
}

}  // namespace
}  // namespace redress::test
