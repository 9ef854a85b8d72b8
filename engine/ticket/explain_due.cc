#include "engine/ticket/explain_due.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "engine/ticket/apply.h"
#include "engine/ticket/clock.h"
#include "engine/ticket/clock_terms.h"
#include "engine/ticket/lifecycle.h"
#include "engine/time/due.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

constexpr v1::PauseReason kAllReasons[] = {
    v1::PAUSE_REASON_CUSTOMER_INFO, v1::PAUSE_REASON_THIRD_PARTY, v1::PAUSE_REASON_LEGAL,
    v1::PAUSE_REASON_APPOINTMENT};

// A stretch in which a clock may have rested.
struct Rest {
  TimeSpan span;
  v1::DueSpanKind kind = v1::DUE_SPAN_KIND_PAUSED;
  v1::PauseReason reason = v1::PAUSE_REASON_UNSPECIFIED;
  // For promises by a route's own budget, which are moved by whole seconds.
  absl::Time whole_end;
};

// Who had the ticket from an instant on.
struct Holding {
  absl::Time from;
  std::string department;
  v1::Level level = v1::LEVEL_UNSPECIFIED;
  std::string handler;
};

// What a ticket's events say about its clocks.
class Trail {
 public:
  explicit Trail(const std::vector<v1::Event>& history) {
    for (const v1::Event& event : history) {
      before_ = std::move(ticket_);
      ticket_ = Apply(before_, event);
      NoteRests(event);
      NoteHolder(event);
      NotePlain(event);
      for (const v1::ClockChange& change : event.clock_changes())
        NoteRevision(change, ToTime(event.time()));
    }
  }

  const v1::Ticket& ticket() const { return ticket_; }
  const std::vector<Rest>& rests() const { return rests_; }
  const std::vector<Holding>& holdings() const { return holdings_; }

  // From when on pauses of this clock count: those before a revision may have been dropped.
  absl::Time PausesFrom(const v1::Clock& clock) const {
    absl::Time from = absl::InfinitePast();
    for (const auto& [changed, time] : dropped_)
      if (IsSame(changed, clock)) from = time;
    return from;
  }

  // The promises by a route's own budget, as clocks.
  std::vector<v1::Clock> PlainClocks() const {
    std::vector<v1::Clock> clocks;
    const v1::Promises& promises = ticket_.promises();
    if (first_.has_start_time() && promises.has_first_answer_due() &&
        FindPromiseClock(ticket_, v1::CLOCK_KIND_FIRST) == nullptr)
      clocks.push_back(Plain(first_, promises.first_answer_due(), promises.first_answer_state(),
                             ticket_.first_answer_time()));
    if (resolve_.has_start_time() &&
        FindPromiseClock(ticket_, v1::CLOCK_KIND_RESOLVE) == nullptr)
      clocks.push_back(Plain(resolve_, promises.resolution_due(), promises.resolution_state(),
                             ticket_.resolve_time()));
    return clocks;
  }

 private:
  static bool IsSame(const v1::Clock& one, const v1::Clock& other) {
    return HasSameKey(one, other) && one.entry() == other.entry();
  }

  // Each revision counts from the start, so that only the last one says which pauses are dropped.
  void NoteRevision(const v1::ClockChange& change, absl::Time time) {
    if (change.revision() == v1::CLOCK_REVISION_RETRO_START)
      dropped_.push_back({change.clock(), time});
    if (change.revision() == v1::CLOCK_REVISION_RETRO_START_AND_PAUSE)
      std::erase_if(dropped_, [&](const auto& one) { return IsSame(one.first, change.clock()); });
  }

  void NoteRests(const v1::Event& event) {
    const absl::Time now = ToTime(event.time());
    if (event.has_ticket_resumed()) {
      const absl::Time start = ToTime(before_.pause().start_time());
      rests_.push_back({{start, now},
                        v1::DUE_SPAN_KIND_PAUSED,
                        before_.pause().reason(),
                        start + absl::Seconds(event.ticket_resumed().paused_seconds())});
    }
    const bool ends = event.has_ticket_resolved() || event.has_ticket_closed();
    if (ends && !ended_) ended_ = now;
    if (event.has_ticket_reopened() && ended_) {
      rests_.push_back({{*ended_, now}, v1::DUE_SPAN_KIND_RESOLVED, {}, now});
      ended_.reset();
    }
  }

  void NoteHolder(const v1::Event& event) {
    const std::string& handler = ticket_.hold().handler();
    if (!holdings_.empty()) {
      const Holding& last = holdings_.back();
      if (last.department == ticket_.department() && last.level == ticket_.level() &&
          last.handler == handler)
        return;
    }
    holdings_.push_back({ToTime(event.time()), ticket_.department(), ticket_.level(), handler});
  }

