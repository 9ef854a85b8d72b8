// compiled_playbooks.cc: playbooks by the hash of what they are compiled from.
#include "services/compiled_playbooks.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/playbook_store.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

using services::CompiledPlaybooks;
using services::LedgerView;
using services::PlaybookStore;

// A playbook with a calendar, as it would be published.
v1::PlaybookPublished Published() {
  v1::PlaybookPublished event;
  event.set_source(absl::StrCat(
      ShopSource(), "calendars:\n  hq: {zone: Asia/Shanghai, week: {mon: [09:00-17:00]}}\n"));
  *event.mutable_zones() = engine::CompilePlaybook(event.source()).playbook->zones();
  return event;
}

TEST(CompiledPlaybooks, CompileAnEventOnce) {
  CompiledPlaybooks compiled;
  const auto first = compiled.Of(Published());
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(compiled.Of(Published()), first);
}

TEST(CompiledPlaybooks, KnowWhatWasCompiledElsewhere) {
  CompiledPlaybooks compiled;
  const std::shared_ptr<const engine::Playbook> candidate =
      engine::CompilePlaybook(Published().source()).playbook;
  compiled.Keep(candidate);
  EXPECT_EQ(compiled.Of(Published()), candidate);
}

TEST(CompiledPlaybooks, BelieveNoHashThatAnEventNames) {
  CompiledPlaybooks compiled;
  const auto shop = compiled.Of(Published());
  v1::PlaybookPublished forged;
  forged.set_source(ShopSource());
  forged.set_playbook_hash(shop->hash());
  EXPECT_NE(compiled.Of(forged), shop);
}

TEST(CompiledPlaybooks, TakeOtherRulesOfAZoneForAnotherPlaybook) {
  CompiledPlaybooks compiled;
  const auto today = compiled.Of(Published());
  v1::PlaybookPublished older = Published();
  older.mutable_zones(0)->mutable_offsets(0)->set_offset_seconds(3600);
  const auto before = compiled.Of(older);
  ASSERT_NE(before, nullptr);
  EXPECT_NE(before->hash(), today->hash());
}

TEST(CompiledPlaybooks, AreSharedByTheStoresOfARestart) {
  Office office;
  office.Must(Owner("olga"), Publish(ShopSource()));
  const LedgerView view(office.kv());
  const auto compiled = std::make_shared<CompiledPlaybooks>();
  const auto before = PlaybookStore(compiled).Live(view.reader(), Office::kTenant);
  const auto after = PlaybookStore(compiled).Live(view.reader(), Office::kTenant);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_EQ(after->playbook, before->playbook);
}

}  // namespace
}  // namespace redress::test
