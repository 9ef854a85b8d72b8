// queue_hub.cc: whoever waits at a queue is told that it may have grown.
#include "services/queue_hub.h"

#include <gtest/gtest.h>

namespace redress::services {
namespace {

TEST(QueueHub, TellsThoseOfTheDepartmentAndTenantOnly) {
  QueueHub hub;
  int billing = 0, desk = 0, other = 0;
  hub.Subscribe("acme", "billing", [&] { ++billing; });
  hub.Subscribe("acme", "desk", [&] { ++desk; });
  hub.Subscribe("bolt", "billing", [&] { ++other; });
  hub.Notify({{"acme", "billing"}, {"acme", "billing"}, {"acme", "moon"}});
  EXPECT_EQ(billing, 1);
  EXPECT_EQ(desk, 0);
  EXPECT_EQ(other, 0);
}

TEST(QueueHub, TellsEverySubscriberUntilItLeaves) {
  QueueHub hub;
  int first = 0, second = 0;
  const uint64_t leaving = hub.Subscribe("acme", "desk", [&] { ++first; });
  hub.Subscribe("acme", "desk", [&] { ++second; });
  hub.Notify({{"acme", "desk"}});
  hub.Unsubscribe(leaving);
  hub.Unsubscribe(leaving);
  hub.Notify({{"acme", "desk"}});
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 2);
}

TEST(QueueHub, LetsACallbackLeave) {
  QueueHub hub;
  int told = 0;
  uint64_t self = 0;
  self = hub.Subscribe("acme", "desk", [&] {
    ++told;
    hub.Unsubscribe(self);
  });
  hub.Notify({{"acme", "desk"}});
  hub.Notify({{"acme", "desk"}});
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace redress::services
