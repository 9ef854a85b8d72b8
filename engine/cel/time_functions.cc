// The parts of timestamps and durations. Without a time zone, in UTC. Months, days of the year and
// days of the month by getDayOfMonth count from 0, getDate from 1, and Sunday is 0.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "engine/cel/environment.h"
#include "engine/cel/time_value.h"

namespace redress::cel {
namespace {

using Arguments = absl::Span<const Value>;
using Part = int64_t (*)(const absl::CivilSecond& civil, Instant instant);

// Reads "+08:00", "-02:30" or "02:00".
std::optional<absl::TimeZone> FixedZone(absl::string_view name) {
  const bool negative = absl::StartsWith(name, "-");
  if (negative || absl::StartsWith(name, "+")) name.remove_prefix(1);
  const bool is_offset = name.size() == 5 && name[2] == ':' && absl::ascii_isdigit(name[0]) &&
                         absl::ascii_isdigit(name[1]) && absl::ascii_isdigit(name[3]) &&
                         absl::ascii_isdigit(name[4]);
  if (!is_offset) return std::nullopt;
  const int hours = (name[0] - '0') * 10 + (name[1] - '0');
  const int minutes = (name[3] - '0') * 10 + (name[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  const int seconds = hours * 3600 + minutes * 60;
  return absl::FixedTimeZone(negative ? -seconds : seconds);
}

// Only names of the zone database: the loader would also open files by path.
bool IsZoneName(absl::string_view name) {
  constexpr size_t kZoneNameBytesMax = 64;
  if (name.empty() || name.size() > kZoneNameBytesMax || !absl::ascii_isalpha(name[0]))
    return false;
  for (const char c : name) {
    if (!absl::ascii_isalnum(c) && !absl::StrContains("_+-/", c)) return false;
  }
  return true;
}

std::optional<absl::TimeZone> FindZone(absl::string_view name) {
  if (std::optional<absl::TimeZone> fixed = FixedZone(name)) return fixed;
  absl::TimeZone zone;
  if (!IsZoneName(name) || !absl::LoadTimeZone(std::string(name), &zone)) return std::nullopt;
  return zone;
}

std::string NoSuchZone(absl::string_view name) {
  return absl::StrCat("no time zone is named '", name.substr(0, 100), "'");
}

Value PartIn(const absl::TimeZone& zone, Instant instant, Part part) {
  const absl::Time time = absl::FromUnixSeconds(instant.seconds);
  return Value::Int(part(absl::ToCivilSecond(time, zone), instant));
}

template <Part kPart>
Value InUtc(CallContext&, Arguments a) {
  const Instant instant = a[0].AsTimestamp();
  return Value::Int(kPart(absl::CivilSecond(1970) + instant.seconds, instant));
}

template <Part kPart>
Value InZone(CallContext& context, Arguments a) {
  const std::optional<absl::TimeZone> zone = FindZone(a[1].AsString());
  if (!zone.has_value()) return context.Error(NoSuchZone(a[1].AsString()));
  return PartIn(*zone, a[0].AsTimestamp(), kPart);
}

// Looks a constant zone up once.
template <Part kPart>
Prepared ForZone(absl::Span<const Value* const> constants) {
  if (constants[1] == nullptr) return {};
  const std::optional<absl::TimeZone> zone = FindZone(constants[1]->AsString());
  if (!zone.has_value()) return {nullptr, NoSuchZone(constants[1]->AsString()), 1};
  return {
      [zone = *zone](CallContext&, Arguments a) { return PartIn(zone, a[0].AsTimestamp(), kPart); },
      ""};
}

using Civil = absl::CivilSecond;

int64_t Year(const Civil& civil, Instant) { return civil.year(); }
int64_t Month(const Civil& civil, Instant) { return civil.month() - 1; }
int64_t Date(const Civil& civil, Instant) { return civil.day(); }
int64_t DayOfMonth(const Civil& civil, Instant) { return civil.day() - 1; }
int64_t DayOfYear(const Civil& civil, Instant) { return absl::GetYearDay(civil) - 1; }
int64_t Hours(const Civil& civil, Instant) { return civil.hour(); }
int64_t Minutes(const Civil& civil, Instant) { return civil.minute(); }
int64_t Seconds(const Civil& civil, Instant) { return civil.second(); }
int64_t Milliseconds(const Civil&, Instant instant) { return instant.nanos / 1'000'000; }

int64_t DayOfWeek(const Civil& civil, Instant) {
  // absl counts from Monday.
  return (static_cast<int64_t>(absl::GetWeekday(civil)) + 1) % 7;
}

template <int64_t kNanos>
Value DurationIn(CallContext&, Arguments a) {
  return Value::Int(a[0].AsDuration() / kNanos);
}

Value DurationMilliseconds(CallContext&, Arguments a) {
  return Value::Int(a[0].AsDuration() % kNanosPerSecond / 1'000'000);
}

template <Part kPart>
void AddPart(Environment& environment, absl::string_view method, absl::string_view id) {
  const std::string signature = absl::StrCat("timestamp.", method, "() -> int");
  const std::string in_zone = absl::StrCat("timestamp.", method, "(string) -> int");
  const std::string in_zone_id = absl::StrCat(id, "_with_tz");
  environment.AddFunctions({
      {id, signature, InUtc<kPart>},
      {in_zone_id, in_zone, InZone<kPart>, Folding::kWhenConstant, ForZone<kPart>},
  });
}

}  // namespace

void AddTimeFunctions(Environment& environment) {
  AddPart<Year>(environment, "getFullYear", "timestamp_to_year");
  AddPart<Month>(environment, "getMonth", "timestamp_to_month");
  AddPart<Date>(environment, "getDate", "timestamp_to_day_of_month_1_based");
  AddPart<DayOfMonth>(environment, "getDayOfMonth", "timestamp_to_day_of_month");
  AddPart<DayOfWeek>(environment, "getDayOfWeek", "timestamp_to_day_of_week");
  AddPart<DayOfYear>(environment, "getDayOfYear", "timestamp_to_day_of_year");
  AddPart<Hours>(environment, "getHours", "timestamp_to_hours");
  AddPart<Minutes>(environment, "getMinutes", "timestamp_to_minutes");
  AddPart<Seconds>(environment, "getSeconds", "timestamp_to_seconds");
  AddPart<Milliseconds>(environment, "getMilliseconds", "timestamp_to_milliseconds");
  environment.AddFunctions({
      {"duration_to_hours", "duration.getHours() -> int", DurationIn<3600 * kNanosPerSecond>},
      {"duration_to_minutes", "duration.getMinutes() -> int", DurationIn<60 * kNanosPerSecond>},
      {"duration_to_seconds", "duration.getSeconds() -> int", DurationIn<kNanosPerSecond>},
      {"duration_to_milliseconds", "duration.getMilliseconds() -> int", DurationMilliseconds},
  });
}

}  // namespace redress::cel
