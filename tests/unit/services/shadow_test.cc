#include "services/shadow.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/engine/inspections.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

using services::ShadowFollower;

// Sends what was charged twice to operations.
std::string CandidateSource() {
  return absl::StrReplaceAll(ShopSource(), {{"level: ANALYSIS, department: billing",
                                             "level: ANALYSIS, department: operations"}});
}

ShadowFollower::Answer Start(ShadowFollower& shadow, Office& office,
                             const std::string& request_id = "start-1",
                             const std::string& source = CandidateSource()) {
  return shadow.Start({.tenant = Office::kTenant,
                       .actor = "olga",
                       .request_id = request_id,
                       .reason = "to see",
                       .source = source,
                       .now = office.now()},
                      engine::CompilePlaybook(source).playbook);
}

ShadowFollower::Answer Stop(ShadowFollower& shadow, Office& office,
                            const std::string& request_id = "stop-1") {
  return shadow.Stop(Office::kTenant, "olga", request_id, office.now());
}

// "decided 2 different 1 moved 1", "STOPPED" where it is, or the reason of the refusal.
std::string Print(const ShadowFollower::Answer& answer) {
  if (!answer.ok()) return answer.status().ToString();
  if (const auto* failure = std::get_if<services::Failure>(&*answer)) return failure->reason;
  const v1::Shadow& shadow = std::get<v1::Shadow>(*answer);
  return absl::StrCat("decided ", shadow.decided(), " different ", shadow.different(), " moved ",
                      shadow.moved(), shadow.has_stop_time() ? " STOPPED" : "");
}

std::string Status(ShadowFollower& shadow) { return Print(shadow.Get(Office::kTenant, false)); }

void Follow(ShadowFollower& shadow, Office& office) {
  while (true) {
    const absl::StatusOr<bool> has_more = shadow.Tick(office.now());
    ASSERT_TRUE(has_more.ok()) << has_more.status();
    if (!*has_more) return;
  }
}

TEST(Shadow, DecidesAgainWhatComesInAfterItStarted) {
  Office office;
  ShadowFollower shadow(office.kv());
  office.Must(Submit(ChargedTwice()));
  EXPECT_EQ(Print(Start(shadow, office)), "decided 0 different 0 moved 0");
  for (int i = 0; i < 40; ++i) office.Must(Submit(i % 4 == 0 ? ChargedTwice() : Complaint()));
  Follow(shadow, office);
  EXPECT_EQ(Status(shadow), "decided 40 different 10 moved 10");
  const v1::Shadow found = std::get<v1::Shadow>(*shadow.Get(Office::kTenant, true));
  EXPECT_EQ(found.source(), CandidateSource());
  ASSERT_EQ(found.moves_size(), 1);
  EXPECT_EQ(found.moves(0).from_department(), "billing");
  EXPECT_EQ(found.moves(0).to_department(), "operations");
  EXPECT_EQ(found.moves(0).count(), 10u);
  ASSERT_EQ(found.differences_size(), 10);
  EXPECT_EQ(found.differences(0).ticket(), office.ReadTicket(2).reference());
  EXPECT_EQ(found.differences(0).live().department(), "billing");
}

TEST(Shadow, DecidesReopenedTicketsAgainToo) {
  Office office;
  ShadowFollower shadow(office.kv());
  office.Must(Submit(ChargedTwice())).Must(Pull("billing")).Must(Accept(1)).Must(Resolve());
  Start(shadow, office).IgnoreError();
  office.Must(Dispute());
  Follow(shadow, office);
  EXPECT_EQ(Status(shadow), "decided 1 different 1 moved 1");
}

TEST(Shadow, LeavesOutWhatTestsTheDesks) {
  Office office;
  ShadowFollower shadow(office.kv());
  Start(shadow, office).IgnoreError();
  office.Must(Submit(ChargedTwice())).Must(Agent("ines"), SubmitMystery(ChargedTwice(), "web"));
  Follow(shadow, office);
  EXPECT_EQ(Status(shadow), "decided 1 different 1 moved 1");
}

