// Due instants against an oracle that walks second by second.
//
// The oracle knows neither tables nor rules of zones: it looks up what the wall shows at every
// minute, marks each second as open or not, and counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/time/due.h"
#include "tests/unit/time/working_hours.h"

namespace redress::engine {
namespace {

constexpr uint64_t kSeed = 20261122;
constexpr int kSettings = 100;             // a zone and a stretch of time
constexpr int kCalendarsPerSetting = 20;
constexpr int kDrawsPerCalendar = 52;      // a start, a budget and pauses
constexpr int kDays = 21;                  // of a setting, with kMargin more on both sides
constexpr int kMargin = 3;
constexpr int64_t kMinute = 60;

constexpr const char* kZones[] = {
    "UTC",           "Asia/Shanghai",       "Asia/Kolkata",     "America/New_York",
    "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "America/St_Johns",
    "Africa/Cairo",  "Africa/Casablanca",   "Pacific/Chatham",  "Pacific/Apia",
    "Asia/Gaza",     "Antarctica/Troll",    "Asia/Tehran",      "America/Havana"};

using Random = std::mt19937_64;

int Draw(Random& random, int from, int to) {
  return std::uniform_int_distribution<int>(from, to)(random);
}

// What the wall of a zone shows at every minute of some weeks.
class Wall {
 public:
  Wall(const std::string& name, absl::CivilDay first) : first_(first) {
    absl::TimeZone zone;
    EXPECT_TRUE(absl::LoadTimeZone(name, &zone));
    start_ = absl::ToUnixSeconds(absl::FromCivil(first - kMargin, absl::UTCTimeZone()));
    const int minutes = (kDays + 2 * kMargin) * kMinutesPerDay;
    for (int i = 0; i < minutes; ++i) {
      const absl::CivilSecond shown = zone.At(absl::FromUnixSeconds(start_ + i * kMinute)).cs;
      shown_.push_back(static_cast<int>((shown - absl::CivilSecond(first)) / kMinute));
    }
  }

  absl::CivilDay first() const { return first_; }
  int64_t start() const { return start_; }
  size_t minutes() const { return shown_.size(); }

  // The first minute that shows `local` or later, and the one after the last that shows less. Both
  // begin to look so far away that no zone's offset matters.
  size_t First(int local) const {
    size_t i = static_cast<size_t>(std::max(0, local + (kMargin - 2) * kMinutesPerDay));
    while (i < shown_.size() && shown_[i] < local) ++i;
    return i;
  }
  size_t Last(int local) const {
    size_t i = std::min(shown_.size(),
                        static_cast<size_t>(local + (kMargin + 2) * kMinutesPerDay));
    while (i > 0 && shown_[i - 1] >= local) --i;
    return i;
  }

