#include "engine/measure/measure_tally.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "engine/measure/day.h"
#include "engine/measure/sketch.h"

namespace redress::engine {
namespace {

constexpr char kSeparator = '\x1f';
constexpr int kSlotShift = 58;
constexpr int kRecordShift = 36;
constexpr int kEventShift = 14;
constexpr uint64_t kDayMask = (1 << 22) - 1;
constexpr uint64_t kBucketMask = (1 << kEventShift) - 1;
static_assert(kDayLast <= static_cast<int32_t>(kDayMask) && kBucketEnd <= kBucketMask);

constexpr int64_t kNanosPerSecond = 1'000'000'000;

// The short name of an enum's value; empty for the unspecified one.
template <typename Enum>
std::string NameOf(Enum value, absl::string_view prefix, const std::string& name) {
  if (static_cast<int>(value) == 0 || name.size() <= prefix.size()) return "";
  return name.substr(prefix.size());
}

std::string LevelName(v1::Level level) { return NameOf(level, "LEVEL_", v1::Level_Name(level)); }

// Whose move it is. Who directs a pause is told by what it waits for.
std::string HolderOf(const v1::Ticket& ticket) {
  switch (ticket.state()) {
    case v1::TICKET_STATE_QUEUED:
      return "QUEUE";
    case v1::TICKET_STATE_LEASED:
    case v1::TICKET_STATE_ACCEPTED:
      return "HANDLER";
    case v1::TICKET_STATE_PAUSED:
      if (ticket.pause().reason() == v1::PAUSE_REASON_CUSTOMER_INFO) return "CUSTOMER";
      return NameOf(ticket.pause().reason(), "PAUSE_REASON_",
                    v1::PauseReason_Name(ticket.pause().reason()));
    case v1::TICKET_STATE_RESOLVED:
      return "CUSTOMER";
    default:
      return "";
  }
}

// In the order of BuiltInDimensions.
std::string BuiltInValue(int dimension, const v1::Ticket& ticket) {
  switch (dimension) {
    case 0:
      return ticket.department();
    case 1:
      return LevelName(ticket.level());
    case 2:
      return ticket.category();
    case 3:
      return ticket.category().substr(0, ticket.category().find('.'));
    case 4:
      return ticket.channel();
    case 5:
      return ticket.segment();
    case 6:
      return ticket.value_tier();
    case 7:
      return ticket.product();
    case 8:
      return NameOf(ticket.severity(), "SEVERITY_", v1::Severity_Name(ticket.severity()));
    case 9:
      return ticket.touchpoint();
    case 10:
      return NameOf(ticket.kind(), "ISSUE_KIND_", v1::IssueKind_Name(ticket.kind()));
    case 11:
      return NameOf(ticket.resolution().outcome(), "OUTCOME_",
                    v1::Outcome_Name(ticket.resolution().outcome()));
    case 12:
      return NameOf(ticket.close_cause(), "CLOSE_CAUSE_",
                    v1::CloseCause_Name(ticket.close_cause()));
    case 13:
      return NameOf(ticket.state(), "TICKET_STATE_", v1::TicketState_Name(ticket.state()));
    case 14:
      return LevelName(ticket.highest_level());
    case 15:
      return HolderOf(ticket);
    default:
      return ticket.hold().handler();
  }
}

// The clock as it was before; nullptr: there was none.
const v1::Clock* FindSame(const v1::Ticket& before, const v1::Clock& clock) {
  for (const v1::Clock& known : before.clocks())
    if (known.kind() == clock.kind() && known.level() == clock.level() &&
        known.department() == clock.department() && known.entry() == clock.entry())
      return &known;
  return nullptr;
}

// Whether both say the same in a field that is no list. Lists are taken to differ unless both are
// empty.
bool IsSame(const v1::Ticket& one, const v1::Ticket& other,
            const google::protobuf::FieldDescriptor& field) {
  using google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& reflection = *one.GetReflection();
  if (field.is_repeated())
    return reflection.FieldSize(one, &field) == 0 && reflection.FieldSize(other, &field) == 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.GetUInt32(one, &field) == reflection.GetUInt32(other, &field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.GetUInt64(one, &field) == reflection.GetUInt64(other, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.GetInt64(one, &field) == reflection.GetInt64(other, &field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.GetEnumValue(one, &field) == reflection.GetEnumValue(other, &field);
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string spare, other_spare;
      return reflection.GetStringReference(one, &field, &spare) ==
             reflection.GetStringReference(other, &field, &other_spare);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const bool is_there = reflection.HasField(one, &field);
      if (is_there != reflection.HasField(other, &field)) return false;
      return !is_there || reflection.GetMessage(one, &field).SerializePartialAsString() ==
                              reflection.GetMessage(other, &field).SerializePartialAsString();
    }
    default:
      return false;
  }
}

bool HasEnded(v1::PromiseState state) {
  return state == v1::PROMISE_STATE_MET || state == v1::PROMISE_STATE_MISSED ||
         state == v1::PROMISE_STATE_CANCELLED;
}

}  // namespace

std::string BuiltInDimensionOf(absl::string_view dimension, const v1::Ticket& ticket) {
  static const auto& known = *new std::vector<std::string>(BuiltInDimensions());
  const auto found = std::find(known.begin(), known.end(), dimension);
  CHECK(found != known.end());
  return BuiltInValue(static_cast<int>(found - known.begin()), ticket);
}

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

std::string JoinValues(absl::Span<const std::string> values) {
  std::string joined;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) joined += kSeparator;
    for (const char letter : values[i]) joined += letter == kSeparator ? ' ' : letter;
  }
  return joined;
}

