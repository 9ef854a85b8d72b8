// decide_inspection.cc: who may draw, inspect, dispute and decide, and what becomes of it.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/engine/desk.h"
#include "tests/support/engine/inspections.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

// With ticket 1 in sample 1; anna of the desk resolved it.
Desk InspectedDesk() {
  Desk desk = DeskWithResolved();
  desk.SetPlaybook(InspectedShop().get());
  desk.SetSample(SampleOf({1}));
  return desk;
}

// The same, where ines found a wrong cause and anna disputes it.
Desk DisputedDesk() {
  Desk desk = InspectedDesk();
  desk.Must(Agent("ines"), Inspect(1, {"cause"})).Must(Agent("anna"), DisputeInspection());
  return desk;
}

// "cause 1/1 fatal, tone -" of results.
std::string Print(const google::protobuf::RepeatedPtrField<v1::ItemResult>& results) {
  return absl::StrJoin(results, ", ", [](std::string* out, const v1::ItemResult& result) {
    absl::StrAppend(out, result.item(), " ");
    if (result.not_applicable()) absl::StrAppend(out, "-");
    else absl::StrAppend(out, result.defects(), "/", result.opportunities());
    if (result.fatal()) absl::StrAppend(out, " fatal");
  });
}

std::string Draw(Desk desk, absl::string_view from, absl::string_view to) {
  v1::SampleDrawn draw = SampleOf({1});
  draw.set_from_day(std::string(from));
  draw.set_to_day(std::string(to));
  desk.SetDraw(draw);
  return desk.Do(Owner("olga"), DrawSample(from, to));
}

TEST(DecideDrawSample, RecordsTheDrawWithTheNextNumber) {
  Desk desk = DeskWithResolved();
  desk.SetPlaybook(InspectedShop().get());
  EXPECT_EQ(Draw(desk, "2026-10-01", "2026-11-02").substr(0, 31),
            "10:00 olga SampleDrawn number=1");
}

TEST(DecideDrawSample, RefusesDaysThatAreNotOver) {
  EXPECT_EQ(Draw(InspectedDesk(), "2026-11-01", "2026-11-03"),
            "FIELD_INVALID: to_day must not be after today: only days that are over can be drawn");
  EXPECT_EQ(Draw(InspectedDesk(), "2026-10-09", "2026-10-09"),
            "FIELD_INVALID: to_day must be later than from_day");
}

TEST(DecideDrawSample, RefusesADayThatWasDrawnFrom) {
  EXPECT_EQ(Draw(InspectedDesk(), "2026-10-07", "2026-10-09"),
            "SAMPLE_DRAWN: Plan monthly was drawn from 2026-10-01 to 2026-10-08 as sample 1; no "
            "day is drawn from twice.");
  EXPECT_EQ(Draw(InspectedDesk(), "2026-10-08", "2026-10-09").substr(0, 22),
            "10:00 olga SampleDrawn");
}

TEST(DecideDrawSample, RefusesAPlanThatIsNotInThePlaybookAnyMore) {
  EXPECT_EQ(Draw(DeskWithResolved(), "2026-10-01", "2026-10-08"),
            "FIELD_INVALID: plan must be a sampling plan of the playbook");
}

TEST(DecideDrawSample, RefusesADrawByAnotherPlaybook) {
  Desk desk = InspectedDesk();
  v1::SampleDrawn draw = SampleOf({1});
  draw.set_playbook_hash("another");
  desk.SetDraw(draw);
  EXPECT_EQ(desk.Do(Owner("olga"), DrawSample("2026-10-01", "2026-10-08")),
            "ETAG_MISMATCH: Another playbook was published meanwhile. Draw again.");
}

