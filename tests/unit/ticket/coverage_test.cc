// Every reason of refusal that the engine can give, and every fact that it can record, each by a
// desk that brings it about. A new one in the schema fails here until it has a row.
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/ticket/rejection.h"
#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"
#include "tests/support/engine/chain_shop.h"
#include "tests/support/engine/clock_shop.h"
#include "tests/support/engine/inspections.h"
#include "tests/support/engine/shop.h"

namespace redress::test {
namespace {

// With ticket 1, which anna resolved.
Desk InspectedDesk() {
  Desk desk = DeskWithResolved();
  desk.SetPlaybook(InspectedShop().get());
  return desk;
}

struct Refusal {
  v1::ErrorReason reason;
  std::function<std::string()> bring_about;
};

std::vector<Refusal> InspectionRefusals() {
  return {
      {v1::ERROR_REASON_SAMPLE_DRAWN,
       [] {
         Desk desk = InspectedDesk();
         desk.SetDraw(SampleOf({1}));
         desk.SetSample(SampleOf({1}));
         return desk.Do(Owner("olga"), DrawSample("2026-10-01", "2026-10-08"));
       }},
      {v1::ERROR_REASON_SAMPLE_NOT_FOUND,
       [] { return InspectedDesk().Do(Agent("ines"), Inspect(7)); }},
      {v1::ERROR_REASON_INSPECTION_NOT_FOUND,
       [] { return InspectedDesk().Do(Agent("anna"), DisputeInspection(1)); }},
      {v1::ERROR_REASON_NOT_INDEPENDENT,
       [] { return InspectedDesk().Do(Agent("anna"), InspectWith("closing")); }},
      {v1::ERROR_REASON_INSPECTION_DONE,
       [] {
         Desk desk = InspectedDesk();
         desk.Must(Agent("ines"), InspectWith("closing")).Must(Agent("anna"), DisputeInspection());
         return desk.Do(Agent("anna"), DisputeInspection());
       }},
  };
}

std::vector<Refusal> PlainRefusals() {
  return {
      {v1::ERROR_REASON_FIELD_INVALID, [] { return DeskWithAccepted().Do(Transfer("moon")); }},
      {v1::ERROR_REASON_TICKET_NOT_FOUND, [] { return Desk().Do(Note()); }},
      {v1::ERROR_REASON_WRONG_STATE, [] { return DeskWithResolved().Do(Resume()); }},
      {v1::ERROR_REASON_ETAG_MISMATCH,
       [] { return DeskWithAccepted().Do(With(Answer(), "etag", "v1")); }},
      {v1::ERROR_REASON_NOT_HOLDER, [] { return DeskWithComplaint().Do(Resolve()); }},
      {v1::ERROR_REASON_LEASE_LOST, [] { return DeskWithLease().At("10:00").Do(Accept(1)); }},
      {v1::ERROR_REASON_DEPARTMENT_NOT_YOURS,
       [] { return DeskWithComplaint().Do(AgentOf("ben", "billing"), Note()); }},
      {v1::ERROR_REASON_RETURN_LIMIT,
       [] {
         Desk desk = DeskWithLease();
         desk.Must(Return(1)).Must(Pull("desk")).Must(Return(2)).Must(Pull("desk"));
         return desk.Do(Return(3));
       }},
      {v1::ERROR_REASON_REOPEN_WINDOW_PASSED,
       [] {
         Desk desk = DeskWithResolved();
         return desk.Must(Confirm()).At("Dec 24 10:00").Do(Dispute());
       }},
      {v1::ERROR_REASON_IMPORT_ORDER,
       [] {
         Desk desk;
         return desk.Must(ToldOpened("08:00", Complaint(), "desk")).Do(ToldAnswered("07:00"));
       }},
      {v1::ERROR_REASON_IMPORT_UNKNOWN_TICKET, [] { return Desk().Do(ToldAnswered("08:00")); }},
      {v1::ERROR_REASON_IMPORT_SETTLED,
       [] {
         Desk desk;
         desk.Must(ToldOpened("08:00", Complaint(), "desk")).At("Nov 04 09:00").Tick();
         return desk.Do(ToldAnswered("Nov 04 09:00"));
       }},
      {v1::ERROR_REASON_PLAYBOOK_MISSING,
       [] {
         Desk desk;
         desk.SetPlaybook(nullptr);
         return desk.Do(Submit(Complaint()));
       }},
      {v1::ERROR_REASON_PLAYBOOK_INVALID, [] { return Desk().Do(Publish("broken")); }},
      {v1::ERROR_REASON_DEADLINE_STALE, [] { return DeskWithLease().Do(Fire(At("09:15"))); }},
      {v1::ERROR_REASON_TICKET_FULL,
       [] {
         Desk desk = DeskWithComplaint();
         desk.mutable_ticket().set_version(100'000);
         return desk.Do(Note());
       }},
  };
}

const std::vector<Refusal>& Refusals() {
  static const auto& refusals = *new std::vector<Refusal>([] {
    std::vector<Refusal> all = PlainRefusals();
    for (Refusal& refusal : InspectionRefusals()) all.push_back(std::move(refusal));
    return all;
  }());
  return refusals;
}

// Given by the services and the edge, whose tests bring them about.
constexpr v1::ErrorReason kGivenElsewhere[] = {
    v1::ERROR_REASON_REQUEST_ID_REUSED,   v1::ERROR_REASON_QUEUE_FULL,
    v1::ERROR_REASON_SERVER_DRAINING,     v1::ERROR_REASON_DISK_FULL,
    v1::ERROR_REASON_STORAGE_UNAVAILABLE, v1::ERROR_REASON_STORAGE_DAMAGED,
    v1::ERROR_REASON_TOKEN_MISSING,       v1::ERROR_REASON_NOT_PERMITTED,
    v1::ERROR_REASON_DEADLINE_PASSED,     v1::ERROR_REASON_REPORT_UNRECONCILED,
    v1::ERROR_REASON_PLAYBOOK_NOT_FOUND,  v1::ERROR_REASON_TOKEN_INVALID,
    v1::ERROR_REASON_CALL_CANCELLED,      v1::ERROR_REASON_SERVER_BUSY,
    v1::ERROR_REASON_REQUEST_MALFORMED,   v1::ERROR_REASON_TEXT_NOT_UTF8,
    v1::ERROR_REASON_READER_TOO_SLOW,     v1::ERROR_REASON_INTERNAL,
    v1::ERROR_REASON_SERVICE_UNKNOWN,     v1::ERROR_REASON_BACKUPS_NOT_CONFIGURED,
    v1::ERROR_REASON_BACKUP_UNDER_WAY,    v1::ERROR_REASON_BACKUP_FAILED,
    v1::ERROR_REASON_ANCHOR_KEY_MISSING,  v1::ERROR_REASON_SHADOW_RUNNING,
    v1::ERROR_REASON_SHADOW_NOT_FOUND};

class EveryReason : public testing::TestWithParam<Refusal> {};

TEST_P(EveryReason, IsGiven) {
  EXPECT_TRUE(
      absl::StartsWith(GetParam().bring_about(), absl::StrCat(Short(GetParam().reason), ": ")));
}

INSTANTIATE_TEST_SUITE_P(Engine, EveryReason, testing::ValuesIn(Refusals()),
                         [](const auto& given) { return Short(given.param.reason); });

TEST(Coverage, HasARowForEveryReason) {
  const auto& type = *google::protobuf::GetEnumDescriptor<v1::ErrorReason>();
  for (int i = 0; i < type.value_count(); ++i) {
    const auto reason = static_cast<v1::ErrorReason>(type.value(i)->number());
    int rows = reason == v1::ERROR_REASON_UNSPECIFIED ? 1 : 0;
    for (const Refusal& refusal : Refusals()) rows += refusal.reason == reason;
    for (const v1::ErrorReason given : kGivenElsewhere) rows += given == reason;
    EXPECT_EQ(rows, 1) << type.value(i)->name();
  }
}

struct Recorded {
  const char* fact;
  std::function<std::string()> bring_about;
};

std::vector<Recorded> ChainFacts() {
  return {
      {"ChainStepFired",
       [] {
         Desk desk = DeskOn(*ChainShop());
         return desk.Must(Submit(Complaint())).At("11:01").Tick();
       }},
      {"ChainStepSkipped",
       [] {
         Desk desk = DeskOn(*ChainShop());
         desk.Must(Submit(Complaint())).Must(Pull("desk")).Must(Answer(1));
         return desk.At("14:00").Tick();
       }},
      {"ChainCancelled",
       [] {
         Desk desk = DeskOn(*ChainShop());
         return desk.Must(Submit(Complaint())).Must(Pull("desk")).Do(Accept(1));
       }},
      {"SeverityChanged",
       [] {
         Desk desk = DeskOn(*ChainShop());
         return desk.Must(Submit(Complaint())).At("Nov 03 09:00").Tick();
       }},
      {"LevelOffered",
       [] {
         Desk desk;
         return desk.Must(Submit(Burned())).Do(Owner("olga"), Deescalate());
       }},
      {"LevelOfferDeclined",
       [] {
         Desk desk;
         return desk.Must(Submit(Burned())).Must(Owner("olga"), Deescalate()).Do(DeclineOffer());
       }},
      {"DirectorChanged",
       [] {
         Desk desk = DeskOn(*ChainShop());
         return desk.Do(Submit(Burned()));
       }},
      {"PersonReminded",
       [] {
         Desk desk = DeskWithAccepted();
         return desk.Must(Pause(v1::PAUSE_REASON_LEGAL, absl::Hours(1))).At("11:00").Tick();
       }},
  };
}

std::vector<Recorded> InspectionFacts() {
  return {
      {"GoalEvidenced",
       [] {
         Desk desk = InspectedDesk();
         v1::Command command;
         command.mutable_record_goal_evidence()->set_goal("workshop");
         command.mutable_record_goal_evidence()->set_text("All teams met.");
         return desk.Do(Owner("olga"), command);
       }},
      {"SampleDrawn",
       [] {
         Desk desk = InspectedDesk();
         desk.SetDraw(SampleOf({1}));
         return desk.Do(Owner("olga"), DrawSample("2026-10-01", "2026-10-08"));
       }},
      {"InspectionRecorded",
       [] { return InspectedDesk().Do(Agent("ines"), InspectWith("closing")); }},
      {"InspectionDisputed",
       [] {
         Desk desk = InspectedDesk();
         return desk.Must(Agent("ines"), InspectWith("closing")).Do(DisputeInspection());
       }},
      {"InspectionDecided",
       [] {
         Desk desk = InspectedDesk();
         desk.Must(Agent("ines"), InspectWith("closing")).Must(DisputeInspection());
         return desk.Do(Agent("iris"), Uphold());
       }},
  };
}

std::vector<Recorded> PlainFacts() {
  return {
      {"TicketOpened", [] { return Desk().Do(Submit(Complaint())); }},
      {"IssueJoined",
       [] {
         Desk desk;
         return desk.Must(Submit(Keyed(Complaint(), "k"))).Do(Submit(Keyed(Complaint(), "k")));
       }},
      {"TicketRouted", [] { return DeskWithResolved().Do(Dispute()); }},
      {"TicketLeased", [] { return DeskWithComplaint().Do(Pull("desk")); }},
      {"LeaseExtended", [] { return DeskWithLease().Do(Extend(1, absl::Hours(1))); }},
      {"TicketReturned", [] { return DeskWithLease().Do(Return(1)); }},
      {"TicketAccepted", [] { return DeskWithLease().Do(Accept(1)); }},
      {"TicketAnswered", [] { return DeskWithAccepted().Do(Answer()); }},
      {"TicketPaused", [] { return DeskWithAccepted().Do(Pause(v1::PAUSE_REASON_LEGAL)); }},
      {"TicketResumed",
       [] { return DeskWithAccepted().Must(Pause(v1::PAUSE_REASON_LEGAL)).Do(Resume()); }},
      {"TicketTransferred", [] { return DeskWithAccepted().Do(Transfer("billing")); }},
      {"LevelChanged", [] { return DeskWithAccepted().Do(Escalate()); }},
      {"TicketResolved", [] { return DeskWithAccepted().Do(Resolve()); }},
      {"TicketClosed", [] { return DeskWithResolved().Do(Confirm()); }},
      {"TicketReopened", [] { return DeskWithResolved().Do(Dispute()); }},
      {"NoteAdded", [] { return DeskWithComplaint().Do(Note()); }},
      {"PromiseMissed", [] { return DeskWithComplaint().At("14:00").Tick(); }},
      {"ReminderRaised",
       [] {
         Desk desk;
         return desk.Must(Submit(Question())).At("Nov 10 09:00").Tick();
       }},
      {"HistorySettled",
       [] {
         Desk desk;
         return desk.Must(ToldOpened("08:00", Complaint(), "desk")).At("Nov 04 09:00").Tick();
       }},
      {"ClockMissed",
       [] {
         Desk desk = DeskOn(*ClockShop());
         return desk.Must(Submit(Complaint())).At("10:00").Tick();
       }},
      {"ClockWarned",
       [] {
         Desk desk = DeskOn(*ClockShop());
         return desk.Must(Submit(Complaint())).At("Nov 03 11:00").Tick();
       }},
      {"PersonalDataRead",
       [] {
         v1::Command command;
         command.mutable_record_read()->mutable_read()->add_ticket_ids(1);
         return Desk().Do(command);
       }},
      {"PlaybookPublished",
       [] {
         Desk desk;
         desk.SetCandidate(Shop().get());
         return desk.Do(Publish(ShopSource()));
       }},
  };
}

const std::vector<Recorded>& Facts() {
  static const auto& facts = *new std::vector<Recorded>([] {
    std::vector<Recorded> all = PlainFacts();
    for (Recorded& recorded : ChainFacts()) all.push_back(std::move(recorded));
    for (Recorded& recorded : InspectionFacts()) all.push_back(std::move(recorded));
    return all;
  }());
  return facts;
}

class EveryFact : public testing::TestWithParam<Recorded> {};

TEST_P(EveryFact, IsRecorded) {
  EXPECT_TRUE(absl::StrContains(GetParam().bring_about(), absl::StrCat(" ", GetParam().fact)));
}

INSTANTIATE_TEST_SUITE_P(Engine, EveryFact, testing::ValuesIn(Facts()),
                         [](const auto& given) { return std::string(given.param.fact); });

TEST(Coverage, HasARowForEveryFact) {
  const auto& oneof = *v1::Event::descriptor()->FindOneofByName("fact");
  for (int i = 0; i < oneof.field_count(); ++i) {
    const std::string& name = oneof.field(i)->message_type()->name();
    int rows = 0;
    for (const Recorded& recorded : Facts()) rows += recorded.fact == name;
    EXPECT_EQ(rows, 1) << name;
  }
}

}  // namespace
}  // namespace redress::test