std::vector<std::string> SplitValues(absl::string_view joined) {
  return absl::StrSplit(joined, kSeparator);
}

MeasureEvaluation::MeasureEvaluation(const MeasureSet& set)
    : set_(set), events_(set.events_), states_(set.states_) {}

bool MeasureEvaluation::Holds(const std::optional<cel::Program>& program,
                              const cel::Activation& activation) {
  if (!program) return true;
  arena_.Reset();
  return program->Run(activation, arena_).IsTrue();
}

std::string MeasureEvaluation::DimensionValue(int place, const v1::Ticket& ticket) {
  const MeasureDimension& dimension = set_.dimensions()[place];
  if (dimension.built_in >= 0) return BuiltInValue(dimension.built_in, ticket);
  states_.Set(set_.ticket_, cel::Value::Message(ticket));
  arena_.Reset();
  const cel::Value value = dimension.program->Run(states_, arena_);
  return value.Is(cel::Kind::kString) ? std::string(value.AsString()) : std::string();
}

MeasureEvaluation::Standing MeasureEvaluation::Judge(const Measure& measure,
                                                     const cel::Activation& activation,
                                                     const v1::Ticket& ticket) {
  Standing standing;
  if (!Holds(measure.of, activation)) return standing;
  if (measure.value) {
    arena_.Reset();
    const cel::Value value = measure.value->Run(activation, arena_);
    if (value.Is(cel::Kind::kDuration))
      standing.value = value.AsDuration() / kNanosPerSecond;
    else if (value.Is(cel::Kind::kInt))
      standing.value = value.AsInt();
    else
      return standing;
  }
  standing.is_counted = true;
  standing.is_share = measure.share && Holds(measure.share, activation);
  for (const std::vector<int>& split : measure.splits) {
    std::vector<std::string> values;
    for (const int dimension : split) values.push_back(DimensionValue(dimension, ticket));
    standing.values.push_back(JoinValues(values));
  }
  return standing;
}

void MeasureEvaluation::AddStanding(int place, const Standing& standing, int64_t sign, int32_t day,
                                    int32_t event_day, int32_t record_day,
                                    std::vector<MeasureDelta>& deltas) const {
  if (!standing.is_counted) return;
  MeasureEntry entry;
  entry.event_day = event_day == day ? 0 : event_day;
  entry.record_day = record_day == std::max(day, event_day) ? 0 : record_day;
  const Measure& measure = set_.measures()[place];
  for (int split = 0; split <= static_cast<int>(measure.splits.size()); ++split) {
    const std::string& value = split == 0 ? std::string() : standing.values[split - 1];
    const auto add = [&](MeasureSlot slot, uint32_t bucket, int64_t amount) {
      if (amount == 0) return;
      entry.slot = slot;
      entry.bucket = bucket;
      deltas.push_back({place, split, day, value, entry, sign * amount});
    };
    add(MeasureSlot::kCount, 0, 1);
    if (standing.is_share) add(MeasureSlot::kShare, 0, 1);
    if (!measure.value) continue;
    add(MeasureSlot::kSum, 0, standing.value);
    add(MeasureSlot::kBucket, BucketOf(std::max<int64_t>(standing.value, 0)), 1);
  }
}

MeasureEvaluation::Standing MeasureEvaluation::JudgeState(const Measure& measure,
                                                          const v1::Ticket& ticket, int32_t today) {
  states_.Set(set_.ticket_, cel::Value::Message(ticket));
  Standing standing = Judge(measure, states_, ticket);
  if (!standing.is_counted) return standing;
  standing.day =
      measure.rule->basis() == v1::MEASURE_BASIS_COHORT ? DayOf(ticket.create_time()) : today;
  if (!measure.day) return standing;
  arena_.Reset();
  const cel::Value instant = measure.day->Run(states_, arena_);
  if (!instant.Is(cel::Kind::kTimestamp)) return Standing();
  google::protobuf::Timestamp time;
  time.set_seconds(instant.AsTimestamp().seconds);
  standing.day = DayOf(time);
  return standing;
}

void MeasureEvaluation::AddState(int place, const v1::Ticket* before, const v1::Ticket& after,
                                 int32_t today, int32_t record_day,
                                 std::vector<MeasureDelta>& deltas) {
  const Measure& measure = set_.measures()[place];
  const Standing was = before ? JudgeState(measure, *before, today) : Standing();
  const Standing is = JudgeState(measure, after, today);
  if (was == is) return;
  AddStanding(place, was, -1, was.day, today, record_day, deltas);
  AddStanding(place, is, 1, is.day, today, record_day, deltas);
}

