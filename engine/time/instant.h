// Instants and spans between their wire form and absl's.
//
// Instants are UTC at microseconds: finer parts are cut off where time is stamped, so that what is
// stored is what was compared. REQUIRES of all: values within years 1 to 9999.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include "absl/time/time.h"

namespace redress::engine {

absl::Time ToTime(const google::protobuf::Timestamp& timestamp);
google::protobuf::Timestamp ToTimestamp(absl::Time time);

absl::Duration ToSpan(const google::protobuf::Duration& duration);
google::protobuf::Duration ToProtoDuration(absl::Duration span);

// Whole seconds, cut towards zero.
int64_t WholeSeconds(absl::Duration span);

// Whether a timestamp from outside is one that the functions above accept.
bool IsValid(const google::protobuf::Timestamp& timestamp);
// Whether a duration from outside is well formed: nanos in range and of the same sign.
bool IsValid(const google::protobuf::Duration& duration);

}  // namespace redress::engine