  void NotePlain(const v1::Event& event) {
    const bool opened = event.has_ticket_opened();
    if (!opened && !event.has_ticket_routed()) return;
    const bool has_first = opened ? event.ticket_opened().has_first_answer_due()
                                  : event.ticket_routed().has_first_answer_due();
    const bool has_resolve = opened ? event.ticket_opened().has_resolution_due()
                                    : event.ticket_routed().has_resolution_due();
    first_.Clear();
    const v1::Promises& promises = ticket_.promises();
    if (has_first) Begin(v1::CLOCK_KIND_FIRST, event, promises.first_answer_due(), first_);
    if (has_resolve && !resolve_.has_start_time())
      Begin(v1::CLOCK_KIND_RESOLVE, event, promises.resolution_due(), resolve_);
  }

  void Begin(v1::ClockKind kind, const v1::Event& event, const google::protobuf::Timestamp& due,
             v1::Clock& clock) const {
    clock.set_kind(kind);
    clock.set_entry(kind == v1::CLOCK_KIND_FIRST ? ticket_.cycle() + 1 : 1);
    *clock.mutable_start_time() = event.time();
    *clock.mutable_terms()->mutable_budget() = ToProtoDuration(ToTime(due) - ToTime(event.time()));
    if (kind == v1::CLOCK_KIND_FIRST)
      clock.mutable_terms()->add_pauses(v1::PAUSE_REASON_CUSTOMER_INFO);
    else
      for (const v1::PauseReason reason : kAllReasons) clock.mutable_terms()->add_pauses(reason);
  }

  v1::Clock Plain(v1::Clock clock, const google::protobuf::Timestamp& due, v1::PromiseState state,
                  const google::protobuf::Timestamp& met) const {
    *clock.mutable_due_time() = due;
    clock.set_state(state);
    const auto& reasons = clock.terms().pauses();
    clock.set_paused(IsRunning(clock) && ticket_.has_pause() &&
                     std::find(reasons.begin(), reasons.end(), ticket_.pause().reason()) !=
                         reasons.end());
    if (state == v1::PROMISE_STATE_MISSED) *clock.mutable_end_time() = due;
    if (state == v1::PROMISE_STATE_MET) *clock.mutable_end_time() = met;
    if (state == v1::PROMISE_STATE_CANCELLED) *clock.mutable_end_time() = ticket_.close_time();
    return clock;
  }

  v1::Ticket before_;
  v1::Ticket ticket_;
  std::vector<Rest> rests_;
  std::vector<Holding> holdings_;
  std::vector<std::pair<v1::Clock, absl::Time>> dropped_;
  std::optional<absl::Time> ended_;
  v1::Clock first_;
  v1::Clock resolve_;
};

class Explainer {
 public:
  Explainer(const Trail& trail, const v1::Clock& clock, const Calendar& calendar, absl::Time now)
      : trail_(trail), clock_(clock), calendar_(calendar), start_(ToTime(clock.start_time())) {
    const bool is_plain = clock.terms().rule().empty();
    for (const Rest& rest : trail.rests()) {
      if (!Counts(rest)) continue;
      rests_.push_back(rest);
      if (is_plain) rests_.back().span.end = rest.whole_end;
      pauses_.push_back(rests_.back().span);
    }
    until_ = IsRunning(clock) ? now : ToTime(clock.end_time());
    if (clock.paused()) until_ = ToTime(trail.ticket().pause().start_time());
    until_ = std::max(until_, start_);
  }

  v1::ExplainedClock Explain() {
    *explained_.mutable_clock() = clock_;
    const absl::Time due = ToTime(clock_.due_time());
    AddSpans(due);
    explained_.set_recomputed_identical(
        Due(start_, ToSpan(clock_.terms().budget()), calendar_, pauses_) == due);
    *explained_.mutable_elapsed() = ToProtoDuration(Elapsed(start_, until_, calendar_, pauses_));
    AddHolders();
    return std::move(explained_);
  }

 private:
  bool Counts(const Rest& rest) const {
    if (rest.span.end <= start_) return false;
    if (rest.kind == v1::DUE_SPAN_KIND_RESOLVED) return clock_.kind() == v1::CLOCK_KIND_RESOLVE;
    const auto& reasons = clock_.terms().pauses();
    return rest.span.start >= trail_.PausesFrom(clock_) &&
           std::find(reasons.begin(), reasons.end(), rest.reason) != reasons.end();
  }

  void AddSpans(absl::Time due) {
    for (absl::Time at = start_; at < due && !explained_.is_cut();) {
      const MicrosSpan open = calendar_.OpenSpanAt(absl::ToUnixMicros(at));
      const absl::Time opens = std::clamp(absl::FromUnixMicros(open.start), at, due);
      const absl::Time closes = std::clamp(absl::FromUnixMicros(open.end), opens, due);
      AddClosed(at, opens);
      AddOpen(opens, closes);
      at = closes;
    }
  }

