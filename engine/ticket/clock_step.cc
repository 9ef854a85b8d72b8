#include "engine/ticket/clock_step.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/ticket/clock.h"
#include "engine/ticket/clock_terms.h"
#include "engine/ticket/lifecycle.h"
#include "engine/time/due.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

bool Pauses(const v1::ClockTerms& terms, v1::PauseReason reason) {
  return std::find(terms.pauses().begin(), terms.pauses().end(), reason) != terms.pauses().end();
}

bool IsTold(const v1::Event& event) { return event.provenance() == v1::PROVENANCE_IMPORTED; }

v1::Clock KeyOf(v1::ClockKind kind, v1::Level level, const std::string& department) {
  v1::Clock key;
  key.set_kind(kind);
  key.set_level(level);
  key.set_department(department);
  return key;
}

class Stepper {
 public:
  Stepper(const Facts& facts, const v1::Ticket& before, const v1::Ticket& after, v1::Event& event)
      : facts_(facts), before_(before), after_(after), event_(event), now_(ToTime(event.time())) {}

  void Step();

 private:
  // A fresh clock of that key, if a row of the table fits. None while a history is taken in, whose
  // facts would not end it.
  void Start(const v1::Clock& key);
  void StartCycle();
  void Dispatch();
  // RESOLVE goes on where it stood when the ticket was resolved or closed.
  void Continue(const v1::Clock& clock);
  void End(const v1::Clock& clock, v1::PromiseState state, absl::Time time, bool automatic);
  void EndRunning(v1::PromiseState state);
  void Answer(const v1::TicketAnswered& answered);
  bool IsFirstOver() const;
  void Join(const v1::IssueJoined& joined);
  void Accept();
  void Pause();
  void Resume();
  void ChangeLevel(const v1::LevelChanged& changed);
  // Null: the promise had none.
  void Miss(const v1::Clock* clock);
  void Warned(const v1::ClockWarned& warned);
  // Lets the rows that now fit take over from those that the running clocks began with.
  void Revise();
  void Revise(const v1::Clock& clock, const v1::ClockRule& rule);

  void SetDue(v1::Clock& clock, const v1::ClockRule& rule,
              const std::vector<TimeSpan>& pauses) const;
  // Moves the due instant and the warnings by what the clock had left at `from`. What had nothing
  // left stays where it was: a pause that begins at the due instant comes too late.
  void MoveFrom(v1::Clock& clock, absl::Time from) const;
  std::vector<TimeSpan> PastPauses(const v1::Clock& clock) const;
  bool IsPausedNow(const v1::ClockTerms& terms) const {
    return after_.has_pause() && Pauses(terms, after_.pause().reason());
  }
  v1::ClockChange& Change(const v1::Clock& clock) {
    v1::ClockChange& change = *event_.add_clock_changes();
    *change.mutable_clock() = clock;
    return change;
  }

  const Facts& facts_;
  const v1::Ticket& before_;
  const v1::Ticket& after_;
  v1::Event& event_;
  const absl::Time now_;
};

void Stepper::Step() {
  switch (event_.fact_case()) {
    case Fact::kTicketOpened:
      if (!event_.ticket_opened().decision().effects().record_only()) StartCycle();
      return;
    case Fact::kTicketRouted: return StartCycle();
    case Fact::kIssueJoined: return Join(event_.issue_joined());
    case Fact::kTicketAnswered: return Answer(event_.ticket_answered());
    case Fact::kTicketAccepted: return Accept();
    case Fact::kTicketPaused: return Pause();
    case Fact::kTicketResumed: return Resume();
    case Fact::kTicketTransferred:
      Dispatch();
      return Revise();
    case Fact::kLevelChanged: return ChangeLevel(event_.level_changed());
    case Fact::kSeverityChanged: return Revise();
    case Fact::kTicketResolved:
      return EndRunning(IsTold(event_) ? v1::PROMISE_STATE_CANCELLED : v1::PROMISE_STATE_MET);
    case Fact::kTicketClosed: return EndRunning(v1::PROMISE_STATE_CANCELLED);
    case Fact::kHistorySettled:
      if (after_.state() == v1::TICKET_STATE_RESOLVED) EndRunning(v1::PROMISE_STATE_CANCELLED);
      return;
    case Fact::kPromiseMissed:
      return Miss(FindPromiseClock(
          after_, event_.promise_missed().kind() == v1::DEADLINE_KIND_FIRST_ANSWER
                      ? v1::CLOCK_KIND_FIRST
                      : v1::CLOCK_KIND_RESOLVE));
    case Fact::kClockMissed:
      return Miss(FindClock(
          after_, KeyOf(event_.clock_missed().kind(), event_.clock_missed().level(),
                        event_.clock_missed().department())));
    case Fact::kClockWarned: return Warned(event_.clock_warned());
    default: return;
  }
}