 private:
  absl::CivilDay first_;
  int64_t start_;
  std::vector<int> shown_;  // minutes after the midnight of first_
};

struct Seconds {
  int64_t start;
  std::vector<char> is_open;
};

Seconds Walk(const Wall& wall, const WorkingHours& hours) {
  const auto dated = [&](absl::CivilDay day) {
    return std::find_if(hours.dated.begin(), hours.dated.end(),
                        [day](const DatedDay& each) { return each.day == day; });
  };
  Seconds seconds{wall.start(), std::vector<char>(wall.minutes() * kMinute)};
  for (int i = -kMargin; i < kDays + kMargin; ++i) {
    const absl::CivilDay day = wall.first() + i;
    const auto own = dated(day);
    const std::vector<Hours>& open = own != hours.dated.end()
                                         ? own->hours
                                         : hours.week[static_cast<size_t>(absl::GetWeekday(day))];
    const bool ends_at_midnight = dated(day + 1) != hours.dated.end();
    for (const Hours& each : open) {
      const int end = ends_at_midnight ? std::min(each.end, kMinutesPerDay) : each.end;
      const size_t from = wall.First(i * kMinutesPerDay + each.start) * kMinute;
      const size_t to = wall.Last(i * kMinutesPerDay + end) * kMinute;
      for (size_t at = from; at < to; ++at) seconds.is_open[at] = 1;
    }
  }
  return seconds;
}

std::vector<Hours> DrawHours(Random& random) {
  std::vector<Hours> hours;
  for (int i = Draw(random, 0, 3); i > 0; --i) {
    const int start = Draw(random, 0, kMinutesPerDay - 1);
    const int longest = Draw(random, 0, 4) == 0 ? kHoursEndMax - start : kMinutesPerDay - start;
    hours.push_back({start, start + Draw(random, 1, longest)});
  }
  return hours;
}

WorkingHours DrawWorkingHours(Random& random, absl::CivilDay first) {
  WorkingHours hours;
  for (auto& day : hours.week) day = DrawHours(random);
  hours.week[static_cast<size_t>(Draw(random, 0, 6))] = {{9 * 60, 17 * 60}};
  for (int i = -kMargin; i < kDays + kMargin; ++i) {
    const int kind = Draw(random, 0, 9);
    if (kind == 0) hours.dated.push_back({first + i, {}});
    if (kind == 1) hours.dated.push_back({first + i, DrawHours(random)});
  }
  return hours;
}

struct Case {
  int64_t start;
  int64_t budget;
  std::vector<std::pair<int64_t, int64_t>> pauses;
};

Case DrawCase(Random& random, int64_t first) {
  Case drawn;
  drawn.start = first + Draw(random, 0, 7 * 86400);
  drawn.budget = Draw(random, 0, 19) == 0 ? Draw(random, 1, 4 * 86400) : Draw(random, 1, 12000);
  for (int i = Draw(random, 0, 4); i > 0; --i) {
    const int64_t start = drawn.start + Draw(random, -40000, 86400);
    drawn.pauses.emplace_back(start, start + Draw(random, 0, 30000));
  }
  return drawn;
}

// The due second, or -1 when it lies behind what was walked.
int64_t DueByWalking(const Seconds& seconds, const Case& drawn) {
  int64_t left = drawn.budget;
  for (auto at = static_cast<size_t>(drawn.start - seconds.start); at < seconds.is_open.size();
       ++at) {
    if (left == 0) return seconds.start + static_cast<int64_t>(at);
    if (!seconds.is_open[at]) continue;
    const int64_t now = seconds.start + static_cast<int64_t>(at);
    const bool is_paused =
        std::any_of(drawn.pauses.begin(), drawn.pauses.end(), [now](const auto& pause) {
          return pause.first <= now && now < pause.second;
        });
    if (!is_paused) --left;
  }
  return -1;
}

std::string Describe(const std::string& zone, const Case& drawn) {
  std::string text = absl::StrCat("seed ", kSeed, " zone ", zone, " start ", drawn.start,
                                  " budget ", drawn.budget);
  for (const auto& [from, to] : drawn.pauses) absl::StrAppend(&text, " pause ", from, "..", to);
  return text;
}

TEST(DueAgainstOracle, AHundredThousandDraws) {
  std::printf("seed %llu\n", static_cast<unsigned long long>(kSeed));
  Random random(kSeed);
  int compared = 0;
  for (int setting = 0; setting < kSettings; ++setting) {
    const std::string zone = kZones[static_cast<size_t>(setting) % std::size(kZones)];
    // Half of them where the offset changes.
    const std::vector<base::ZoneOffset> offsets = base::ReadZoneRules(zone)->offsets;
    const auto& change = offsets[static_cast<size_t>(Draw(random, 0, 1 << 20)) % offsets.size()];
    const absl::CivilDay first =
        setting % 2 == 0 && change.from > 0
            ? absl::CivilDay(1970, 1, 1) + change.from / 86400 - Draw(random, 0, 10)
            : absl::CivilDay(Draw(random, 1971, 2098), Draw(random, 1, 12), Draw(random, 1, 28));
    const Wall wall(zone, first);
    for (int i = 0; i < kCalendarsPerSetting; ++i) {
      const WorkingHours hours = DrawWorkingHours(random, first);
      const Calendar calendar(hours, *base::ReadZoneRules(zone));
      const Seconds seconds = Walk(wall, hours);
      for (int j = 0; j < kDrawsPerCalendar; ++j) {
        const Case drawn = DrawCase(random, seconds.start + (kMargin + 1) * 86400);
        const int64_t expected = DueByWalking(seconds, drawn);
        if (expected < 0 || expected >= seconds.start + (kDays + kMargin - 2) * 86400) continue;
        std::vector<TimeSpan> pauses;
        for (const auto& [from, to] : drawn.pauses)
          pauses.push_back({absl::FromUnixSeconds(from), absl::FromUnixSeconds(to)});
        const absl::Time start = absl::FromUnixSeconds(drawn.start);
        const absl::Duration budget = absl::Seconds(drawn.budget);
        const absl::Time due = Due(start, budget, calendar, pauses);
        ASSERT_EQ(absl::ToUnixSeconds(due), expected) << Describe(zone, drawn);
        ASSERT_EQ(Elapsed(start, due, calendar, pauses), budget) << Describe(zone, drawn);
        ++compared;
      }
    }
  }
  std::printf("%d due instants compared\n", compared);
  EXPECT_GE(compared, 100'000);
}

}  // namespace
}  // namespace redress::engine
