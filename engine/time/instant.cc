#include "engine/time/instant.h"

namespace redress::engine {
namespace {

// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the range of google.protobuf.Timestamp.
constexpr int64_t kTimestampSecondsMin = -62135596800;
constexpr int64_t kTimestampSecondsMax = 253402300799;
// Ten thousand years, the range of google.protobuf.Duration.
constexpr int64_t kDurationSecondsMax = 315576000000;
constexpr int32_t kNanosPerSecond = 1000000000;

}  // namespace

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) +
         absl::Microseconds(timestamp.nanos() / 1000);
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  int64_t seconds = micros / 1000000;
  int64_t rest = micros % 1000000;
  if (rest < 0) {
    seconds -= 1;
    rest += 1000000;
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(rest * 1000));
  return timestamp;
}

absl::Duration ToSpan(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

google::protobuf::Duration ToProtoDuration(absl::Duration span) {
  google::protobuf::Duration duration;
  duration.set_seconds(absl::IDivDuration(span, absl::Seconds(1), &span));
  duration.set_nanos(static_cast<int32_t>(span / absl::Nanoseconds(1)));
  return duration;
}

int64_t WholeSeconds(absl::Duration span) { return absl::ToInt64Seconds(span); }

bool IsValid(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() >= kTimestampSecondsMin &&
         timestamp.seconds() <= kTimestampSecondsMax && timestamp.nanos() >= 0 &&
         timestamp.nanos() < kNanosPerSecond;
}

bool IsValid(const google::protobuf::Duration& duration) {
  if (duration.seconds() > kDurationSecondsMax || duration.seconds() < -kDurationSecondsMax)
    return false;
  if (duration.nanos() >= kNanosPerSecond || duration.nanos() <= -kNanosPerSecond) return false;
  const bool mixed = (duration.seconds() > 0 && duration.nanos() < 0) ||
                     (duration.seconds() < 0 && duration.nanos() > 0);
  return !mixed;
}

}  // namespace redress::engine
