#include "engine/measure/tally.h"

#include <algorithm>

#include "base/check.h"
#include "engine/measure/day.h"
#include "engine/measure/sketch.h"

namespace redress::engine {

namespace {

using google::protobuf::Timestamp;

bool IsOpen(const v1::Ticket& ticket) { return ticket.state() != v1::TICKET_STATE_CLOSED; }

// Whether its last resolving still stands. A reopening takes the resolution away, but leaves the
// time of it.
bool IsResolved(const v1::Ticket& ticket) {
  return ticket.has_resolution() && ticket.has_resolve_time();
}

// One thing that a ticket is part of. Amount 0: it is not.
struct Standing {
  int32_t day = 0;
  uint32_t sub = 0;
  int64_t amount = 0;

  bool operator==(const Standing&) const = default;
};

// The counters of what stands, group by group, so that a cell's deltas follow each other.
constexpr std::array<Counter, 12> kStandingCounters = {
    Counter::kOpenDelta,        Counter::kTickets,           Counter::kTicketsByTransfers,
    Counter::kTicketsByReopens, Counter::kCohortCreated,     Counter::kCohortClosed,
    Counter::kCloseCount,       Counter::kCloseSecondsSum,   Counter::kCloseBucket,
    Counter::kResolveCount,     Counter::kResolveSecondsSum, Counter::kResolveBucket,
};

using Standings = std::array<Standing, kStandingCounters.size()>;

// Count, sum and bucket of the time from creation to `end`, from `first` on.
void SetDurations(const v1::Ticket& ticket, const Timestamp& end, Standing* first) {
  const int32_t day = DayOf(end);
  const int64_t seconds = SecondsBetween(ticket.create_time(), end);
  first[0] = {day, 0, 1};
  first[1] = {day, 0, seconds};
  first[2] = {day, BucketOf(seconds), 1};
}

// What a ticket in this state is part of. `today` is the day of the event, not a part of the state:
// it says when a change is booked.
Standings StandingsOf(const v1::Ticket& ticket, int32_t today) {
  const int32_t created = DayOf(ticket.create_time());
  const uint32_t booked = static_cast<uint32_t>(today);
  Standings standings;
  if (IsOpen(ticket)) standings[0] = {today, 0, 1};
  standings[1] = {today, 0, 1};
  standings[2] = {today, std::min(ticket.transfers(), kTimesMax), 1};
  standings[3] = {today, std::min(ticket.reopens(), kTimesMax), 1};
  standings[4] = {created, booked, 1};
  if (!IsOpen(ticket)) standings[5] = {created, booked, 1};
  if (!IsOpen(ticket)) SetDurations(ticket, ticket.close_time(), &standings[6]);
  if (IsResolved(ticket)) SetDurations(ticket, ticket.resolve_time(), &standings[9]);
  return standings;
}

class Builder {
 public:
  Builder(const v1::Ticket* before, const v1::Event& event, const v1::Ticket& after)
      : before_(before), event_(event), after_(after), today_(DayOf(event.time())) {
    tally_.after = ScopesOf(after);
    if (before == nullptr) return;
    tally_.before = ScopesOf(*before);
    for (int dimension = 0; dimension < kScopeDimensions; ++dimension) {
      tally_.moved[dimension] = tally_.before[dimension] != tally_.after[dimension];
    }
  }

  TicketTally Build() && {
    AddFlows();
    AddTransfers();
    AddPromises();
    AddStandings();
    return std::move(tally_);
  }

 private:
  void Add(int32_t day, Counter counter, uint32_t sub, int64_t amount, Side side,
           Reach reach = Reach::kAll) {
    if (amount != 0) tally_.deltas.push_back({day, counter, sub, amount, side, reach});
  }
  void AddToday(Counter counter, Side side, Reach reach = Reach::kAll) {
    Add(today_, counter, 0, 1, side, reach);
  }

  void AddFlows() {
    switch (event_.fact_case()) {
      case v1::Event::kTicketOpened:
        return AddToday(Counter::kCreated, Side::kAfter);
      case v1::Event::kTicketClosed:
        return AddToday(Counter::kClosed, Side::kBefore);
      case v1::Event::kTicketResolved:
        return AddToday(Counter::kResolved, Side::kAfter);
      case v1::Event::kTicketReopened:
        return AddReopening();
      default:
        return;
    }
  }

  void AddReopening() {
    CHECK(before_ != nullptr);
    if (!IsOpen(*before_)) AddToday(Counter::kReopened, Side::kAfter);
    if (event_.ticket_reopened().cause() == v1::REOPEN_CAUSE_FLAP) return;
    AddToday(Counter::kReopenEvents, Side::kBefore);
    if (!IsResolved(*before_)) return;
    Add(DayOf(before_->resolve_time()), Counter::kResolvedReopened, 0, 1, Side::kBefore);
  }

