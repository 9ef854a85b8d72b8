#include "tools/text/duration_text.h"

#include <gtest/gtest.h>

#include "redress/v1/types.pb.h"
#include "tools/text/enum_text.h"

namespace redress::text {
namespace {

TEST(ParseDuration, TakesUnitsFromLargeToSmall) {
  EXPECT_EQ(ParseDuration("90s"), absl::Seconds(90));
  EXPECT_EQ(ParseDuration("15m"), absl::Minutes(15));
  EXPECT_EQ(ParseDuration("1h30m"), absl::Minutes(90));
  EXPECT_EQ(ParseDuration("2d 3h"), absl::Hours(51));
  EXPECT_EQ(ParseDuration("1W"), absl::Hours(168));
  EXPECT_EQ(ParseDuration(" 0 "), absl::ZeroDuration());
}

TEST(ParseDuration, RefusesWhatIsNotOne) {
  for (const char* text :
       {"", "15", "m", "-5m", "1.5h", "5m5m", "5s1m", "5x", "1h m", "99999999999999h", "200000w"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

TEST(FormatDuration, ShowsTheTwoLargestUnits) {
  EXPECT_EQ(FormatDuration(0), "0s");
  EXPECT_EQ(FormatDuration(59), "59s");
  EXPECT_EQ(FormatDuration(60), "1m");
  EXPECT_EQ(FormatDuration(61), "1m 1s");
  EXPECT_EQ(FormatDuration(3 * 3600 + 59), "3h");
  EXPECT_EQ(FormatDuration(2 * 86400 + 3 * 3600 + 1800), "2d 3h");
  EXPECT_EQ(FormatDuration(40 * 86400), "40d");
  EXPECT_EQ(FormatDuration(-90), "-1m 30s");
}

TEST(FormatTime, IsInUtcAndEmptyWhenAbsent) {
  google::protobuf::Timestamp time;
  EXPECT_EQ(FormatTime(time), "");
  time.set_seconds(1'793'525'405);
  EXPECT_EQ(FormatTime(time), "2026-11-01 09:30:05Z");
  EXPECT_EQ(ToTimestamp(ToTime(time)).seconds(), time.seconds());
}

TEST(FormatCount, GroupsDigits) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1000), "1,000");
  EXPECT_EQ(FormatCount(-1234567), "-1,234,567");
}

TEST(FormatShare, HasOneDecimalAndNoShareOfNothing) {
  EXPECT_EQ(FormatShare(3, 8), "37.5%");
  EXPECT_EQ(FormatShare(0, 0), "-");
}

TEST(EnumText, GoesByShortNames) {
  EXPECT_EQ(EnumText(v1::DEADLINE_KIND_FIRST_ANSWER), "first-answer");
  EXPECT_EQ(EnumText(v1::LEVEL_UNSPECIFIED), "");
  const auto& reasons = *v1::PauseReason_descriptor();
  EXPECT_EQ(FindByShortName(reasons, "Customer_Info")->number(), v1::PAUSE_REASON_CUSTOMER_INFO);
  EXPECT_EQ(FindByShortName(reasons, "PAUSE_REASON_LEGAL")->number(), v1::PAUSE_REASON_LEGAL);
  EXPECT_EQ(FindByShortName(reasons, ""), nullptr);
  EXPECT_EQ(FindByShortName(reasons, "unspecified"), nullptr);
  EXPECT_EQ(ShortNames(*v1::Level_descriptor()),
            (std::vector<std::string>{"relay", "analysis", "initiative"}));
}

}  // namespace
}  // namespace redress::text
