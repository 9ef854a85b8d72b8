// Durations and instants as people write and read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace redress::text {

// "90s", "15m", "1h30m", "2d 3h", "1w", "0": numbers with a unit each, largest unit first, each
// unit once, no sign. Nothing when it is not one, or beyond a hundred years.
std::optional<absl::Duration> ParseDuration(absl::string_view text);

// The two largest units, rounded down: "2d 3h", "1h 30m", "45s", "0s". Negative ones lead with "-".
std::string FormatDuration(int64_t seconds);
std::string FormatDuration(const google::protobuf::Duration& duration);

// "2026-11-01 09:30:05Z", in UTC, cut to seconds. Empty for an absent instant (0).
std::string FormatTime(const google::protobuf::Timestamp& time);

absl::Time ToTime(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp ToTimestamp(absl::Time time);
google::protobuf::Duration ToProtoDuration(absl::Duration duration);

// Groups of three: "1,234,567".
std::string FormatCount(int64_t count);

// "37.5%", or "-" when the whole is 0.
std::string FormatShare(int64_t part, int64_t whole);

}  // namespace redress::text
