// playbook_store.cc: compiled playbooks, by tenant and version.
#include "services/playbook_store.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "storage/tables.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

using services::LedgerView;
using services::PlaybookStore;

TEST(PlaybookStore, HasNoneForATenantThatPublishedNone) {
  Office office(Office::Playbooks::kNone);
  const LedgerView view(office.kv());
  PlaybookStore store;
  const auto live = store.Live(view.reader(), "acme");
  ASSERT_TRUE(live.ok());
  EXPECT_EQ(live->playbook, nullptr);
  EXPECT_EQ(live->version, 0u);
}

TEST(PlaybookStore, CompilesTheNewestFromTheLedgerAfterARestart) {
  Office office;
  office.Must(Owner("olga"), Publish(ShopSource()));
  const LedgerView view(office.kv());
  PlaybookStore store;
  const auto live = store.Live(view.reader(), Office::kTenant);
  ASSERT_TRUE(live.ok());
  EXPECT_EQ(live->version, 2u);
  EXPECT_EQ(live->playbook->hash(), Shop()->hash());
}

TEST(PlaybookStore, CompilesCalendarsWithTheZonesThatWerePublished) {
  Office office;
  const std::string source = absl::StrCat(
      ShopSource(), "calendars:\n  hq: {zone: Asia/Shanghai, week: {mon: [09:00-17:00]}}\n");
  office.Must(Owner("olga"), Publish(source));
  const LedgerView view(office.kv());
  const auto recorded = services::ReadPlaybookEvent(view.reader(), Office::kTenant, 2);
  ASSERT_TRUE(recorded.ok() && recorded->has_value());
  const v1::PlaybookPublished& event = (*recorded)->event.playbook_published();
  ASSERT_EQ(event.zones_size(), 1);
  EXPECT_EQ(event.zones(0).name(), "Asia/Shanghai");
  PlaybookStore store;
  EXPECT_EQ(store.Live(view.reader(), Office::kTenant)->playbook->hash(), event.playbook_hash());
}

TEST(PlaybookStore, FindsEveryVersionAndNoOther) {
  Office office;
  office.Must(Owner("olga"), Publish(ShopSource()));
  const LedgerView view(office.kv());
  PlaybookStore store;
  EXPECT_EQ(store.Find(view.reader(), Office::kTenant, 1)->version, 1u);
  EXPECT_EQ(store.Find(view.reader(), Office::kTenant, 2)->version, 2u);
  EXPECT_EQ(store.Find(view.reader(), Office::kTenant, 3)->playbook, nullptr);
}

TEST(PlaybookStore, FindsAVersionByItsHash) {
  Office office;
  const LedgerView view(office.kv());
  PlaybookStore store;
  const auto found = store.FindByHash(view.reader(), Office::kTenant, Shop()->hash());
  ASSERT_TRUE(found.ok() && *found != nullptr);
  EXPECT_EQ((*found)->hash(), Shop()->hash());
  EXPECT_EQ(*store.FindByHash(view.reader(), Office::kTenant, "no hash"), nullptr);
}

TEST(PlaybookStore, KeepsNothingOfACommitThatWasLost) {
  Office office;
  PlaybookStore store;
  {
    const auto writer = storage::LedgerWriter::Begin(office.kv(), 0);
    ASSERT_TRUE(writer.ok());
    v1::Event event;
    event.mutable_playbook_published()->set_version(2);
    event.mutable_playbook_published()->set_source(absl::StrCat(ShopSource(), "# lost\n"));
    const auto receipt = (*writer)->Append(Office::kTenant, event);
    ASSERT_TRUE(receipt.ok());
    (*writer)->PutConfiguration(Office::kTenant, event, receipt->position());
    ASSERT_TRUE(store.FindByHash((*writer)->reader(), Office::kTenant, Shop()->hash()).ok());
  }
  const std::string source = absl::StrCat(ShopSource(), "# kept\n");
  office.Must(Owner("olga"), Publish(source));
  const std::string hash = engine::CompilePlaybook(source).playbook->hash();
  const LedgerView view(office.kv());
  EXPECT_EQ(store.Live(view.reader(), Office::kTenant)->playbook->hash(), hash);
  EXPECT_EQ(store.Find(view.reader(), Office::kTenant, 2)->playbook->hash(), hash);
}

TEST(PlaybookStore, GivesTheOldOneToWhoeverHoldsIt) {
  Office office;
  const LedgerView view(office.kv());
  PlaybookStore store;
  const auto before = store.Live(view.reader(), Office::kTenant);
  store.SetLive(Office::kTenant, {2, Shop()});
  EXPECT_EQ(before->version, 1u);
  EXPECT_EQ(store.Live(view.reader(), Office::kTenant)->version, 2u);
}

TEST(PlaybookStore, KeepsTheLiveOneWhenItDropsTheRest) {
  PlaybookStore store;
  Office office;
  const LedgerView view(office.kv());
  for (uint32_t version = 1; version <= 2 * PlaybookStore::kKeptMax; ++version)
    store.SetLive(Office::kTenant, {version, Shop()});
  EXPECT_EQ(store.Live(view.reader(), Office::kTenant)->version, 2 * PlaybookStore::kKeptMax);
}

TEST(PlaybookStore, TellsOfAPositionThatNamesAnotherEvent) {
  Office office;
  office.Must(Submit(Complaint()));
  v1::Position elsewhere;
  elsewhere.set_commit(2);
  auto transaction = office.kv().Begin();
  transaction->Put(storage::PlaybookKey(Office::kTenant, 1), elsewhere.SerializeAsString());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  const LedgerView view(office.kv());
  PlaybookStore store;
  EXPECT_EQ(store.Live(view.reader(), Office::kTenant).status().message(),
            "a playbook's position names another event");
}

}  // namespace
}  // namespace redress::test