  void AddTransfers() {
    if (before_ == nullptr) {
      return Add(today_, Counter::kTransferEvents, 0, after_.transfers(), Side::kAfter);
    }
    const int64_t transfers = int64_t{after_.transfers()} - before_->transfers();
    Add(today_, Counter::kTransferEvents, 0, transfers, Side::kBefore);
    if (tally_.moved.none() || !IsOpen(*before_) || !IsOpen(after_)) return;
    AddToday(Counter::kTransferredOut, Side::kBefore, Reach::kMoved);
    AddToday(Counter::kTransferredIn, Side::kAfter, Reach::kMoved);
  }

  void AddPromises() {
    const v1::Promises& before = before_ ? before_->promises() : v1::Promises::default_instance();
    const v1::Promises& after = after_.promises();
    AddPromise(before.first_answer_state(), after.first_answer_state(),
               after.has_first_answer_due() ? &after.first_answer_due() : nullptr,
               v1::DEADLINE_KIND_FIRST_ANSWER, Counter::kFirstAnswerMet,
               Counter::kFirstAnswerMissed);
    AddPromise(before.resolution_state(), after.resolution_state(),
               after.has_resolution_due() ? &after.resolution_due() : nullptr,
               v1::DEADLINE_KIND_RESOLUTION, Counter::kResolutionMet, Counter::kResolutionMissed);
  }

  // Kept and broken promises count on the day on which they were due, whenever that was recorded.
  void AddPromise(v1::PromiseState before, v1::PromiseState after, const Timestamp* due,
                  v1::DeadlineKind kind, Counter met, Counter missed) {
    if (after == before) return;
    if (after != v1::PROMISE_STATE_MET && after != v1::PROMISE_STATE_MISSED) return;
    // A breach carries its own due instant.
    const v1::PromiseMissed& breach = event_.promise_missed();
    if (event_.has_promise_missed() && breach.kind() == kind) due = &breach.due();
    CHECK(due != nullptr);
    Add(DayOf(*due), after == v1::PROMISE_STATE_MET ? met : missed, 0, 1, Side::kAfter);
  }

  void AddStandings() {
    const Standings before = before_ ? StandingsOf(*before_, today_) : Standings();
    const Standings after = StandingsOf(after_, today_);
    for (size_t i = 0; i < kStandingCounters.size(); ++i) {
      const bool stays = before[i] == after[i];
      if (stays && tally_.moved.none()) continue;
      const Counter counter = kStandingCounters[i];
      const Reach reach = stays ? Reach::kMoved : Reach::kAll;
      Add(before[i].day, counter, before[i].sub, -before[i].amount, Side::kBefore, reach);
      Add(after[i].day, counter, after[i].sub, after[i].amount, Side::kAfter, reach);
    }
  }

  const v1::Ticket* before_;
  const v1::Event& event_;
  const v1::Ticket& after_;
  const int32_t today_;
  TicketTally tally_;
};

}  // namespace

absl::string_view LevelValue(v1::Level level) {
  switch (level) {
    case v1::LEVEL_RELAY:
      return "RELAY";
    case v1::LEVEL_ANALYSIS:
      return "ANALYSIS";
    case v1::LEVEL_INITIATIVE:
      return "INITIATIVE";
    default:
      return "";
  }
}

ScopeValues ScopesOf(const v1::Ticket& ticket) {
  ScopeValues values;
  values[v1::DIMENSION_DEPARTMENT] = ticket.department();
  values[v1::DIMENSION_LEVEL] = LevelValue(ticket.level());
  values[v1::DIMENSION_CATEGORY] = ticket.category();
  values[v1::DIMENSION_CHANNEL] = ticket.channel();
  values[v1::DIMENSION_SEGMENT] = ticket.segment();
  return values;
}

TicketTally Tally(const v1::Ticket* before, const v1::Event& event, const v1::Ticket& after) {
  if (after.has_mystery()) return {};  // no customer reported it
  return Builder(before, event, after).Build();
}

int64_t MemberAmount(const TicketTally& tally, Counter counter, v1::Dimension dimension,
                     absl::string_view value, int32_t from_day, int32_t to_day) {
  const CounterBasis basis = EntryOf(counter).basis;
  int64_t amount = 0;
  for (const TallyDelta& delta : tally.deltas) {
    if (delta.counter != counter || delta.day >= to_day) continue;
    if (basis != CounterBasis::kStock && delta.day < from_day) continue;
    if (basis == CounterBasis::kCohort && delta.sub >= static_cast<uint32_t>(to_day)) continue;
    if (!tally.Reaches(delta, dimension) || tally.Value(delta, dimension) != value) continue;
    amount += delta.amount;
  }
  return amount;
}

}  // namespace redress::engine
