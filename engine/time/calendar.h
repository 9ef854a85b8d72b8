// Working hours: which instants are open, and how much open time lies between them.
//
// Pure: the same hours and zone rules always give the same instants. Instants are UTC; a calendar
// carries its own zone, and its dates and times of day are those of the wall clock there.
//
// The wall clock jumps where the zone's offset changes. A time of day that does not exist is the
// first instant after the gap. Of a time that comes twice, the first is meant where hours start and
// the second where they end, so that hours cover all of what is repeated.
//
// The weeks from 1970 to 2099 are laid out when the calendar is made. Before and after them every
// week is the plain one: no dated days, and the nearest offset of the zone.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/time_zones.h"
#include "engine/time/wall_clock.h"

namespace redress::engine {

inline constexpr int kMinutesPerDay = 24 * 60;
// Hours may last to the end of the next day.
inline constexpr int kHoursEndMax = 2 * kMinutesPerDay;
// 9999-12-31T23:59:59Z, the last instant that can be written down, in microseconds since 1970.
inline constexpr int64_t kEndOfTimeMicros = int64_t{253402300799} * 1000000;

// Open from one minute up to another, both counted from the day's midnight.
// REQUIRES: 0 <= start < end <= kHoursEndMax and start < kMinutesPerDay.
struct Hours {
  int start = 0;
  int end = 0;
};

// What holds on one date instead of the week's hours. A dated day says all about itself: hours that
// began on the day before end at its midnight.
struct DatedDay {
  absl::CivilDay day;
  std::vector<Hours> hours;  // empty: closed
};

struct WorkingHours {
  // From Monday to Sunday. REQUIRES: some hours.
  std::array<std::vector<Hours>, 7> week;
  // In rising order, each date once.
  std::vector<DatedDay> dated;
};

// A stretch of time, in microseconds since 1970, its end not in it.
struct MicrosSpan {
  int64_t start = 0;
  int64_t end = 0;

  bool operator==(const MicrosSpan&) const = default;
};

class Calendar {
 public:
  Calendar(const WorkingHours& hours, base::ZoneRules zone);

  // The calendar whose every instant is open, for elapsed time.
  static const Calendar& Always();

  // The open time before an instant, counted from a fixed point of the calendar's own and negative
  // before that: from a to b, OpenBefore(b) - OpenBefore(a) is open. All in microseconds. Takes as
  // long for every instant. REQUIRES: years 1 to 9999.
  int64_t OpenBefore(int64_t at) const;

  // The first instant with so much open time before it; kEndOfTimeMicros when it would be later.
  int64_t WhenOpen(int64_t open) const;

  // The open stretch that holds `at`, or else the first one after it. Stretches end with the week
  // at the latest, so the next one may follow at once.
  MicrosSpan OpenSpanAt(int64_t at) const;

  // The date on the wall.
  absl::CivilDay DayOf(int64_t at) const;
  // Whether the date has hours of its own instead of the week's.
  bool IsDated(absl::CivilDay day) const;

 private:
  friend class CalendarLayout;

  // A stretch of open time within a week, in microseconds from the week's start.
  struct Piece {
    int64_t start;
    int64_t end;
    int64_t open_before;  // within the week

    auto operator<=>(const Piece&) const = default;
  };
  using Shape = std::vector<Piece>;

  struct Week {
    int64_t start;        // microseconds since 1970
    int64_t open_before;  // in the weeks from the table's first one on
    uint32_t shape;
  };

  // Makes the calendar whose every week has this shape.
  explicit Calendar(Shape plain);

  const Shape& PlainShape() const { return shapes_.front(); }
  int64_t PlainOpen() const;
  Week WeekAt(int64_t index) const;
  int64_t IndexOf(int64_t at) const;
  int64_t IndexOfOpen(int64_t open) const;

  std::vector<Week> weeks_;    // without gaps; the last is plain and stands for all after it
  std::vector<Shape> shapes_;  // the plain one first
  std::vector<absl::CivilDay> dated_;  // in rising order
  WallClock clock_;
};

}  // namespace redress::engine
