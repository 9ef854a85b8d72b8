// What a run found, and which of its checks found it.
#pragma once

#include <string>

namespace redress::simulator {

struct Failure {
  // The name of a check below; empty: all is well.
  std::string checker;
  std::string what;

  bool has_failed() const { return !checker.empty(); }
};

// An answer is not the one that the model predicts.
inline constexpr char kReplyChecker[] = "reply";
// A stored ticket is not as the model has it.
inline constexpr char kTicketChecker[] = "ticket";
// A ticket is not found by the keys that its fields ask for, or by others.
inline constexpr char kIndexChecker[] = "index";
// The deadline driver sent more or less than is due.
inline constexpr char kDriverChecker[] = "driver";
// Something was written that is no event, or nothing where there was one.
inline constexpr char kCommitChecker[] = "commit";
// The events of a ticket contradict each other.
inline constexpr char kEventsChecker[] = "events";
// The queues do not hold each waiting ticket once.
inline constexpr char kQueuesChecker[] = "queues";
// Something was drawn, shown or kept of inspections, mystery issues and goals as it must not be.
inline constexpr char kQualityChecker[] = "quality";
// The report does not reconcile, or counts other tickets than the model.
inline constexpr char kReportChecker[] = "report";
// The product's own verification of a ledger.
inline constexpr char kVerifyChecker[] = "verify";
// A ticket does not come to its end.
inline constexpr char kQuietChecker[] = "quiet";
// The product found its own invariant broken, and stopped.
inline constexpr char kInvariantChecker[] = "invariant";

}  // namespace redress::simulator
