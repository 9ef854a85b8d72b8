// fair_queue.h: shares of the room, and turns.
#include "services/fair_queue.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace redress::services {
namespace {

using Queue = FairQueue<std::string>;

// Pushes until the client is refused; how many were taken.
size_t Fill(Queue& queue, absl::string_view tenant, absl::string_view client, size_t bytes = 0) {
  size_t count = 0;
  while (queue.Push(tenant, client, bytes, absl::StrCat(tenant, client))) ++count;
  return count;
}

std::string Take(Queue& queue, size_t count) { return absl::StrJoin(queue.Take(count), " "); }

TEST(FairQueue, IsOneLineAsLongAsAllIsTakenAtOnce) {
  Queue queue(100);
  for (const char* one : {"a1", "b1", "a2", "c1", "a3"})
    ASSERT_TRUE(queue.Push(absl::string_view(one, 1), "x", 0, one));
  EXPECT_EQ(queue.size(), 5u);
  EXPECT_EQ(Take(queue, 5), "a1 b1 a2 c1 a3");
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(Take(queue, 5), "");
}

TEST(FairQueue, TakesTenantsInTurnWhenMoreWaits) {
  Queue queue(100);
  for (const char* one : {"a1", "a2", "a3", "a4", "b1", "b2", "c1"})
    ASSERT_TRUE(queue.Push(absl::string_view(one, 1), "x", 0, one));
  EXPECT_EQ(Take(queue, 3), "a1 b1 c1");
  EXPECT_EQ(Take(queue, 3), "a2 a3 b2");
  EXPECT_EQ(Take(queue, 3), "a4");
}

TEST(FairQueue, TakesTheClientsOfATenantInTurn) {
  Queue queue(100);
  for (const char* one : {"x1", "x2", "x3", "y1"})
    ASSERT_TRUE(queue.Push("a", absl::string_view(one, 1), 0, one));
  ASSERT_TRUE(queue.Push("b", "z", 0, "z1"));
  EXPECT_EQ(Take(queue, 3), "x1 y1 z1");
}

TEST(FairQueue, LeavesRoomForOthersHoweverMuchOneSends) {
  Queue queue(900);
  EXPECT_EQ(Fill(queue, "a", "x"), 300u);
  EXPECT_EQ(Fill(queue, "a", "y"), 100u) << "another client of the tenant";
  EXPECT_EQ(Fill(queue, "b", "z"), 167u) << "another tenant";
  EXPECT_GT(Fill(queue, "c", "w"), 75u);
  EXPECT_EQ(Fill(queue, "a", "x"), 0u);
}

TEST(FairQueue, LeavesRoomForAnotherTenantHoweverManyClientsOneHas) {
  Queue queue(1000);
  for (int i = 0; i < 500; ++i) Fill(queue, "a", absl::StrCat("client ", i));
  EXPECT_LE(queue.size(), 500u);
  EXPECT_GT(Fill(queue, "b", "z"), 150u);
}

TEST(FairQueue, CountsBytesToo) {
  Queue queue(300);
  EXPECT_EQ(Fill(queue, "a", "x", 9 * Queue::kSlotBytes), 10u);
  EXPECT_FALSE(queue.Push("b", "y", 1000 * Queue::kSlotBytes, "never"));
}

TEST(FairQueue, KeepsWhatItRefuses) {
  Queue queue(3);
  std::string kept = "kept";
  ASSERT_TRUE(queue.Push("a", "x", 0, "one"));
  ASSERT_FALSE(queue.Push("a", "x", 0, std::move(kept)));
  EXPECT_EQ(kept, "kept");
}

TEST(FairQueue, GivesRoomBackWhenThingsAreTaken) {
  Queue queue(30);
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(Fill(queue, "a", "x"), 10u);
    EXPECT_EQ(queue.Take(100).size(), 10u);
  }
}

}  // namespace
}  // namespace redress::services