void Stepper::Start(const v1::Clock& key) {
  if (after_.provenance() == v1::PROVENANCE_IMPORTED) return;
  const v1::ClockRule* rule = FindClockRule(facts_, key.kind(), after_);
  if (rule == nullptr) return;
  const v1::Clock* last = FindClock(after_, key);
  // Dispatched again before another department took it: the earlier promise is nobody's any more.
  if (last != nullptr && IsRunning(*last)) End(*last, v1::PROMISE_STATE_CANCELLED, now_, false);
  v1::Clock clock = key;
  clock.set_entry(last == nullptr ? 1 : last->entry() + 1);
  *clock.mutable_terms() = TermsOf(facts_, *rule, after_.department());
  clock.set_cycle(after_.cycle());
  *clock.mutable_start_time() = event_.time();
  clock.set_state(v1::PROMISE_STATE_RUNNING);
  clock.set_paused(IsPausedNow(clock.terms()));
  SetDue(clock, *rule, {});
  Change(clock);
}

void Stepper::StartCycle() {
  Start(KeyOf(v1::CLOCK_KIND_ACK, v1::LEVEL_UNSPECIFIED, ""));
  Start(KeyOf(v1::CLOCK_KIND_FIRST, v1::LEVEL_UNSPECIFIED, ""));
  Start(KeyOf(v1::CLOCK_KIND_LEVEL, after_.level(), ""));
  if (const v1::Clock* resolve = FindClock(after_, v1::CLOCK_KIND_RESOLVE)) Continue(*resolve);
  else if (!after_.promises().has_resolution_due())
    Start(KeyOf(v1::CLOCK_KIND_RESOLVE, v1::LEVEL_UNSPECIFIED, ""));
  Dispatch();
}

void Stepper::Dispatch() {
  Start(KeyOf(v1::CLOCK_KIND_OWNER, v1::LEVEL_UNSPECIFIED, after_.department()));
}

void Stepper::Continue(const v1::Clock& clock) {
  if (clock.state() == v1::PROMISE_STATE_MISSED) return;
  v1::Clock continued = clock;
  continued.set_state(v1::PROMISE_STATE_RUNNING);
  continued.set_paused(false);
  MoveFrom(continued, ToTime(clock.end_time()));
  continued.clear_end_time();
  Change(continued);
}

void Stepper::End(const v1::Clock& clock, v1::PromiseState state, absl::Time time,
                  bool automatic) {
  v1::Clock ended = clock;
  ended.set_state(state);
  ended.set_paused(false);
  ended.set_by_auto_reply(automatic);
  *ended.mutable_end_time() = ToTimestamp(time);
  const bool is_first_reading = clock.kind() == v1::CLOCK_KIND_RESOLVE &&
                                event_.has_ticket_resolved() && !clock.has_first_end_time();
  if (is_first_reading) {
    *ended.mutable_first_end_time() = event_.time();
    ended.set_first_state(state);
  }
  Change(ended);
}

void Stepper::EndRunning(v1::PromiseState state) {
  for (const v1::Clock& clock : after_.clocks()) {
    if (IsRunning(clock)) {
      End(clock, state, now_, false);
      continue;
    }
    const bool is_late = clock.kind() == v1::CLOCK_KIND_RESOLVE && event_.has_ticket_resolved() &&
                         clock.state() == v1::PROMISE_STATE_MISSED && !clock.has_first_end_time();
    if (is_late) End(clock, v1::PROMISE_STATE_MISSED, ToTime(clock.end_time()), false);
  }
}

