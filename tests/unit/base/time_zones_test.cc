#include "base/time_zones.h"

#include <gtest/gtest.h>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace redress::base {
namespace {

TEST(ReadZoneRules, KnowsNamesOfTheZoneDatabaseOnly) {
  for (const char* name : {"UTC", "Asia/Shanghai", "America/Argentina/Buenos_Aires", "Etc/GMT+5"})
    EXPECT_TRUE(ReadZoneRules(name).has_value()) << name;
  for (const char* name : {"", "Mars/Olympus", "localtime", "/etc/localtime", "../zoneinfo/UTC",
                           ":UTC", "Fixed/UTC+01:00:00", "file:UTC", "Europe/"})
    EXPECT_FALSE(ReadZoneRules(name).has_value()) << name;
}

TEST(ReadZoneRules, SaysWhichReleaseItRead) {
  EXPECT_EQ(ReadZoneRules("UTC")->version, ReadZoneRules("Europe/Berlin")->version);
  EXPECT_FALSE(ReadZoneRules("UTC")->version.empty());
}

TEST(ReadZoneRules, AZoneWithoutChangesHasOneOffset) {
  const ZoneRules rules = *ReadZoneRules("Asia/Kolkata");
  ASSERT_EQ(rules.offsets.size(), 1);
  EXPECT_EQ(rules.offsets[0].offset, 5 * 3600 + 1800);
}

TEST(ReadZoneRules, AgreesWithTheLibraryEveryHour) {
  for (const char* name : {"America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
                           "Africa/Casablanca", "America/Santiago", "Antarctica/Troll"}) {
    absl::TimeZone zone;
    ASSERT_TRUE(absl::LoadTimeZone(name, &zone));
    const ZoneRules rules = *ReadZoneRules(name);
    const absl::Time end = absl::FromCivil(absl::CivilYear(kZoneYearMax + 1), absl::UTCTimeZone());
    size_t i = 0;
    for (absl::Time at = absl::UnixEpoch(); at < end; at += absl::Hours(1)) {
      while (i + 1 < rules.offsets.size() && rules.offsets[i + 1].from <= absl::ToUnixSeconds(at))
        ++i;
      ASSERT_EQ(rules.offsets[i].offset, zone.At(at).offset) << name << " at " << at;
    }
  }
}

}  // namespace
}  // namespace redress::base