TEST(Shadow, ChangesNothingElse) {
  Office office;
  ShadowFollower shadow(office.kv());
  Start(shadow, office).IgnoreError();
  office.Must(Submit(ChargedTwice()));
  const uint64_t events = office.ReadLedger().size();
  Follow(shadow, office);
  EXPECT_TRUE(shadow.Save().ok());
  EXPECT_EQ(office.ReadLedger().size(), events);
  EXPECT_EQ(office.ReadTicket(1).department(), "billing");
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(Shadow, CountsEveryDecisionOnceAcrossRestarts) {
  Office office;
  {
    ShadowFollower shadow(office.kv());
    Start(shadow, office).IgnoreError();
    for (int i = 0; i < 20; ++i) office.Must(Submit(ChargedTwice()));
    Follow(shadow, office);
    EXPECT_TRUE(shadow.Save().ok());
    for (int i = 0; i < 5; ++i) office.Must(Submit(ChargedTwice()));
    Follow(shadow, office);  // and dies before it writes that down
  }
  ShadowFollower after(office.kv());
  EXPECT_EQ(Status(after), "decided 20 different 20 moved 20");
  office.Must(Submit(Complaint()));
  Follow(after, office);
  EXPECT_EQ(Status(after), "decided 26 different 25 moved 25");
}

TEST(Shadow, IsWrittenDownWhileItWorks) {
  Office office;
  ShadowFollower shadow(office.kv());
  Start(shadow, office).IgnoreError();
  office.Must(Submit(ChargedTwice()));
  office.At(office.now() + services::kShadowSaveInterval);
  Follow(shadow, office);
  ShadowFollower other(office.kv());
  EXPECT_EQ(Status(other), "decided 1 different 1 moved 1");
}

TEST(Shadow, IsWrittenDownAlsoAfterTheClockWasSetBack) {
  Office office;
  ShadowFollower shadow(office.kv());
  Start(shadow, office).IgnoreError();
  office.Must(Submit(ChargedTwice()));
  office.At(office.now() - absl::Hours(1));
  Follow(shadow, office);
  office.At(office.now() + services::kShadowSaveInterval);
  Follow(shadow, office);
  ShadowFollower other(office.kv());
  EXPECT_EQ(Status(other), "decided 1 different 1 moved 1");
}

TEST(Shadow, StopsAndKeepsWhatItCounted) {
  Office office;
  ShadowFollower shadow(office.kv());
  Start(shadow, office).IgnoreError();
  office.Must(Submit(ChargedTwice()));
  Follow(shadow, office);
  EXPECT_EQ(Print(Stop(shadow, office)), "decided 1 different 1 moved 1 STOPPED");
  office.Must(Submit(ChargedTwice()));
  Follow(shadow, office);
  EXPECT_EQ(Status(shadow), "decided 1 different 1 moved 1 STOPPED");
  ShadowFollower after(office.kv());
  EXPECT_EQ(Status(after), "decided 1 different 1 moved 1 STOPPED");
}

TEST(Shadow, IsOneAtATimeAndAnswersARequestTwiceTheSame) {
  Office office;
  ShadowFollower shadow(office.kv());
  EXPECT_EQ(Status(shadow), "SHADOW_NOT_FOUND");
  EXPECT_EQ(Print(Stop(shadow, office)), "SHADOW_NOT_FOUND");
  EXPECT_EQ(Print(Start(shadow, office)), "decided 0 different 0 moved 0");
  EXPECT_EQ(Print(Start(shadow, office)), "decided 0 different 0 moved 0");
  EXPECT_EQ(Print(Start(shadow, office, "start-2")), "SHADOW_RUNNING");
  EXPECT_EQ(Print(Stop(shadow, office)), "decided 0 different 0 moved 0 STOPPED");
  EXPECT_EQ(Print(Stop(shadow, office)), "decided 0 different 0 moved 0 STOPPED");
  EXPECT_EQ(Print(Stop(shadow, office, "stop-2")), "SHADOW_NOT_FOUND");
  EXPECT_EQ(Print(Start(shadow, office, "start-2")), "decided 0 different 0 moved 0");
}

TEST(Shadow, SeesOnlyItsOwnTenant) {
  Office office;
  ShadowFollower shadow(office.kv());
  Start(shadow, office).IgnoreError();
  office.Must(Agent("anna"), Submit(ChargedTwice()), Office::kOtherTenant);
  Follow(shadow, office);
  EXPECT_EQ(Status(shadow), "decided 0 different 0 moved 0");
  EXPECT_EQ(Print(shadow.Get(Office::kOtherTenant, false)), "SHADOW_NOT_FOUND");
}

}  // namespace
}  // namespace redress::test
