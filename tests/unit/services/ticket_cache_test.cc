// ticket_cache.cc: what is kept is what a reader would find.
#include "services/ticket_cache.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "services/backend.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

using services::LedgerView;
using services::TicketCache;

// The ticket as text; empty: there is none.
std::string Find(TicketCache& cache, Office& office, uint64_t id,
                 absl::string_view tenant = Office::kTenant) {
  const LedgerView view(office.kv());
  const absl::StatusOr<const v1::Ticket*> ticket = cache.Find(view.reader(), tenant, id);
  CHECK_OK(ticket.status());
  return *ticket == nullptr ? "" : (*ticket)->DebugString();
}

// The events of ticket 1 after a version, as they were decided. Only the last ticket is filled.
std::vector<engine::Step> StepsAfter(Office& office, uint32_t version) {
  std::vector<engine::Step> steps;
  for (const v1::Event& event : office.ReadLedger())
    if (event.ticket_id() == 1 && event.version() > version) steps.push_back({event, {}});
  steps.back().after = office.ReadTicket(1);
  return steps;
}

TEST(TicketCache, FindsWhatIsStoredAndKeepsIt) {
  Office office;
  office.Must(Submit(Complaint()));
  TicketCache cache;
  const std::string opened = Find(cache, office, 1);
  EXPECT_EQ(opened, office.ReadTicket(1).DebugString());
  office.Must(Note());
  EXPECT_EQ(Find(cache, office, 1), opened);
  cache.Clear();
  EXPECT_EQ(Find(cache, office, 1), office.ReadTicket(1).DebugString());
}

TEST(TicketCache, FindsATicketByItsNameAndNothingByAnother) {
  Office office;
  office.Must(Submit(Complaint()));
  TicketCache cache;
  const LedgerView view(office.kv());
  const std::string reference = office.ReadTicket(1).reference();
  for (const std::string& name : {std::string("1"), reference})
    EXPECT_EQ((*cache.FindNamed(view.reader(), Office::kTenant, name))->id(), 1u);
  for (const char* name : {"2", "no name"})
    EXPECT_EQ(*cache.FindNamed(view.reader(), Office::kTenant, name), nullptr);
}

TEST(TicketCache, KeepsTheTicketsOfTenantsApart) {
  Office office;
  office.Must(Submit(Complaint()));
  TicketCache cache;
  EXPECT_NE(Find(cache, office, 1), "");
  EXPECT_EQ(Find(cache, office, 1, Office::kOtherTenant), "");
}

TEST(TicketCache, AppliesWhatIsWrittenOfATicketThatItKeeps) {
  Office office;
  office.Must(Submit(Complaint()));
  TicketCache cache;
  Find(cache, office, 1);
  office.Must(Pull("desk")).Must(Note());
  std::vector<engine::Step> steps = StepsAfter(office, 1);
  cache.Apply(Office::kTenant, steps, steps.back().after);
  EXPECT_EQ(Find(cache, office, 1), office.ReadTicket(1).DebugString());
}

TEST(TicketCache, TakesNothingOfATicketThatItDoesNotKeep) {
  Office office;
  office.Must(Submit(Complaint()));
  TicketCache cache;
  std::vector<engine::Step> steps = StepsAfter(office, 0);
  cache.Apply(Office::kTenant, steps, steps.back().after);
  office.Must(Note());
  EXPECT_EQ(Find(cache, office, 1), office.ReadTicket(1).DebugString());
}

TEST(TicketCache, DropsAllOnceItKeepsTooMany) {
  Office office;
  for (size_t i = 0; i <= TicketCache::kKeptMax; ++i) office.Send(Submit(Complaint()));
  office.RunAll();
  TicketCache cache;
  for (size_t id = 1; id <= TicketCache::kKeptMax; ++id) Find(cache, office, id);
  const std::string opened = Find(cache, office, 1);
  office.Must(Note());
  cache.MakeRoom();
  EXPECT_EQ(Find(cache, office, 1), opened);
  Find(cache, office, TicketCache::kKeptMax + 1);
  cache.MakeRoom();
  EXPECT_EQ(Find(cache, office, 1), office.ReadTicket(1).DebugString());
}

}  // namespace
}  // namespace redress::test
