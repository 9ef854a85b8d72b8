// queue_hub.cc: whoever waits at a queue is told that it may have grown.
#include "services/queue_hub.h"

#include <gtest/gtest.h>

namespace redress::services {
namespace {

using Wants = QueueHub::Wants;

TEST(QueueHub, TellsThoseOfTheDepartmentAndTenantOnly) {
  QueueHub hub;
  int billing = 0, desk = 0, other = 0;
  hub.Subscribe("acme", "billing", Wants::kWork, [&] { ++billing; });
  hub.Subscribe("acme", "desk", Wants::kWork, [&] { ++desk; });
  hub.Subscribe("bolt", "billing", Wants::kWork, [&] { ++other; });
  hub.Notify({{"acme", "billing", true}, {"acme", "billing", true}, {"acme", "moon", true}});
  EXPECT_EQ(billing, 1);
  EXPECT_EQ(desk, 0);
  EXPECT_EQ(other, 0);
}

TEST(QueueHub, TellsEverySubscriberUntilItLeaves) {
  QueueHub hub;
  int first = 0, second = 0;
  const uint64_t leaving = hub.Subscribe("acme", "desk", Wants::kWork, [&] { ++first; });
  hub.Subscribe("acme", "desk", Wants::kWork, [&] { ++second; });
  hub.Notify({{"acme", "desk", true}});
  hub.Unsubscribe(leaving);
  hub.Unsubscribe(leaving);
  hub.Notify({{"acme", "desk", true}});
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 2);
}

TEST(QueueHub, TellsOfAShorterQueueThoseWhoWantEveryChange) {
  QueueHub hub;
  int work = 0, change = 0;
  hub.Subscribe("acme", "desk", Wants::kWork, [&] { ++work; });
  hub.Subscribe("acme", "desk", Wants::kChange, [&] { ++change; });
  hub.Notify({{"acme", "desk", false}});
  EXPECT_EQ(work, 0);
  EXPECT_EQ(change, 1);
  hub.Notify({{"acme", "desk", true}});
  EXPECT_EQ(work, 1);
  EXPECT_EQ(change, 2);
}

TEST(QueueHub, LetsACallbackLeave) {
  QueueHub hub;
  int told = 0;
  uint64_t self = 0;
  self = hub.Subscribe("acme", "desk", Wants::kWork, [&] {
    ++told;
    hub.Unsubscribe(self);
  });
  hub.Notify({{"acme", "desk", true}});
  hub.Notify({{"acme", "desk", true}});
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace redress::services
