#include "engine/measure/measure_tally.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "engine/cel/protobuf_value.h"
#include "engine/measure/day.h"
#include "engine/measure/measure_cells.h"
#include "engine/measure/sketch.h"

namespace redress::engine {
namespace {

constexpr int kSlotShift = 58;
constexpr int kRecordShift = 36;
constexpr int kEventShift = 14;
constexpr uint64_t kDayMask = (1 << 22) - 1;
constexpr uint64_t kBucketMask = (1 << kEventShift) - 1;
static_assert(kDayLast <= static_cast<int32_t>(kDayMask) && kBucketEnd <= kBucketMask);

constexpr int64_t kNanosPerSecond = 1'000'000'000;
// The greatest value that is added up, on either side of 0: of nine million such ones the sum has
// 63 bits.
constexpr int64_t kMeasureValueMax = 1'000'000'000'000;

// The clock as it was before; nullptr: there was none.
const v1::Clock* FindSame(const v1::Ticket& before, const v1::Clock& clock) {
  for (const v1::Clock& known : before.clocks())
    if (known.kind() == clock.kind() && known.level() == clock.level() &&
        known.department() == clock.department() && known.entry() == clock.entry())
      return &known;
  return nullptr;
}

// Whether a ticket has something in a field; of the commonest messages without reflection.
bool IsThere(const v1::Ticket& ticket, const google::protobuf::FieldDescriptor& field) {
  switch (field.number()) {
    case v1::Ticket::kPromisesFieldNumber:
      return ticket.has_promises();
    case v1::Ticket::kResolutionFieldNumber:
      return ticket.has_resolution();
    case v1::Ticket::kPauseFieldNumber:
      return ticket.has_pause();
    case v1::Ticket::kHoldFieldNumber:
      return ticket.has_hold();
    case v1::Ticket::kMysteryFieldNumber:
      return ticket.has_mystery();
    case v1::Ticket::kCreateTimeFieldNumber:
      return ticket.has_create_time();
    case v1::Ticket::kFirstAnswerTimeFieldNumber:
      return ticket.has_first_answer_time();
    case v1::Ticket::kResolveTimeFieldNumber:
      return ticket.has_resolve_time();
    case v1::Ticket::kCloseTimeFieldNumber:
      return ticket.has_close_time();
    default:
      return cel::HasField(ticket, field);
  }
}

// Whether a field is surely the same. Messages and lists are taken to differ unless both are
// absent: what makes use of them is evaluated again, which costs less than comparing them.
bool IsSame(const v1::Ticket& one, const v1::Ticket& other, const MeasureSet::StateField& field) {
  const cel::Value was = field.reader == nullptr ? cel::Value() : field.reader(one);
  const cel::Value is = field.reader == nullptr ? cel::Value() : field.reader(other);
  if (was.Is(cel::Kind::kString) && is.Is(cel::Kind::kString))
    return was.AsString() == is.AsString();
  if (was.Is(cel::Kind::kInt) && is.Is(cel::Kind::kInt)) return was.AsInt() == is.AsInt();
  if (was.Is(cel::Kind::kUint) && is.Is(cel::Kind::kUint)) return was.AsUint() == is.AsUint();
  const bool is_there = IsThere(one, *field.field);
  if (is_there != IsThere(other, *field.field)) return false;
  if (!is_there) return true;
  if (!was.Is(cel::Kind::kTimestamp) || !is.Is(cel::Kind::kTimestamp)) return false;
  const cel::Instant then = was.AsTimestamp();
  const cel::Instant now = is.AsTimestamp();
  return then.seconds == now.seconds && then.nanos == now.nanos;
}

bool HasEnded(v1::PromiseState state) {
  return state == v1::PROMISE_STATE_MET || state == v1::PROMISE_STATE_MISSED ||
         state == v1::PROMISE_STATE_CANCELLED;
}

// Whether the ticket has a clock for the promise of this kind, which then follows the clock.
// RESOLVE goes on from cycle to cycle.
bool HasClock(const v1::Ticket& ticket, v1::ClockKind kind) {
  return std::any_of(ticket.clocks().begin(), ticket.clocks().end(), [&](const v1::Clock& clock) {
    return clock.kind() == kind &&
           (kind == v1::CLOCK_KIND_RESOLVE || clock.cycle() == ticket.cycle());
  });
}

// A promise of a ticket as the clock that would measure it.
v1::Clock PromisedClock(const v1::Ticket& ticket, v1::ClockKind kind) {
  const v1::Promises& promises = ticket.promises();
  v1::Clock clock;
  clock.set_kind(kind);
  clock.set_cycle(ticket.cycle());
  if (kind == v1::CLOCK_KIND_FIRST) {
    clock.set_state(promises.first_answer_state());
    *clock.mutable_start_time() = ticket.cycle_time();
    *clock.mutable_due_time() = promises.first_answer_due();
    *clock.mutable_terms()->mutable_budget() = promises.first_answer();
  } else {
    clock.set_state(promises.resolution_state());
    *clock.mutable_start_time() = ticket.create_time();
    *clock.mutable_due_time() = promises.resolution_due();
    *clock.mutable_terms()->mutable_budget() = promises.resolution();
  }
  return clock;
}

// How the promise of a clock of this kind stands.
v1::PromiseState StateOf(const v1::Ticket& ticket, v1::ClockKind kind) {
  return kind == v1::CLOCK_KIND_FIRST ? ticket.promises().first_answer_state()
                                      : ticket.promises().resolution_state();
}

std::bitset<kMeasureSplitsMax + 1> EverySplit(const Measure& measure) {
  return (uint64_t{1} << (measure.splits.size() + 1)) - 1;
}

// Whole seconds of a duration, or a whole number; nothing: it is neither, or out of bounds.
std::optional<int64_t> CountedValue(const cel::Value& value) {
  std::optional<int64_t> counted;
  if (value.Is(cel::Kind::kDuration)) counted = value.AsDuration() / kNanosPerSecond;
  if (value.Is(cel::Kind::kInt)) counted = value.AsInt();
  const bool is_bounded =
      counted.has_value() && -kMeasureValueMax <= *counted && *counted <= kMeasureValueMax;
  return is_bounded ? counted : std::nullopt;
}

// Whether time of an open ticket passed up to the event.
bool HasSpan(const v1::Ticket& before, const v1::Event& event) {
  if (!before.has_update_time() || before.state() == v1::TICKET_STATE_CLOSED) return false;
  const google::protobuf::Timestamp& from = before.update_time();
  const google::protobuf::Timestamp& to = event.time();
  return from.seconds() != to.seconds() || from.nanos() != to.nanos();
}

}  // namespace

uint64_t MeasureEntry::Pack() const {
  return static_cast<uint64_t>(slot) << kSlotShift |
         static_cast<uint64_t>(record_day) << kRecordShift |
         static_cast<uint64_t>(event_day) << kEventShift | bucket;
}

MeasureEntry MeasureEntry::Unpack(uint64_t key) {
  MeasureEntry entry;
  entry.slot = static_cast<MeasureSlot>(key >> kSlotShift);
  entry.record_day = static_cast<int32_t>(key >> kRecordShift & kDayMask);
  entry.event_day = static_cast<int32_t>(key >> kEventShift & kDayMask);
  entry.bucket = static_cast<uint32_t>(key & kBucketMask);
  return entry;
}

bool MeasureEntry::IsKey(uint64_t key) {
  const MeasureEntry entry = Unpack(key);
  const bool is_bucket = entry.slot == MeasureSlot::kBucket;
  return entry.slot >= MeasureSlot::kCount && entry.slot <= MeasureSlot::kBucket &&
         entry.record_day <= kDayLast && entry.event_day <= kDayLast &&
         (is_bucket ? entry.bucket < kBucketEnd : entry.bucket == 0);
}

MeasureDeltas::MeasureDeltas(const MeasureSet& set) : set_(set) {
  for (Values& values : values_) values.resize(set.dimensions().size());
  for (std::vector<std::string>& texts : texts_) texts.resize(set.dimensions().size());
}

void MeasureDeltas::Clear() {
  all_.clear();
  for (Values& values : values_) std::fill(values.begin(), values.end(), std::nullopt);
}

std::string MeasureDeltas::JoinedValue(const MeasureDelta& delta, int split) const {
  if (split == 0) return "";
  const Measure& measure = set_.measures()[static_cast<size_t>(delta.measure)];
  std::vector<std::string> values;
  for (const int dimension : measure.splits[static_cast<size_t>(split - 1)])
    values.emplace_back(ValueOf(delta, dimension));
  return JoinValues(values);
}

MeasureEvaluation::MeasureEvaluation(const MeasureSet& set)
    : set_(set), events_(set.events_), states_(set.states_), deltas_(set) {}

bool MeasureEvaluation::Holds(const std::optional<cel::Program>& program,
                              const cel::Activation& activation) {
  if (!program) return true;
  arena_.Reset();
  return program->Run(activation, arena_).IsTrue();
}

absl::string_view MeasureEvaluation::ValueOf(int place, const Moment& moment, bool is_before) {
  const size_t side = is_before ? 1 : 0;
  std::optional<absl::string_view>& value = deltas_.values_[side][static_cast<size_t>(place)];
  if (value) return *value;
  const v1::Ticket& ticket = is_before ? moment.was : moment.after;
  const MeasureDimension& dimension = set_.dimensions()[static_cast<size_t>(place)];
  if (dimension.built_in >= 0) {
    value = BuiltInDimensionOf(dimension.built_in, ticket);
  } else {
    std::string& text = deltas_.texts_[side][static_cast<size_t>(place)];
    text = ComputedValue(dimension, ticket);
    value = text;
  }
  return *value;
}

std::string MeasureEvaluation::ComputedValue(const MeasureDimension& dimension,
                                             const v1::Ticket& ticket) {
  states_.Set(set_.ticket_, cel::Value::Message(ticket));
  arena_.Reset();
  const cel::Value value = dimension.program->Run(states_, arena_);
  return value.Is(cel::Kind::kString) ? std::string(value.AsString()) : std::string();
}

MeasureEvaluation::Standing MeasureEvaluation::Judge(const Measure& measure,
                                                     const cel::Activation& activation,
                                                     int32_t day) {
  if (!Holds(measure.of, activation)) return {};
  Standing standing;
  if (measure.value) {
    arena_.Reset();
    standing.value = CountedValue(measure.value->Run(activation, arena_));
    if (!standing.value) return {};
  }
  standing.is_counted = true;
  standing.is_share = measure.share && Holds(measure.share, activation);
  standing.day = day;
  return standing;
}

void MeasureEvaluation::AddStanding(int place, const Moment& moment, const Standing& standing,
                                    int sign, bool is_before, int32_t event_day,
                                    const Splits& splits) {
  if (!standing.is_counted) return;
  MeasureDelta delta;
  delta.measure = place;
  delta.sign = sign;
  delta.is_before = is_before;
  delta.is_share = standing.is_share;
  delta.value = standing.value;
  delta.day = standing.day;
  delta.days.event_day = event_day == standing.day ? 0 : event_day;
  const int32_t later_day = std::max(standing.day, event_day);
  delta.days.record_day = moment.record_day == later_day ? 0 : moment.record_day;
  delta.splits = splits;
  const Measure& measure = set_.measures()[static_cast<size_t>(place)];
  for (size_t split = 0; split < measure.splits.size(); ++split) {
    if (!splits[split + 1]) continue;
    for (const int dimension : measure.splits[split]) ValueOf(dimension, moment, is_before);
  }
  deltas_.all_.push_back(delta);
}

void MeasureEvaluation::AddEvent(int place, const Moment& moment) {
  const Measure& measure = set_.measures()[static_cast<size_t>(place)];
  const Standing standing = Judge(measure, events_, moment.today);
  AddStanding(place, moment, standing, 1, /*is_before=*/false, moment.today, EverySplit(measure));
}

std::optional<int32_t> MeasureEvaluation::DayOfState(const Measure& measure,
                                                     const v1::Ticket& ticket, int32_t today) {
  if (!measure.day)
    return measure.rule->basis() == v1::MEASURE_BASIS_COHORT ? DayOf(ticket.create_time()) : today;
  arena_.Reset();
  const cel::Value instant = measure.day->Run(states_, arena_);
  if (!instant.Is(cel::Kind::kTimestamp)) return std::nullopt;
  google::protobuf::Timestamp time;
  time.set_seconds(instant.AsTimestamp().seconds);
  return DayOf(time);
}

MeasureEvaluation::Standing MeasureEvaluation::JudgeState(const Measure& measure,
                                                          const v1::Ticket& ticket, int32_t today) {
  states_.Set(set_.ticket_, cel::Value::Message(ticket));
  Standing standing = Judge(measure, states_, today);
  if (!standing.is_counted) return standing;
  const std::optional<int32_t> day = DayOfState(measure, ticket, today);
  if (!day) return {};
  standing.day = *day;
  return standing;
}

MeasureEvaluation::Splits MeasureEvaluation::MovedSplits(const Measure& measure,
                                                         const Moment& moment,
                                                         const TicketFields& changed) {
  Splits moved;
  for (size_t split = 0; split < measure.splits.size(); ++split) {
    const std::vector<int>& dimensions = measure.splits[split];
    moved[split + 1] = std::any_of(dimensions.begin(), dimensions.end(), [&](int place) {
      const TicketFields& reads = set_.dimensions()[static_cast<size_t>(place)].reads;
      return (reads & changed).any() &&
             ValueOf(place, moment, true) != ValueOf(place, moment, false);
    });
  }
  return moved;
}

void MeasureEvaluation::AddState(int place, const Moment& moment, const TicketFields& changed) {
  const Measure& measure = set_.measures()[static_cast<size_t>(place)];
  const Standing was =
      moment.before ? JudgeState(measure, *moment.before, moment.today) : Standing();
  const Standing is = JudgeState(measure, moment.after, moment.today);
  if (!was.is_counted && !is.is_counted) return;
  // What stays what it is need not be taken out and put in again.
  const Splits splits =
      was == is ? MovedSplits(measure, moment, changed) : EverySplit(measure);
  if (splits.none()) return;
  AddStanding(place, moment, was, -1, /*is_before=*/true, moment.today, splits);
  AddStanding(place, moment, is, 1, /*is_before=*/false, moment.today, splits);
}

TicketFields MeasureEvaluation::ChangedFields(const Moment& moment) const {
  TicketFields changed;
  if (moment.before == nullptr) return changed.set();
  for (const MeasureSet::StateField& field : set_.state_fields_)
    changed[static_cast<size_t>(field.field->number())] =
        !IsSame(*moment.before, moment.after, field);
  return changed;
}

void MeasureEvaluation::FindEnded(const Moment& moment) {
  ended_.clear();
  for (const v1::ClockChange& change : moment.event.clock_changes()) {
    const v1::Clock& clock = change.clock();
    const v1::Clock* known = FindSame(moment.was, clock);
    if (HasEnded(clock.state()) && (known == nullptr || !HasEnded(known->state())))
      ended_.push_back(&clock);
  }
  for (size_t i = 0; i < promised_.size(); ++i) {
    const v1::ClockKind kind = i == 0 ? v1::CLOCK_KIND_FIRST : v1::CLOCK_KIND_RESOLVE;
    if (!HasEnded(StateOf(moment.after, kind)) || HasEnded(StateOf(moment.was, kind)) ||
        HasClock(moment.after, kind))
      continue;
    promised_[i] = PromisedClock(moment.after, kind);
    const bool is_missed = promised_[i].state() == v1::PROMISE_STATE_MISSED;
    // A breach carries its own due instant.
    if (is_missed && moment.event.has_promise_missed())
      *promised_[i].mutable_due_time() = moment.event.promise_missed().due();
    *promised_[i].mutable_end_time() =
        is_missed ? promised_[i].due_time() : moment.event.time();
    ended_.push_back(&promised_[i]);
  }
}

void MeasureEvaluation::AddClocks(int place, const Moment& moment) {
  const Measure& measure = set_.measures()[static_cast<size_t>(place)];
  for (const v1::Clock* clock : ended_) {
    events_.Set(set_.clock_, cel::Value::Message(*clock));
    const int32_t day = DayOf(clock->due_time());
    const Standing standing = Judge(measure, events_, day);
    AddStanding(place, moment, standing, 1, /*is_before=*/false, day, EverySplit(measure));
  }
}

// In whole seconds of the wall clock, so that the spans of a ticket add up to the time from its
// first event to its last, to the second. The same for every measure, so it is looked at once.
std::optional<int64_t> MeasureEvaluation::SpanValue(const Measure& measure, const Moment& moment) {
  if (span_) return *span_;
  arena_.Reset();
  const bool has_value = CountedValue(measure.value->Run(events_, arena_)).has_value();
  span_.emplace();
  if (has_value) *span_ = moment.event.time().seconds() - moment.was.update_time().seconds();
  return *span_;
}

void MeasureEvaluation::AddSpan(int place, const Moment& moment) {
  const Measure& measure = set_.measures()[static_cast<size_t>(place)];
  Standing standing;
  if (!measure.rule->value().empty()) {
    standing = Judge(measure, events_, moment.today);
  } else if (Holds(measure.of, events_) && SpanValue(measure, moment)) {
    standing.is_counted = true;
    standing.is_share = measure.share && Holds(measure.share, events_);
    standing.value = SpanValue(measure, moment);
    standing.day = moment.today;
  }
  AddStanding(place, moment, standing, 1, /*is_before=*/true, moment.today, EverySplit(measure));
}

const MeasureDeltas& MeasureEvaluation::Evaluate(const v1::Ticket* before, const v1::Event& event,
                                                 const v1::Ticket& after, int32_t record_day,
                                                 const MeasureChoice& wanted) {
  deltas_.Clear();
  span_.reset();
  if (after.has_mystery()) return deltas_;  // no customer reported it
  const v1::Ticket& was = before ? *before : v1::Ticket::default_instance();
  const Moment moment = {before, was, event, after, DayOf(event.time()), record_day};
  events_.Set(set_.before_, cel::Value::Message(was));
  events_.Set(set_.after_, cel::Value::Message(after));
  events_.Set(set_.event_, cel::Value::Message(event));
  events_.Set(set_.clock_, cel::Value());
  const auto each = [&wanted](const std::vector<int>& places, auto add) {
    for (const int place : places)
      if (wanted[static_cast<size_t>(place)]) add(place);
  };
  const MeasureSet::Places& places = set_.places_;
  each(places.of_events[static_cast<size_t>(event.fact_case())],
       [&](int place) { AddEvent(place, moment); });
  if (!places.of_clocks.empty()) {
    FindEnded(moment);
    each(places.of_clocks, [&](int place) { AddClocks(place, moment); });
  }
  if (HasSpan(was, event)) each(places.of_spans, [&](int place) { AddSpan(place, moment); });
  const TicketFields changed = ChangedFields(moment);
  each(places.of_states, [&](int place) {
    if ((set_.measures()[static_cast<size_t>(place)].reads & changed).any())
      AddState(place, moment, changed);
  });
  return deltas_;
}

}  // namespace redress::engine
