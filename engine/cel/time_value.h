// Timestamps and durations as text and as numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/cel/value.h"

namespace redress::cel {

inline constexpr int64_t kNanosPerSecond = 1'000'000'000;

// From 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z.
bool IsValid(Instant instant);

// RFC 3339, such as 2026-03-01T09:30:00.5+08:00. Nothing: malformed or out of range.
std::optional<Instant> ParseInstant(absl::string_view text);
std::string FormatInstant(Instant instant);

// "1h30m", "-1.5s", "100ms": numbers with units h, m, s, ms, us, ns. In nanoseconds. Nothing:
// malformed or beyond the range of 64 bits, about 292 years.
std::optional<int64_t> ParseDuration(absl::string_view text);
// In seconds, as "5400s" or "0.25s".
std::string FormatDuration(int64_t nanos);

// The instant `nanos` later. Nothing: out of range.
std::optional<Instant> Add(Instant instant, int64_t nanos);
// left - right. Nothing: out of range.
std::optional<int64_t> Subtract(Instant left, Instant right);

// The shortest text that reads back as the same number; NaN, Infinity, -Infinity.
std::string FormatDouble(double value);

}  // namespace redress::cel
