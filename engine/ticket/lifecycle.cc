#include "engine/ticket/lifecycle.h"

namespace redress::engine {
namespace {

constexpr v1::TicketState kNone = v1::TICKET_STATE_UNSPECIFIED;
constexpr v1::TicketState kQueued = v1::TICKET_STATE_QUEUED;
constexpr v1::TicketState kLeased = v1::TICKET_STATE_LEASED;
constexpr v1::TicketState kAccepted = v1::TICKET_STATE_ACCEPTED;
constexpr v1::TicketState kPaused = v1::TICKET_STATE_PAUSED;
constexpr v1::TicketState kResolved = v1::TICKET_STATE_RESOLVED;
constexpr v1::TicketState kClosed = v1::TICKET_STATE_CLOSED;

struct Row {
  v1::TicketState from;
  Fact fact;
  v1::TicketState to;
  bool imported_only = false;
};

constexpr Row kRows[] = {
    {kNone, Fact::kTicketOpened, kQueued},

    {kQueued, Fact::kTicketLeased, kLeased},
    {kQueued, Fact::kTicketRouted, kQueued},
    {kQueued, Fact::kTicketTransferred, kQueued},
    {kQueued, Fact::kLevelChanged, kQueued},
    {kQueued, Fact::kTicketClosed, kClosed},
    {kQueued, Fact::kIssueJoined, kQueued},
    {kQueued, Fact::kNoteAdded, kQueued},
    {kQueued, Fact::kPromiseMissed, kQueued},
    {kQueued, Fact::kReminderRaised, kQueued},
    {kQueued, Fact::kClockMissed, kQueued},
    {kQueued, Fact::kClockWarned, kQueued},
    {kQueued, Fact::kChainStepFired, kQueued},
    {kQueued, Fact::kChainStepSkipped, kQueued},
    {kQueued, Fact::kChainCancelled, kQueued},
    {kQueued, Fact::kSeverityChanged, kQueued},
    {kQueued, Fact::kLevelOffered, kQueued},
    {kQueued, Fact::kLevelOfferDeclined, kQueued},
    {kQueued, Fact::kDirectorChanged, kQueued},
    {kQueued, Fact::kPersonReminded, kQueued},
    {kQueued, Fact::kHistorySettled, kNone},
    {kQueued, Fact::kInspectionRecorded, kQueued},
    {kQueued, Fact::kInspectionDisputed, kQueued},
    {kQueued, Fact::kInspectionDecided, kQueued},
    {kQueued, Fact::kTicketAnswered, kQueued, true},
    {kQueued, Fact::kTicketPaused, kPaused, true},
    {kQueued, Fact::kTicketResolved, kResolved, true},

    {kLeased, Fact::kLeaseExtended, kLeased},
    {kLeased, Fact::kTicketReturned, kQueued},
    {kLeased, Fact::kTicketAccepted, kAccepted},
    {kLeased, Fact::kTicketAnswered, kLeased},
    {kLeased, Fact::kTicketTransferred, kQueued},
    {kLeased, Fact::kLevelChanged, kQueued},
    {kLeased, Fact::kTicketResolved, kResolved},
    {kLeased, Fact::kTicketClosed, kClosed},
    {kLeased, Fact::kIssueJoined, kLeased},
    {kLeased, Fact::kNoteAdded, kLeased},
    {kLeased, Fact::kPromiseMissed, kLeased},
    {kLeased, Fact::kReminderRaised, kLeased},
    {kLeased, Fact::kClockMissed, kLeased},
    {kLeased, Fact::kClockWarned, kLeased},
    {kLeased, Fact::kChainStepFired, kLeased},
    {kLeased, Fact::kChainStepSkipped, kLeased},
    {kLeased, Fact::kChainCancelled, kLeased},
    {kLeased, Fact::kSeverityChanged, kLeased},
    {kLeased, Fact::kLevelOffered, kLeased},
    {kLeased, Fact::kLevelOfferDeclined, kLeased},
    {kLeased, Fact::kDirectorChanged, kLeased},
    {kLeased, Fact::kPersonReminded, kLeased},
    {kLeased, Fact::kInspectionRecorded, kLeased},
    {kLeased, Fact::kInspectionDisputed, kLeased},
    {kLeased, Fact::kInspectionDecided, kLeased},

    {kAccepted, Fact::kTicketReturned, kQueued},
    {kAccepted, Fact::kTicketAnswered, kAccepted},
    {kAccepted, Fact::kTicketPaused, kPaused},
    {kAccepted, Fact::kTicketTransferred, kQueued},
    {kAccepted, Fact::kLevelChanged, kQueued},
    {kAccepted, Fact::kTicketResolved, kResolved},
    {kAccepted, Fact::kTicketClosed, kClosed},
    {kAccepted, Fact::kIssueJoined, kAccepted},
    {kAccepted, Fact::kNoteAdded, kAccepted},
    {kAccepted, Fact::kPromiseMissed, kAccepted},
    {kAccepted, Fact::kReminderRaised, kAccepted},
    {kAccepted, Fact::kClockMissed, kAccepted},
    {kAccepted, Fact::kClockWarned, kAccepted},
    {kAccepted, Fact::kChainStepFired, kAccepted},
    {kAccepted, Fact::kChainStepSkipped, kAccepted},
    {kAccepted, Fact::kChainCancelled, kAccepted},
    {kAccepted, Fact::kSeverityChanged, kAccepted},
    {kAccepted, Fact::kLevelOffered, kAccepted},
    {kAccepted, Fact::kLevelOfferDeclined, kAccepted},
    {kAccepted, Fact::kDirectorChanged, kAccepted},
    {kAccepted, Fact::kPersonReminded, kAccepted},
    {kAccepted, Fact::kInspectionRecorded, kAccepted},
    {kAccepted, Fact::kInspectionDisputed, kAccepted},
    {kAccepted, Fact::kInspectionDecided, kAccepted},

    {kPaused, Fact::kTicketResumed, kNone},
    {kPaused, Fact::kTicketAnswered, kPaused},
    {kPaused, Fact::kTicketClosed, kClosed},
    {kPaused, Fact::kIssueJoined, kPaused},
    {kPaused, Fact::kNoteAdded, kPaused},
    {kPaused, Fact::kPromiseMissed, kPaused},
    {kPaused, Fact::kClockMissed, kPaused},
    {kPaused, Fact::kClockWarned, kPaused},
    {kPaused, Fact::kChainCancelled, kPaused},
    {kPaused, Fact::kLevelOfferDeclined, kPaused},
    {kPaused, Fact::kDirectorChanged, kPaused},
    {kPaused, Fact::kPersonReminded, kPaused},
    {kPaused, Fact::kInspectionRecorded, kPaused},
    {kPaused, Fact::kInspectionDisputed, kPaused},
    {kPaused, Fact::kInspectionDecided, kPaused},
    {kPaused, Fact::kTicketTransferred, kPaused, true},
    {kPaused, Fact::kLevelChanged, kPaused, true},

    {kResolved, Fact::kTicketClosed, kClosed},
    {kResolved, Fact::kTicketReopened, kQueued},
    {kResolved, Fact::kIssueJoined, kResolved},
    {kResolved, Fact::kNoteAdded, kResolved},
    {kResolved, Fact::kHistorySettled, kNone},
    {kResolved, Fact::kInspectionRecorded, kResolved},
    {kResolved, Fact::kInspectionDisputed, kResolved},
    {kResolved, Fact::kInspectionDecided, kResolved},
    {kResolved, Fact::kTicketTransferred, kResolved, true},
    {kResolved, Fact::kLevelChanged, kResolved, true},

    {kClosed, Fact::kTicketReopened, kQueued},
    {kClosed, Fact::kNoteAdded, kClosed},
    {kClosed, Fact::kInspectionRecorded, kClosed},
    {kClosed, Fact::kInspectionDisputed, kClosed},
    {kClosed, Fact::kInspectionDecided, kClosed},
    {kClosed, Fact::kTicketTransferred, kClosed, true},
    {kClosed, Fact::kLevelChanged, kClosed, true},
};

}  // namespace

std::optional<v1::TicketState> NextState(v1::TicketState state, Fact fact,
                                         v1::Provenance provenance) {
  for (const Row& row : kRows) {
    if (row.from != state || row.fact != fact) continue;
    if (row.imported_only && provenance != v1::PROVENANCE_IMPORTED) return std::nullopt;
    return row.to;
  }
  return std::nullopt;
}

}  // namespace redress::engine
