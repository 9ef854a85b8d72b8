// What should be looked at in the history of tickets: things that also happen for good reasons, but
// should not happen often. A finding, never a verdict.
//
// Pure: the same events always give the same findings. "Near due" is the last part of the elapsed
// time from when the promise of a resolution began to its due instant, at the moment of the event.
// A pause that is asked for by the customer, or a hand-over to who can really help, looks the same
// as one that saves a figure; so a finding names its event and leaves the judging to people.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/finding.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// The last part of the promised time, in percent.
inline constexpr int32_t kNearPercentDefault = 10;
inline constexpr int32_t kNearPercentMax = 50;
// So many tickets resolved by the same words are a finding.
inline constexpr int32_t kSameAnswersDefault = 5;
inline constexpr int32_t kSameAnswersLeast = 2;
inline constexpr int32_t kSameAnswersMax = 1000;

// Something that could have been a finding, or is one.
struct Observation {
  v1::Finding finding;
  // It is one more of those among which findings of this kind are counted.
  bool is_looked_at = false;
  // SAME_ANSWER: never; whoever counts the digests knows.
  bool is_found = false;
};

using ObservationVisitor = absl::FunctionRef<void(Observation)>;

// What is remembered of one ticket from event to event.
class FindingWatch {
 public:
  // Takes the ticket's next event. `before`: null for its first. What was resolved near its due
  // instant is found when people open it again; its finding then carries the resolving's time.
  // REQUIRES: 1 <= near_percent <= kNearPercentMax, and the same in every call.
  void Take(const v1::Ticket* before, const v1::Event& event, const v1::Position& position,
            int32_t near_percent, ObservationVisitor visit);

 private:
  void TakeResolved(const v1::Ticket& before, const v1::Finding& base, const v1::Event& event,
                    int32_t near_percent, ObservationVisitor visit);

  // The customer was told something in this cycle.
  bool is_answered_ = false;
  // The last resolving, if it was near its due instant.
  std::optional<v1::Finding> near_due_;
};

}  // namespace redress::engine