std::bitset<kTicketFieldsMax> MeasureEvaluation::ChangedFields(const v1::Ticket* before,
                                                               const v1::Ticket& after) const {
  std::bitset<kTicketFieldsMax> changed;
  if (before == nullptr) return changed.set();
  for (const google::protobuf::FieldDescriptor* field : set_.state_fields_)
    changed[static_cast<size_t>(field->number())] = !IsSame(*before, after, *field);
  return changed;
}

void MeasureEvaluation::AddClocks(int place, const v1::Ticket& before, const v1::Event& event,
                                  const v1::Ticket& after, int32_t record_day,
                                  std::vector<MeasureDelta>& deltas) {
  for (const v1::ClockChange& change : event.clock_changes()) {
    const v1::Clock& clock = change.clock();
    const v1::Clock* known = FindSame(before, clock);
    if (!HasEnded(clock.state()) || (known != nullptr && HasEnded(known->state()))) continue;
    events_.Set(set_.clock_, cel::Value::Message(clock));
    const Standing standing = Judge(set_.measures()[place], events_, after);
    const int32_t day = DayOf(clock.due_time());
    AddStanding(place, standing, 1, day, day, record_day, deltas);
  }
}

void MeasureEvaluation::AddSpan(int place, const v1::Ticket& before, const v1::Event& event,
                                int32_t record_day, std::vector<MeasureDelta>& deltas) {
  if (!before.has_update_time() || before.state() == v1::TICKET_STATE_CLOSED) return;
  const google::protobuf::Timestamp& from = before.update_time();
  const google::protobuf::Timestamp& to = event.time();
  if (from.seconds() == to.seconds() && from.nanos() == to.nanos()) return;
  const int32_t day = DayOf(to);
  const Measure& measure = set_.measures()[place];
  Standing standing = Judge(measure, events_, before);
  // In whole seconds of the wall clock, so that the spans of a ticket add up to the time from its
  // first event to its last, to the second.
  if (measure.rule->value().empty()) standing.value = to.seconds() - from.seconds();
  AddStanding(place, standing, 1, day, day, record_day, deltas);
}

void MeasureEvaluation::Add(const v1::Ticket* before, const v1::Event& event,
                            const v1::Ticket& after, int32_t record_day,
                            absl::Span<const int> wanted, std::vector<MeasureDelta>& deltas) {
  if (after.has_mystery()) return;  // no customer reported it
  const v1::Ticket& was = before ? *before : v1::Ticket::default_instance();
  events_.Set(set_.before_, cel::Value::Message(was));
  events_.Set(set_.after_, cel::Value::Message(after));
  events_.Set(set_.event_, cel::Value::Message(event));
  events_.Set(set_.clock_, cel::Value());
  const int32_t today = DayOf(event.time());
  const std::bitset<kTicketFieldsMax> changed = ChangedFields(before, after);
  for (const int place : wanted) {
    const Measure& measure = set_.measures()[place];
    switch (measure.rule->basis()) {
      case v1::MEASURE_BASIS_EVENT:
        if (!measure.on[static_cast<size_t>(event.fact_case())]) continue;
        AddStanding(place, Judge(measure, events_, after), 1, today, today, record_day, deltas);
        continue;
      case v1::MEASURE_BASIS_SPAN:
        AddSpan(place, was, event, record_day, deltas);
        continue;
      case v1::MEASURE_BASIS_DUE:
        if (event.clock_changes_size() > 0) AddClocks(place, was, event, after, record_day, deltas);
        continue;
      default:
        if ((measure.reads & changed).none()) continue;
        AddState(place, before, after, today, record_day, deltas);
    }
  }
}

// The days are collected alone, since most events of a commit share their day.
void MeasureCells::Add(absl::Span<const MeasureDelta> deltas) {
  for (const MeasureDelta& delta : deltas) {
    place_.measure = delta.measure;
    place_.split = delta.split;
    place_.granularity = Granularity::kDay;
    place_.period = delta.day;
    place_.value = delta.value;
    CellOf(place_).AddKey(delta.entry.Pack(), delta.amount);
  }
}

Cell& MeasureCells::CellOf(const Place& place) {
  const auto [found, is_new] = ids_.try_emplace(place, static_cast<uint32_t>(cells_.size()));
  if (is_new) cells_.emplace_back(place, Cell());
  return cells_[found->second].second;
}

std::vector<std::pair<MeasureCells::Place, Cell>> MeasureCells::Take() {
  for (size_t i = 0, days = cells_.size(); i < days; ++i) {
    Place month = cells_[i].first;
    month.granularity = Granularity::kMonth;
    month.period = MonthOf(month.period);
    Cell& cell = CellOf(month);
    cell.Merge(cells_[i].second);
  }
  std::vector<std::pair<Place, Cell>> taken = std::move(cells_);
  cells_.clear();
  ids_.clear();
  std::erase_if(taken, [](const auto& entry) { return entry.second.empty(); });
  std::sort(taken.begin(), taken.end(),
            [](const auto& one, const auto& other) { return one.first < other.first; });
  return taken;
}

}  // namespace redress::engine
