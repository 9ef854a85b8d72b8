// The whole days that an iCalendar file marks, as a company's list of holidays does.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace redress::ics {

inline constexpr size_t kIcsBytesMax = 4 << 20;
// What one event that is repeated may come to within the years that are asked for.
inline constexpr int kRepeatsMax = 10'000;
inline constexpr size_t kDaysMax = 50'000;

struct MarkedDay {
  absl::CivilDay day;
  // The event's summary, on one line; may be empty.
  std::string name;

  bool operator==(const MarkedDay&) const = default;
};

// The days from `first` to `last` that events cover, in rising order, each once. Repeated events
// count as often as they come, without what they except and with what was moved; cancelled ones do
// not count. Fails with InvalidArgument for what is no iCalendar file, for an event with a time of
// day, which closes no whole day, and for more than the limits above.
absl::StatusOr<std::vector<MarkedDay>> ReadMarkedDays(const std::string& content,
                                                      absl::CivilDay first, absl::CivilDay last);

}  // namespace redress::ics
