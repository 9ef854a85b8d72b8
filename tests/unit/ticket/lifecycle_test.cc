// lifecycle.cc: the whole state table, as text.
#include "engine/ticket/lifecycle.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

// Every fact that the state allows and the state after it; "=" where the fact or the ticket carries
// it.
std::string Row(v1::TicketState state, v1::Provenance provenance) {
  std::vector<std::string> moves;
  const auto& oneof = *v1::Event::descriptor()->FindOneofByName("fact");
  for (int i = 0; i < oneof.field_count(); ++i) {
    const auto fact = static_cast<engine::Fact>(oneof.field(i)->number());
    const auto next = engine::NextState(state, fact, provenance);
    if (!next) continue;
    const std::string after = *next == v1::TICKET_STATE_UNSPECIFIED ? "=" : Short(*next);
    moves.push_back(absl::StrCat(oneof.field(i)->message_type()->name(), " ", after));
  }
  return absl::StrJoin(moves, ", ");
}

TEST(Lifecycle, BeginsWithAnOpening) {
  EXPECT_EQ(Row(v1::TICKET_STATE_UNSPECIFIED, v1::PROVENANCE_LIVE), "TicketOpened QUEUED");
}

TEST(Lifecycle, OfQueued) {
  EXPECT_EQ(Row(v1::TICKET_STATE_QUEUED, v1::PROVENANCE_LIVE),
            "IssueJoined QUEUED, TicketRouted QUEUED, TicketLeased LEASED, "
            "TicketTransferred QUEUED, LevelChanged QUEUED, TicketClosed CLOSED, "
            "NoteAdded QUEUED, PromiseMissed QUEUED, ReminderRaised QUEUED, HistorySettled =, "
            "ClockMissed QUEUED, ClockWarned QUEUED, "
            "ChainStepFired QUEUED, ChainStepSkipped QUEUED, ChainCancelled QUEUED, "
            "SeverityChanged QUEUED, LevelOffered QUEUED, LevelOfferDeclined QUEUED, "
            "DirectorChanged QUEUED, PersonReminded QUEUED, "
            "InspectionRecorded QUEUED, InspectionDisputed QUEUED, InspectionDecided QUEUED");
}

TEST(Lifecycle, OfLeased) {
  EXPECT_EQ(Row(v1::TICKET_STATE_LEASED, v1::PROVENANCE_LIVE),
            "IssueJoined LEASED, LeaseExtended LEASED, TicketReturned QUEUED, "
            "TicketAccepted ACCEPTED, TicketAnswered LEASED, TicketTransferred QUEUED, "
            "LevelChanged QUEUED, TicketResolved RESOLVED, TicketClosed CLOSED, NoteAdded LEASED, "
            "PromiseMissed LEASED, ReminderRaised LEASED, ClockMissed LEASED, "
            "ClockWarned LEASED, "
            "ChainStepFired LEASED, ChainStepSkipped LEASED, ChainCancelled LEASED, "
            "SeverityChanged LEASED, LevelOffered LEASED, LevelOfferDeclined LEASED, "
            "DirectorChanged LEASED, PersonReminded LEASED, "
            "InspectionRecorded LEASED, InspectionDisputed LEASED, InspectionDecided LEASED");
}

TEST(Lifecycle, OfAccepted) {
  EXPECT_EQ(Row(v1::TICKET_STATE_ACCEPTED, v1::PROVENANCE_LIVE),
            "IssueJoined ACCEPTED, TicketReturned QUEUED, TicketAnswered ACCEPTED, "
            "TicketPaused PAUSED, TicketTransferred QUEUED, LevelChanged QUEUED, "
            "TicketResolved RESOLVED, TicketClosed CLOSED, NoteAdded ACCEPTED, "
            "PromiseMissed ACCEPTED, ReminderRaised ACCEPTED, ClockMissed ACCEPTED, "
            "ClockWarned ACCEPTED, "
            "ChainStepFired ACCEPTED, ChainStepSkipped ACCEPTED, ChainCancelled ACCEPTED, "
            "SeverityChanged ACCEPTED, LevelOffered ACCEPTED, LevelOfferDeclined ACCEPTED, "
            "DirectorChanged ACCEPTED, PersonReminded ACCEPTED, "
            "InspectionRecorded ACCEPTED, InspectionDisputed ACCEPTED, InspectionDecided ACCEPTED");
}