  void AddOpen(absl::Time from, absl::Time to) {
    for (const Rest& rest : rests_) {
      const absl::Time start = std::clamp(rest.span.start, from, to);
      const absl::Time end = std::clamp(rest.span.end, start, to);
      Add(v1::DUE_SPAN_KIND_COUNTED, v1::PAUSE_REASON_UNSPECIFIED, from, start);
      Add(rest.kind, rest.reason, start, end);
      from = end;
    }
    Add(v1::DUE_SPAN_KIND_COUNTED, v1::PAUSE_REASON_UNSPECIFIED, from, to);
  }

  void AddClosed(absl::Time from, absl::Time to) {
    v1::DueSpan* span =
        Add(v1::DUE_SPAN_KIND_CLOSED, v1::PAUSE_REASON_UNSPECIFIED, from, to);
    if (span == nullptr) return;
    const absl::CivilDay last = calendar_.DayOf(absl::ToUnixMicros(to) - 1);
    for (absl::CivilDay day = calendar_.DayOf(absl::ToUnixMicros(from));
         day <= last && span->dates_size() < kDueDatesMax; ++day)
      if (calendar_.IsDated(day)) span->add_dates(absl::FormatCivilTime(day));
  }

  // Adds a stretch, or makes the last one longer; null when it is empty or there are too many.
  v1::DueSpan* Add(v1::DueSpanKind kind, v1::PauseReason reason, absl::Time from, absl::Time to) {
    if (from >= to || explained_.is_cut()) return nullptr;
    const int count = explained_.spans_size();
    v1::DueSpan* last = count == 0 ? nullptr : explained_.mutable_spans(count - 1);
    if (last != nullptr && last->kind() == kind && last->reason() == reason) {
      *last->mutable_end_time() = ToTimestamp(to);
      return last;
    }
    explained_.set_is_cut(count >= kDueSpansMax);
    if (explained_.is_cut()) return nullptr;
    v1::DueSpan& span = *explained_.add_spans();
    span.set_kind(kind);
    span.set_reason(reason);
    *span.mutable_start_time() = ToTimestamp(from);
    *span.mutable_end_time() = ToTimestamp(to);
    return &span;
  }

  void AddHolders() {
    const std::vector<Holding>& holdings = trail_.holdings();
    for (size_t i = 0; i < holdings.size(); ++i) {
      const absl::Time from = std::max(holdings[i].from, start_);
      const bool is_last = i + 1 == holdings.size();
      const absl::Time to = is_last ? until_ : std::min(holdings[i + 1].from, until_);
      const absl::Duration held = Elapsed(from, to, calendar_, pauses_);
      if (held > absl::ZeroDuration()) AddTo(holdings[i], held);
    }
  }

  void AddTo(const Holding& holding, absl::Duration held) {
    v1::HolderShare* share = nullptr;
    for (v1::HolderShare& known : *explained_.mutable_holders())
      if (known.department() == holding.department && known.level() == holding.level &&
          known.handler() == holding.handler)
        share = &known;
    if (share == nullptr) {
      share = explained_.add_holders();
      share->set_department(holding.department);
      share->set_level(holding.level);
      share->set_handler(holding.handler);
    }
    *share->mutable_elapsed() = ToProtoDuration(ToSpan(share->elapsed()) + held);
  }

  const Trail& trail_;
  const v1::Clock& clock_;
  const Calendar& calendar_;
  const absl::Time start_;
  absl::Time until_;
  std::vector<Rest> rests_;
  std::vector<TimeSpan> pauses_;
  v1::ExplainedClock explained_;
};

}  // namespace

std::vector<v1::ExplainedClock> ExplainDue(const Facts& facts,
                                           const std::vector<v1::Event>& history, absl::Time now) {
  const Trail trail(history);
  std::vector<v1::Clock> clocks = trail.PlainClocks();
  clocks.insert(clocks.end(), trail.ticket().clocks().begin(), trail.ticket().clocks().end());
  std::sort(clocks.begin(), clocks.end(), [](const v1::Clock& a, const v1::Clock& b) {
    if (a.kind() != b.kind()) return a.kind() < b.kind();
    if (a.level() != b.level()) return a.level() < b.level();
    return a.department() < b.department();
  });
  std::vector<v1::ExplainedClock> explained;
  for (const v1::Clock& clock : clocks)
    explained.push_back(
        Explainer(trail, clock, CalendarOf(facts, clock.terms()), now).Explain());
  return explained;
}

}  // namespace redress::engine
