#include "engine/measure/day.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace redress::engine {

namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);

// The number that digits[from, from + count) spell, or nullopt.
std::optional<int> ParseDigits(absl::string_view text, size_t from, size_t count) {
  int number = 0;
  for (const char digit : text.substr(from, count)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  return number;
}

}  // namespace

int32_t DayOf(const google::protobuf::Timestamp& time) {
  if (time.seconds() < 0) return kDayFirst;
  return static_cast<int32_t>(std::min<int64_t>(time.seconds() / kSecondsPerDay, kDayLast));
}

int64_t SecondsBetween(const google::protobuf::Timestamp& start,
                       const google::protobuf::Timestamp& end) {
  const int64_t seconds = end.seconds() - start.seconds() - (end.nanos() < start.nanos() ? 1 : 0);
  return std::max<int64_t>(seconds, 0);
}

int32_t MonthOf(int32_t day) {
  const absl::CivilMonth month(kEpoch + day);
  return static_cast<int32_t>(month.year()) * 12 + month.month() - 1;
}

int32_t FirstDayOf(int32_t month) {
  return static_cast<int32_t>(absl::CivilDay(month / 12, month % 12 + 1, 1) - kEpoch);
}

std::optional<int32_t> ParseDay(absl::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::optional<int> year = ParseDigits(text, 0, 4);
  const std::optional<int> month = ParseDigits(text, 5, 2);
  const std::optional<int> day = ParseDigits(text, 8, 2);
  if (!year || !month || !day || *year < 1970) return std::nullopt;
  const absl::CivilDay civil(*year, *month, *day);
  // Civil days that do not exist are moved to ones that do.
  if (civil.month() != *month || civil.day() != *day) return std::nullopt;
  return static_cast<int32_t>(civil - kEpoch);
}

std::string FormatDay(int32_t day) {
  const absl::CivilDay civil = kEpoch + day;
  return absl::StrFormat("%04d-%02d-%02d", civil.year(), civil.month(), civil.day());
}

}  // namespace redress::engine
