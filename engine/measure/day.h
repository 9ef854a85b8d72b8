// UTC days and months as the numbers by which figures are kept.
//
// A day is the count of days since 1970-01-01, a month is year * 12 + month - 1. Facts from before
// 1970 count on its first day: no figure is older, so every sum has a first period to start from.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace redress::engine {

inline constexpr int64_t kSecondsPerDay = 86400;
inline constexpr int32_t kDayFirst = 0;
// 9999-12-31, the last day that a Timestamp can name.
inline constexpr int32_t kDayLast = 2932896;
inline constexpr int32_t kMonthFirst = 1970 * 12;

// The day of an instant.
int32_t DayOf(const google::protobuf::Timestamp& time);

// Whole seconds from `start` to `end`; 0 if `end` is earlier, as told history may have it.
int64_t SecondsBetween(const google::protobuf::Timestamp& start,
                       const google::protobuf::Timestamp& end);

// The month that holds a day. REQUIRES: kDayFirst <= day <= kDayLast + 1.
int32_t MonthOf(int32_t day);

// The first day of a month. REQUIRES: kMonthFirst <= month.
int32_t FirstDayOf(int32_t month);

// The day written as "2026-11-01". Nothing else is taken: no spaces, no missing zeros, no day that
// the calendar does not have, none before 1970.
std::optional<int32_t> ParseDay(absl::string_view text);

// The inverse of ParseDay. REQUIRES: kDayFirst <= day <= kDayLast + 1.
std::string FormatDay(int32_t day);

}  // namespace redress::engine
