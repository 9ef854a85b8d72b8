// routing.cc: keys by which issues join. How routes are found is tested with the rules.
#include "engine/ticket/routing.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/support/engine/orders.h"
#include "tests/support/engine/shop.h"

namespace redress::test {
namespace {

void AddLabel(v1::Issue& issue, const char* name, std::string value) {
  v1::Attribute& label = *issue.mutable_alert()->add_labels();
  label.set_name(name);
  label.set_value(std::move(value));
}

TEST(IssueKey, IsTheSendersOwn) {
  EXPECT_EQ(engine::IssueKey(Keyed(Complaint(), "order 1")), "order 1");
  EXPECT_EQ(engine::IssueKey(Keyed(AlertOf("disk full"), "mine")), "mine");
}

TEST(IssueKey, IsEmptyForWhoeverGivesNone) { EXPECT_EQ(engine::IssueKey(Complaint()), ""); }

TEST(IssueKey, OfAnAlertIsItsSourceNameAndLabelsInTheOrderOfNames) {
  v1::Issue one = AlertOf("disk full");
  AddLabel(one, "area", "eu");
  EXPECT_EQ(engine::IssueKey(one), "alert:monitor/disk full,area=eu,host=db1");
  v1::Issue other = AlertOf("disk full");
  AddLabel(other, "area", "eu");
  other.mutable_alert()->mutable_labels()->SwapElements(0, 1);
  EXPECT_EQ(engine::IssueKey(other), engine::IssueKey(one));
}

TEST(IssueKey, OfAnAlertWithMuchToSayIsAHash) {
  v1::Issue one = AlertOf("disk full");
  AddLabel(one, "text", std::string(512, 'x'));
  v1::Issue other = AlertOf("disk full");
  AddLabel(other, "text", std::string(512, 'y'));
  EXPECT_LE(engine::IssueKey(one).size(), 128u);
  EXPECT_TRUE(absl::StartsWith(engine::IssueKey(one), "alert:"));
  EXPECT_NE(engine::IssueKey(one), engine::IssueKey(other));
}

TEST(CatchAllDepartment, IsThatOfTheLastRow) {
  EXPECT_EQ(engine::CatchAllDepartment(*Shop()), "desk");
}

}  // namespace
}  // namespace redress::test