void Stepper::Answer(const v1::TicketAnswered& answered) {
  for (const v1::Clock& clock : after_.clocks()) {
    if (!IsRunning(clock)) continue;
    const bool by_machine = answered.automatic();
    bool stops = false;
    if (clock.kind() == v1::CLOCK_KIND_ACK) stops = !by_machine || clock.terms().auto_reply();
    if (clock.kind() == v1::CLOCK_KIND_FIRST)
      stops = answered.substantive() || (by_machine && clock.terms().auto_reply());
    if (clock.kind() == v1::CLOCK_KIND_NEXT) stops = answered.substantive();
    if (stops) End(clock, v1::PROMISE_STATE_MET, now_, by_machine);
  }
}

// FIRST is over once an answer of substance was given, or once an automatic reply stopped it.
bool Stepper::IsFirstOver() const {
  const v1::Clock* first = FindPromiseClock(after_, v1::CLOCK_KIND_FIRST);
  return after_.has_first_answer_time() || (first != nullptr && !IsOpen(*first));
}

// Thanks need no answer, nor does what was asked before them any more. Until FIRST is over it is
// FIRST that governs.
void Stepper::Join(const v1::IssueJoined& joined) {
  const v1::IssueKind kind = joined.issue().kind();
  const v1::Clock* next = FindClock(after_, v1::CLOCK_KIND_NEXT);
  const bool is_thanks = kind == v1::ISSUE_KIND_PRAISE;
  if (is_thanks && next != nullptr && IsRunning(*next))
    End(*next, v1::PROMISE_STATE_CANCELLED, now_, false);
  if (is_thanks || kind == v1::ISSUE_KIND_ALERT) return;
  if (after_.state() == v1::TICKET_STATE_RESOLVED || !IsFirstOver()) return;
  // What was missed in an earlier cycle was answered by the resolution.
  if (next != nullptr && IsOpen(*next) && next->cycle() == after_.cycle()) return;
  Start(KeyOf(v1::CLOCK_KIND_NEXT, v1::LEVEL_UNSPECIFIED, ""));
}

void Stepper::Accept() {
  for (const v1::Clock& clock : after_.clocks()) {
    const bool is_other = clock.kind() == v1::CLOCK_KIND_OWNER && IsRunning(clock) &&
                          clock.department() != after_.department();
    if (is_other) End(clock, v1::PROMISE_STATE_MET, now_, false);
  }
}

void Stepper::Pause() {
  for (const v1::Clock& clock : after_.clocks()) {
    if (!IsRunning(clock) || !Pauses(clock.terms(), event_.ticket_paused().reason())) continue;
    v1::Clock paused = clock;
    paused.set_paused(true);
    Change(paused);
  }
}

void Stepper::Resume() {
  for (const v1::Clock& clock : after_.clocks()) {
    if (!IsRunning(clock) || !clock.paused()) continue;
    v1::Clock resumed = clock;
    resumed.set_paused(false);
    MoveFrom(resumed, std::max(ToTime(before_.pause().start_time()), ToTime(clock.start_time())));
    Change(resumed);
  }
}

void Stepper::ChangeLevel(const v1::LevelChanged& changed) {
  const v1::Clock* left =
      FindClock(after_, KeyOf(v1::CLOCK_KIND_LEVEL, changed.from_level(), ""));
  if (left != nullptr && IsRunning(*left)) End(*left, v1::PROMISE_STATE_MET, now_, false);
  Start(KeyOf(v1::CLOCK_KIND_LEVEL, changed.to_level(), ""));
  if (before_.department() != after_.department()) Dispatch();
  Revise();
}

void Stepper::Miss(const v1::Clock* clock) {
  if (clock != nullptr) End(*clock, v1::PROMISE_STATE_MISSED, ToTime(clock->due_time()), false);
}