TEST(DecideRecordInspection, KeepsAResultForEveryItemOfTheForm) {
  Desk desk = InspectedDesk();
  EXPECT_EQ(desk.Do(Agent("ines"), Inspect(1, {"tone=2"})), "10:00 ines InspectionRecorded "
                                                             "inspection={}");
  const v1::Inspection& inspection = desk.ticket().inspections(0);
  EXPECT_EQ(Print(inspection.results()), "cause 0/1 fatal, tone 2/3");
  EXPECT_EQ(absl::StrCat(inspection.number(), " ", inspection.sample(), " ", inspection.form(),
                         " ", inspection.inspector(), " ", inspection.department()),
            "1 1 closing ines desk");
  EXPECT_EQ(Short(desk.ticket().state()), "RESOLVED");
}

TEST(DecideRecordInspection, TakesItemsThatDoNotApply) {
  Desk desk = InspectedDesk();
  desk.Must(Agent("ines"), Inspect(1, {"tone=-", "cause"}));
  EXPECT_EQ(Print(desk.ticket().inspections(0).results()), "cause 1/1 fatal, tone -");
}

TEST(DecideRecordInspection, RefusesWhoHandledTheTicket) {
  EXPECT_EQ(InspectedDesk().Do(Agent("anna"), Inspect(1)),
            "NOT_INDEPENDENT: Who handled a ticket does not inspect it.");
}

TEST(DecideRecordInspection, RefusesWhoOnlyHeldIt) {
  Desk desk = DeskWithComplaint();
  desk.Must(Agent("ines"), Pull("desk")).Must(Agent("ines"), Return(1));
  desk.Must(Pull("desk")).Must(Accept(2)).Must(Resolve());
  EXPECT_EQ(desk.Do(Agent("ines"), InspectWith("closing")),
            "NOT_INDEPENDENT: Who handled a ticket does not inspect it.");
}

TEST(DecideRecordInspection, RefusesASecondOneForTheSample) {
  Desk desk = InspectedDesk();
  desk.Must(Agent("ines"), Inspect(1));
  EXPECT_EQ(desk.Do(Agent("iris"), Inspect(1)),
            "INSPECTION_DONE: Inspection 1 of ticket T1 is the one for this sample; dispute it if "
            "it is wrong.");
  EXPECT_NE(desk.Do(Agent("iris"), InspectWith("closing")), "");
}

TEST(DecideRecordInspection, RefusesATicketThatWasNotDrawn) {
  Desk desk = InspectedDesk();
  desk.SetSample(SampleOf({2, 3}));
  EXPECT_EQ(desk.Do(Agent("ines"), Inspect(1)),
            "SAMPLE_NOT_FOUND: Ticket T1 was not drawn in sample 1.");
  EXPECT_EQ(desk.Do(Agent("ines"), Inspect(9)), "SAMPLE_NOT_FOUND: There is no sample 9.");
}

TEST(DecideRecordInspection, RefusesATicketThatWasNeverResolved) {
  Desk desk = DeskWithAccepted();
  desk.SetPlaybook(InspectedShop().get());
  EXPECT_EQ(desk.Do(Agent("ines"), InspectWith("closing")),
            "WRONG_STATE: Ticket T1 is ACCEPTED and cannot be inspected before it was resolved.");
}

TEST(DecideRecordInspection, NamesTheFindingThatDoesNotFitTheForm) {
  Desk desk = InspectedDesk();
  EXPECT_EQ(desk.Do(Agent("ines"), Inspect(1, {"tone", "speed"})),
            "FIELD_INVALID: findings[1].item must be an item of the form; 'speed' is none");
  EXPECT_EQ(desk.Do(Agent("ines"), Inspect(1, {"tone=4"})),
            "FIELD_INVALID: findings[0].defects must be at most 3, the item's opportunities");
  EXPECT_EQ(desk.Do(Agent("ines"), Inspect(1, {"tone=1", "tone=1"})),
            "FIELD_INVALID: findings[1].item must not be named twice");
  EXPECT_EQ(desk.Do(Agent("ines"), InspectWith("opening")),
            "FIELD_INVALID: form must be an inspection form of the playbook");
}

TEST(DecideRecordInspection, RefusesMoreThanATicketHolds) {
  Desk desk = InspectedDesk();
  for (int i = 0; i < 50; ++i) desk.Must(Agent("ines"), InspectWith("closing"));
  EXPECT_EQ(desk.Do(Agent("ines"), InspectWith("closing")),
            "TICKET_FULL: Ticket T1 was inspected 50 times, the most that one may be.");
}