TEST(Lifecycle, OfPaused) {
  EXPECT_EQ(Row(v1::TICKET_STATE_PAUSED, v1::PROVENANCE_LIVE),
            "IssueJoined PAUSED, TicketAnswered PAUSED, TicketResumed =, TicketClosed CLOSED, "
            "NoteAdded PAUSED, PromiseMissed PAUSED, ClockMissed PAUSED, ClockWarned PAUSED, "
            "ChainCancelled PAUSED, LevelOfferDeclined PAUSED, DirectorChanged PAUSED, "
            "PersonReminded PAUSED, "
            "InspectionRecorded PAUSED, InspectionDisputed PAUSED, InspectionDecided PAUSED");
}

TEST(Lifecycle, OfResolved) {
  EXPECT_EQ(Row(v1::TICKET_STATE_RESOLVED, v1::PROVENANCE_LIVE),
            "IssueJoined RESOLVED, TicketClosed CLOSED, TicketReopened QUEUED, "
            "NoteAdded RESOLVED, HistorySettled =, "
            "InspectionRecorded RESOLVED, InspectionDisputed RESOLVED, InspectionDecided RESOLVED");
}

TEST(Lifecycle, OfClosed) {
  EXPECT_EQ(Row(v1::TICKET_STATE_CLOSED, v1::PROVENANCE_LIVE),
            "TicketReopened QUEUED, NoteAdded CLOSED, "
            "InspectionRecorded CLOSED, InspectionDisputed CLOSED, InspectionDecided CLOSED");
}

TEST(Lifecycle, LetsImportedHistorySkipSteps) {
  EXPECT_EQ(Row(v1::TICKET_STATE_QUEUED, v1::PROVENANCE_IMPORTED),
            "IssueJoined QUEUED, TicketRouted QUEUED, TicketLeased LEASED, TicketAnswered QUEUED, "
            "TicketPaused PAUSED, TicketTransferred QUEUED, LevelChanged QUEUED, "
            "TicketResolved RESOLVED, TicketClosed CLOSED, NoteAdded QUEUED, "
            "PromiseMissed QUEUED, ReminderRaised QUEUED, HistorySettled =, "
            "ClockMissed QUEUED, ClockWarned QUEUED, "
            "ChainStepFired QUEUED, ChainStepSkipped QUEUED, ChainCancelled QUEUED, "
            "SeverityChanged QUEUED, LevelOffered QUEUED, LevelOfferDeclined QUEUED, "
            "DirectorChanged QUEUED, PersonReminded QUEUED, "
            "InspectionRecorded QUEUED, InspectionDisputed QUEUED, InspectionDecided QUEUED");
  EXPECT_EQ(Row(v1::TICKET_STATE_CLOSED, v1::PROVENANCE_IMPORTED),
            "TicketTransferred CLOSED, LevelChanged CLOSED, TicketReopened QUEUED, "
            "NoteAdded CLOSED, "
            "InspectionRecorded CLOSED, InspectionDisputed CLOSED, InspectionDecided CLOSED");
}

TEST(Lifecycle, TakesNoFactOfTheConfiguration) {
  for (int state = 0; state < v1::TicketState_ARRAYSIZE; ++state)
    for (const engine::Fact fact :
         {engine::Fact::kPlaybookPublished, engine::Fact::kSampleDrawn,
          engine::Fact::kGoalEvidenced})
      EXPECT_FALSE(engine::Allows(static_cast<v1::TicketState>(state), fact));
}

}  // namespace
}  // namespace redress::test