void Stepper::Warned(const v1::ClockWarned& warned) {
  const v1::Clock* clock =
      FindClock(after_, KeyOf(warned.kind(), warned.level(), warned.department()));
  if (clock == nullptr) return;
  v1::Clock rest = *clock;
  rest.mutable_warnings()->DeleteSubrange(0, 1);
  Change(rest);
}

void Stepper::Revise() {
  for (const v1::Clock& clock : after_.clocks()) {
    const bool is_of_level_or_owner =
        clock.kind() == v1::CLOCK_KIND_LEVEL || clock.kind() == v1::CLOCK_KIND_OWNER;
    if (is_of_level_or_owner || !IsRunning(clock)) continue;
    const v1::ClockRule* rule = FindClockRule(facts_, clock.kind(), after_);
    if (rule != nullptr && rule->id() != clock.terms().rule()) Revise(clock, *rule);
  }
}

// After a reopening, RESOLVE keeps its terms: what it has left says nothing of when it began.
void Stepper::Revise(const v1::Clock& clock, const v1::ClockRule& rule) {
  const bool is_continued = clock.kind() == v1::CLOCK_KIND_RESOLVE && after_.cycle() > 0;
  if (rule.on_change() == v1::CLOCK_REVISION_KEEP || is_continued) {
    Change(clock).set_revision(v1::CLOCK_REVISION_KEEP);
    return;
  }
  v1::Clock revised = clock;
  *revised.mutable_terms() = TermsOf(facts_, rule, after_.department());
  const bool with_pauses = rule.on_change() == v1::CLOCK_REVISION_RETRO_START_AND_PAUSE;
  SetDue(revised, rule, with_pauses ? PastPauses(revised) : std::vector<TimeSpan>());
  Change(revised).set_revision(rule.on_change());
}

void Stepper::SetDue(v1::Clock& clock, const v1::ClockRule& rule,
                     const std::vector<TimeSpan>& pauses) const {
  const Calendar& calendar = CalendarOf(facts_, clock.terms());
  const absl::Time start = ToTime(clock.start_time());
  const absl::Duration budget = ToSpan(rule.budget());
  *clock.mutable_due_time() = ToTimestamp(Due(start, budget, calendar, pauses));
  clock.clear_warnings();
  for (const int percent : rule.warn_percents()) {
    const absl::Duration part = absl::Trunc(budget * percent / 100, absl::Seconds(1));
    const absl::Time time = Due(start, part, calendar, pauses);
    if (time < now_) continue;
    v1::ClockWarning& warning = *clock.add_warnings();
    warning.set_percent(percent);
    *warning.mutable_time() = ToTimestamp(time);
  }
}

void Stepper::MoveFrom(v1::Clock& clock, absl::Time from) const {
  const Calendar& calendar = CalendarOf(facts_, clock.terms());
  const auto moved = [&](const google::protobuf::Timestamp& time) {
    const absl::Duration left = Elapsed(from, ToTime(time), calendar, {});
    return left > absl::ZeroDuration() ? ToTimestamp(Due(now_, left, calendar, {})) : time;
  };
  *clock.mutable_due_time() = moved(clock.due_time());
  for (v1::ClockWarning& warning : *clock.mutable_warnings())
    *warning.mutable_time() = moved(warning.time());
}

std::vector<TimeSpan> Stepper::PastPauses(const v1::Clock& clock) const {
  std::vector<TimeSpan> pauses;
  for (const v1::PastPause& past : after_.past_pauses()) {
    if (!Pauses(clock.terms(), past.reason())) continue;
    pauses.push_back({ToTime(past.start_time()), ToTime(past.end_time())});
  }
  return pauses;
}

}  // namespace

void StepClocks(const Facts& facts, const v1::Ticket& before, const v1::Ticket& after,
                v1::Event& event) {
  // Facts of here once started clocks on such a ticket: they go when it is resolved or closed.
  const bool is_end = event.has_ticket_resolved() || event.has_ticket_closed();
  if (IsTold(event) && !is_end) return;
  const bool has_rules = facts.playbook != nullptr && !facts.playbook->message().clocks().empty();
  if (!has_rules && after.clocks().empty()) return;
  Stepper(facts, before, after, event).Step();
}

}  // namespace redress::engine