TEST(DecideRecordInspection, KeepsTheClocksAndDeadlinesOfTheTicket) {
  Desk desk = InspectedDesk();
  const std::string before = PrintDeadlines(desk.ticket());
  desk.Must(Agent("ines"), Inspect(1, {"cause"})).Must(DisputeInspection());
  desk.Must(Agent("iris"), Overturn());
  EXPECT_EQ(PrintDeadlines(desk.ticket()), before);
}

TEST(DecideDisputeInspection, IsForWhoHandledItAndForOwners) {
  Desk desk = InspectedDesk();
  desk.Must(Agent("ines"), Inspect(1, {"cause"}));
  EXPECT_EQ(desk.Do(Agent("ben"), DisputeInspection()),
            "NOT_INDEPENDENT: Only who handled a ticket, or an owner, disputes its inspection.");
  EXPECT_EQ(desk.Do(Owner("ines"), DisputeInspection()),
            "NOT_INDEPENDENT: Who inspected a ticket does not dispute the inspection.");
  EXPECT_EQ(desk.Do(Owner("olga"), DisputeInspection()),
            "10:00 olga InspectionDisputed number=1 reason=\"The cause was right.\"");
  EXPECT_EQ(desk.Do(Agent("anna"), DisputeInspection()),
            "INSPECTION_DONE: Inspection 1 of ticket T1 was disputed before.");
}

TEST(DecideDecideInspection, KeepsTheFirstResultsWhenItIsUpheld) {
  Desk desk = DisputedDesk();
  desk.Must(Agent("iris"), Uphold());
  const v1::Inspection& inspection = desk.ticket().inspections(0);
  EXPECT_EQ(Short(inspection.state()), "UPHELD");
  EXPECT_EQ(Print(inspection.results()), "cause 1/1 fatal, tone 0/3");
  EXPECT_EQ(inspection.verdict().results_size(), 0);
}

TEST(DecideDecideInspection, SetsOtherResultsBesideTheFirstWhenItIsOverturned) {
  Desk desk = DisputedDesk();
  desk.Must(Agent("iris"), Overturn({"tone"}));
  const v1::Inspection& inspection = desk.ticket().inspections(0);
  EXPECT_EQ(Short(inspection.state()), "OVERTURNED");
  EXPECT_EQ(Print(inspection.results()), "cause 1/1 fatal, tone 0/3");
  EXPECT_EQ(Print(inspection.verdict().results()), "cause 0/1 fatal, tone 1/3");
}

TEST(DecideDecideInspection, IsForNobodyWhoTookPart) {
  constexpr char kTookPart[] =
      "NOT_INDEPENDENT: Who inspected or handled a ticket, or disputes the inspection, does not "
      "decide on it.";
  Desk desk = InspectedDesk();
  desk.Must(Agent("ines"), Inspect(1, {"cause"})).Must(Owner("olga"), DisputeInspection());
  for (const char* actor : {"anna", "ines", "olga"})
    EXPECT_EQ(desk.Do(Agent(actor), Uphold()), kTookPart) << actor;
}

TEST(DecideDecideInspection, NeedsAnOpenDispute) {
  Desk desk = InspectedDesk();
  desk.Must(Agent("ines"), Inspect(1));
  EXPECT_EQ(desk.Do(Agent("iris"), Uphold()),
            "INSPECTION_DONE: Inspection 1 of ticket T1 has no open dispute.");
  EXPECT_EQ(desk.Do(Agent("iris"), Uphold(2)),
            "INSPECTION_NOT_FOUND: Ticket T1 has no inspection 2.");
  desk.Must(DisputeInspection()).Must(Agent("iris"), Uphold());
  EXPECT_EQ(desk.Do(Agent("iris"), Uphold()),
            "INSPECTION_DONE: Inspection 1 of ticket T1 has no open dispute.");
}

}  // namespace
}  // namespace redress::test
