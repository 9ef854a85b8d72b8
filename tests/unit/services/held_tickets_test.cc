// held_tickets.h: a ticket is the same whether it was held as a message or serialized.
#include "services/held_tickets.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"

namespace redress::services {
namespace {

constexpr uint64_t kTickets = 3 * kWarmTicketsMax;

std::string NameOf(uint64_t id) { return absl::StrCat("desk-", id); }

void AddAll(HeldTickets& held) {
  for (uint64_t id = 1; id <= kTickets; ++id)
    held.Add(id, {.ticket = NameOf(id), .version = id}).set_department(NameOf(id));
}

TEST(HeldTickets, AreAsTheyWereLeftHoweverManyCameBetween) {
  HeldTickets held;
  AddAll(held);
  EXPECT_EQ(held.size(), kTickets);
  for (const uint64_t id : {uint64_t{1}, kTickets, kWarmTicketsMax, uint64_t{1}}) {
    v1::Ticket* const ticket = held.Find(id);
    ASSERT_NE(ticket, nullptr);
    EXPECT_EQ(ticket->department(), NameOf(id));
    EXPECT_EQ(held.StoredOf(id).version, id);
  }
  held.Find(7)->set_version(70);
  for (uint64_t id = 8; id <= kTickets; ++id) held.Find(id);
  EXPECT_EQ(held.Find(7)->version(), 70u);
  EXPECT_EQ(held.Find(0), nullptr);
}

TEST(HeldTickets, CanBeErasedAndHeldAgain) {
  HeldTickets held;
  AddAll(held);
  held.Erase(1);         // serialized
  held.Erase(kTickets);  // a message
  EXPECT_EQ(held.Find(1), nullptr);
  EXPECT_EQ(held.Find(kTickets), nullptr);
  EXPECT_EQ(held.size(), kTickets - 2);
  EXPECT_EQ(held.Add(kTickets, {}).department(), "") << "nothing is left of the one before";
  for (uint64_t id = 2; id < kTickets; ++id) EXPECT_EQ(held.Find(id)->department(), NameOf(id));
  EXPECT_EQ(held.Find(kTickets)->department(), "");
}

TEST(HeldTickets, AreAllTakenInTheEnd) {
  HeldTickets held;
  AddAll(held);
  std::map<uint64_t, std::string> taken;
  held.TakeAll([&](uint64_t id, const v1::Ticket& ticket, const HeldTickets::Stored& stored) {
    EXPECT_EQ(stored.ticket, ticket.department());
    taken[id] = ticket.department();
  });
  EXPECT_EQ(taken.size(), kTickets);
  EXPECT_EQ(taken[1], NameOf(1));
  EXPECT_EQ(held.size(), 0u);
  EXPECT_EQ(held.Find(1), nullptr);
}

}  // namespace
}  // namespace redress::services
