// Every limit of the engine, by name. Sizes in characters are Unicode code points.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace redress::engine {

// What a caller may send.
inline constexpr int kRequestIdCharsMax = 64;
inline constexpr int kTextCharsMax = 16384;
inline constexpr int kTitleCharsMax = 200;
inline constexpr int kNoteCharsMax = 1000;
inline constexpr int kLongNoteCharsMax = 4096;
inline constexpr int kNameCharsMax = 64;
inline constexpr int kIdCharsMax = 128;
inline constexpr int kAttributesMax = 32;
inline constexpr int kAttributeValueCharsMax = 512;
inline constexpr int kLanguageCharsMax = 35;
inline constexpr int kContactNameCharsMax = 200;
inline constexpr int kEmailCharsMax = 254;
inline constexpr int kPhoneCharsMax = 32;
inline constexpr int kBatchIssuesMax = 500;
inline constexpr int kPullTicketsMax = 100;
inline constexpr int kFindingsMax = 100;
inline constexpr int kLinkCharsMax = 512;
inline constexpr uint32_t kGoalEvidenceMax = 100;
inline constexpr int kImportCountMax = 1000;
inline constexpr int64_t kPlaybookBytesMax = 1 << 20;
// How far an issue's own clock may run ahead of ours.
inline constexpr absl::Duration kClockSkewMax = absl::Minutes(5);

inline constexpr absl::Duration kLeaseMin = absl::Seconds(10);
inline constexpr absl::Duration kLeaseMax = absl::Hours(24);
inline constexpr absl::Duration kLeaseDefault = absl::Minutes(15);
inline constexpr absl::Duration kPullWaitMax = absl::Seconds(60);
inline constexpr absl::Duration kPauseCapMin = absl::Minutes(1);
inline constexpr absl::Duration kPauseCapMax = absl::Hours(24 * 90);
inline constexpr absl::Duration kPauseCapDefault = absl::Hours(24 * 7);

// What a ticket may hold.
inline constexpr int kTicketIssuesKeptMax = 1000;
inline constexpr int kTicketDepartmentsKeptMax = 64;
// Clocks that ended go first; there are fewer running ones than departments that one ticket visits.
inline constexpr int kTicketClocksKeptMax = 40;
// Chains that one cycle of a ticket can start; after them none does.
inline constexpr uint32_t kChainGenerationsMax = 20;
// Pauses of one ticket; the next is refused.
inline constexpr int kTicketPausesMax = 200;
// Inspections of one ticket; the next is refused.
inline constexpr int kTicketInspectionsMax = 50;
// Events, but for those that bring the ticket to its end.
inline constexpr uint32_t kTicketVersionMax = 100000;
// Returns to the queue in one cycle; the next is refused.
inline constexpr uint32_t kReturnsMax = 2;
// Deadlines that one ticket can have due at one time, each followed by those that it sets.
inline constexpr int kCatchUpMax = 1000;

// An overdue ticket is brought back to mind after a day, then after twice as long each time, at
// most a week.
inline constexpr absl::Duration kReminderFirst = absl::Hours(24);
inline constexpr absl::Duration kReminderLongest = absl::Hours(24 * 7);
// A ticket that promises no resolution is brought back to mind after a week.
inline constexpr absl::Duration kReminderUnpromised = absl::Hours(24 * 7);
// In a queue, a ticket without a promise ranks as if it were due this long after its cycle began.
inline constexpr absl::Duration kRankUnpromised = absl::Hours(24 * 7);
// An imported history goes live when no further fact came for this long.
inline constexpr absl::Duration kSettleAfter = absl::Hours(24);

// A customer may confirm or dispute for a week, unless the route says otherwise.
inline constexpr absl::Duration kConfirmationDefault = absl::Hours(24 * 7);

// A closed ticket can be reopened for a month, unless the route says otherwise.
inline constexpr absl::Duration kReopenWindowDefault = absl::Hours(24 * 30);

}  // namespace redress::engine
