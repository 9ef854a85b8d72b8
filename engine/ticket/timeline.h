// What will happen to an issue that nobody touches.
//
// Pure. The real decisions are run on a virtual clock, so there is no second opinion on what a
// deadline does.
#pragma once

#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "engine/playbook/playbook.h"
#include "engine/ticket/rejection.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

inline constexpr int kTimelineEventsMax = 1000;
inline constexpr absl::Duration kTimelineHorizonMin = absl::Minutes(1);
inline constexpr absl::Duration kTimelineHorizonMax = absl::Hours(24 * 366);
inline constexpr absl::Duration kTimelineHorizonDefault = absl::Hours(24 * 30);

struct Timeline {
  // In order; kTimelineEventsMax at most.
  std::vector<v1::Event> events;
  v1::Ticket ticket;
  // More happens before the horizon.
  bool is_cut = false;
};

// Takes the issue in at `start` and lets time pass up to `start` + `horizon`, that instant
// included. Its customer has no other tickets. A rejection where the issue would be refused.
// REQUIRES: the issue is valid.
std::variant<Timeline, Rejection> PreviewTimeline(const Playbook& playbook,
                                                  const v1::Issue& issue, absl::Time start,
                                                  absl::Duration horizon);

}  // namespace redress::engine
