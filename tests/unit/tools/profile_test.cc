#include "tools/history/profile.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace redress::history {
namespace {

constexpr char kMapping[] = "mapping: desk\ncase: id\norder: n\ntime: at\n";
constexpr char kLog[] =
    "id,n,at,team,step\n"
    "1,2,2026-11-01T09:00:00Z,B,look\n"
    "1,1,2026-11-01T08:00:00Z,A,open\n"
    "1,3,2026-11-01T10:00:00Z,A,close\n"
    "2,1,2026-11-01T08:00:00Z,A,open\n"
    "2,2,2026-11-01T08:00:00Z,A,close\n";

TEST(ProfileLog, CountsRowsCasesAndChangesInTheOrderOfTheRows) {
  const auto profiles = ProfileLog(*ParseMapping(kMapping), kLog, {"team", "team+step"});
  ASSERT_TRUE(profiles.ok()) << profiles.status();
  const ColumnProfile& team = (*profiles)[0];
  EXPECT_EQ(team.values.at("A").rows, 4);
  EXPECT_EQ(team.values.at("A").cases, 2);
  EXPECT_EQ(team.values.at("A").first, 2);
  EXPECT_EQ(team.values.at("A").last, 2);
  EXPECT_EQ(team.values.at("B").cases, 1);
  EXPECT_EQ(team.changes, 2);
  EXPECT_EQ(team.cases_changed, 1);
  EXPECT_EQ(team.returns, 1);
  EXPECT_EQ(team.moves.at("A -> B"), 1);
  EXPECT_EQ((*profiles)[1].values.at("A/open").rows, 2);
}

TEST(ProfileLog, RefusesAColumnThatIsNotThere) {
  EXPECT_EQ(ProfileLog(*ParseMapping(kMapping), kLog, {""}).status().message(),
            "a column to count needs a name");
  EXPECT_EQ(ProfileLog(*ParseMapping(kMapping), kLog, {"teem"}).status().message(),
            "the mapping names columns that the file does not have: \"teem\"; it has id, n, at, "
            "team, step");
}

}  // namespace
}  // namespace redress::history
