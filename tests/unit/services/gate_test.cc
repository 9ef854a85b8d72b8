#include "services/gate.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"

namespace redress::services {
namespace {

// SHA-256 of "abc", from FIPS 180.
constexpr char kTokens[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad acme anna agent billing\n"
    "cn:desk-1 acme desk customer -\n"
    "cn:desk-7 acme ben agent billing\n"
    "cn:desk-8 bolt cleo agent billing\n";

const Actor kAnna = {.tenant = "acme", .id = "anna"};

class GateTest : public testing::Test {
 protected:
  GateTest() : tokens_(*TokenTable::Parse(kTokens)) {
    options_.tokens = &tokens_;
    options_.now = [this] { return now_; };
  }

  // "OK actor", or the reason of the refusal.
  static std::string Print(const std::variant<Caller, Failure>& admitted) {
    if (const auto* failure = std::get_if<Failure>(&admitted)) return failure->reason;
    return absl::StrCat("OK ", std::get<Caller>(admitted).actor.id);
  }

  const PermissionTable permissions_{{{"s.S.Get", {{Role::kAgent, Scope::kOwnDepartments}}},
                                      {"s.S.Admin", {{Role::kAdmin, Scope::kOwnTenant}}}}};
  TokenFile tokens_;
  absl::Time now_ = absl::FromUnixSeconds(1'000'000);
  GateOptions options_;
};

TEST_F(GateTest, AdmitsAKnownTokenWithItsScope) {
  Gate gate(&permissions_, options_);
  const auto admitted =
      gate.Admit({.method = "s.S.Get", .authorization = "Bearer abc", .peer = "p"});
  ASSERT_EQ(Print(admitted), "OK anna");
  const Caller& caller = std::get<Caller>(admitted);
  EXPECT_EQ(caller.scope, Scope::kOwnDepartments);
  EXPECT_EQ(caller.method, "s.S.Get");
  EXPECT_EQ(caller.deadline, now_ + absl::Seconds(60))
      << "a unary call without a deadline gets the server's";
  EXPECT_EQ(gate.in_flight(), 1);
  gate.Leave(caller);
  EXPECT_EQ(gate.in_flight(), 0);
}

TEST_F(GateTest, RefusesMissingAndWrongCredentials) {
  Gate gate(&permissions_, options_);
  for (const auto& [authorization, reason] :
       std::vector<std::pair<std::string, std::string>>{{"", "TOKEN_MISSING"},
                                                        {"abc", "TOKEN_INVALID"},
                                                        {"Bearer", "TOKEN_INVALID"},
                                                        {"Bearer ", "TOKEN_INVALID"},
                                                        {"Bearer abd", "TOKEN_INVALID"},
                                                        {"Bearer abc ", "TOKEN_INVALID"},
                                                        {"Basic abc", "TOKEN_INVALID"}}) {
    EXPECT_EQ(Print(gate.Admit({.method = "s.S.Get", .authorization = authorization})), reason)
        << authorization;
  }
  EXPECT_EQ(gate.in_flight(), 0);
}

TEST_F(GateTest, KnowsAClientCertificateUnlessATokenIsGiven) {
  Gate gate(&permissions_, options_);
  EXPECT_EQ(Print(gate.Admit({.method = "s.S.Get", .common_name = "desk-1"})), "NOT_PERMITTED");
  EXPECT_EQ(Print(gate.Admit({.method = "s.S.Get", .common_name = "desk-2"})), "TOKEN_INVALID");
  EXPECT_EQ(Print(gate.Admit(
                {.method = "s.S.Get", .authorization = "Bearer abc", .common_name = "desk-1"})),
            "OK anna");
}

TEST_F(GateTest, DeniesMethodsOfOtherRolesAndMethodsWithoutARow) {
  Gate gate(&permissions_, options_);
  for (const char* method : {"s.S.Admin", "s.S.Forgotten", ""}) {
    EXPECT_EQ(Print(gate.Admit({.method = method, .authorization = "Bearer abc"})),
              "NOT_PERMITTED");
  }
}

TEST_F(GateTest, RefusesAPastDeadlineBeforeAnythingElse) {
  Gate gate(&permissions_, options_);
  EXPECT_EQ(Print(gate.Admit({.method = "s.S.Get", .deadline = now_})), "DEADLINE_PASSED");
  EXPECT_EQ(Print(gate.Admit({.method = "s.S.Get",
                              .authorization = "Bearer abc",
                              .deadline = now_ + absl::Nanoseconds(1)})),
            "OK anna");
}

TEST_F(GateTest, RefusesMoreCallsThanItBears) {
  options_.in_flight_max = 6;  // two of which one client may have
  Gate gate(&permissions_, options_);
  const CallFacts facts = {.method = "s.S.Get", .authorization = "Bearer abc"};
  const auto first = gate.Admit(facts);
  EXPECT_EQ(Print(first), "OK anna");
  EXPECT_EQ(Print(gate.Admit(facts)), "OK anna");
  EXPECT_EQ(Print(gate.Admit(facts)), "SERVER_BUSY");
  gate.Leave(std::get<Caller>(first));
  EXPECT_EQ(Print(gate.Admit(facts)), "OK anna");
}

TEST_F(GateTest, LeavesRoomForOthersHoweverManyCallsOneHas) {
  options_.in_flight_max = 60;
  Gate gate(&permissions_, options_);
  const auto fill = [&gate](const CallFacts& facts) {
    int count = 0;
    while (Print(gate.Admit(facts)) != "SERVER_BUSY") ++count;
    return count;
  };
  EXPECT_EQ(fill({.method = "s.S.Get", .authorization = "Bearer abc"}), 20);
  EXPECT_EQ(fill({.method = "s.S.Get", .common_name = "desk-7"}), 7) << "another of the tenant";
  EXPECT_EQ(fill({.method = "s.S.Get", .common_name = "desk-8"}), 11) << "another tenant";
  EXPECT_EQ(gate.in_flight(), 38);
}

TEST_F(GateTest, EndsWhatWaitsWhenItDrainsAndLetsNothingWaitAfter) {
  Gate gate(&permissions_, options_);
  int first = 0, second = 0, third = 0;
  std::string ended;
  const auto end = [&](const Failure& failure) { ended += failure.reason + " "; };
  EXPECT_FALSE(gate.Park(kAnna, &first, end).has_value());
  EXPECT_FALSE(gate.Park(kAnna, &second, end).has_value());
  gate.Unpark(&second);
  gate.Drain();
  EXPECT_EQ(ended, "SERVER_DRAINING ");
  EXPECT_EQ(gate.Park(kAnna, &third, end)->reason, "SERVER_DRAINING");
}

TEST_F(GateTest, BoundsHowManyCallsWait) {
  options_.parked_max = 1;
  Gate gate(&permissions_, options_);
  int first = 0, second = 0;
  EXPECT_FALSE(gate.Park(kAnna, &first, [](const Failure&) {}).has_value());
  EXPECT_EQ(gate.Park(kAnna, &second, [](const Failure&) {})->reason, "SERVER_BUSY");
  gate.Unpark(&first);
  gate.Unpark(&first);
  EXPECT_FALSE(gate.Park(kAnna, &second, [](const Failure&) {}).has_value());
}

// Parks calls of an actor until one is refused; how many waited.
int FillParked(Gate& gate, const Actor& actor, std::vector<std::unique_ptr<int>>& calls) {
  int count = 0;
  do calls.push_back(std::make_unique<int>(count));
  while (!gate.Park(actor, calls.back().get(), [](const Failure&) {}) && ++count > 0);
  return count;
}

TEST_F(GateTest, LeavesOthersPlacesToWaitInHoweverManyOneHas) {
  options_.parked_max = 60;
  Gate gate(&permissions_, options_);
  std::vector<std::unique_ptr<int>> calls;
  EXPECT_EQ(FillParked(gate, kAnna, calls), 20);
  EXPECT_EQ(FillParked(gate, {.tenant = "acme", .id = "ben"}, calls), 7) << "another of the tenant";
  EXPECT_EQ(FillParked(gate, {.tenant = "bolt", .id = "cleo"}, calls), 11) << "another tenant";
  EXPECT_EQ(gate.parked(), 38);
  for (const auto& call : calls) gate.Unpark(call.get());
  EXPECT_EQ(gate.parked(), 0);
  EXPECT_EQ(FillParked(gate, kAnna, calls), 20);
}

TEST_F(GateTest, LetsTheOneClientThereIsWithoutTokensWaitInEveryPlace) {
  options_.tokens = nullptr;
  options_.local_actor = kAnna;
  options_.parked_max = 60;
  Gate gate(&permissions_, options_);
  std::vector<std::unique_ptr<int>> calls;
  EXPECT_EQ(FillParked(gate, kAnna, calls), 60);
}

TEST_F(GateTest, TrustsEveryCallerOnlyWhereItIsTold) {
  options_.tokens = nullptr;
  Gate closed(&permissions_, options_);
  EXPECT_EQ(Print(closed.Admit({.method = "s.S.Get"})), "TOKEN_MISSING");
  options_.local_actor = Actor{.tenant = "acme", .id = "local", .roles = {Role::kAgent}};
  Gate open(&permissions_, options_);
  EXPECT_EQ(Print(open.Admit({.method = "s.S.Get"})), "OK local");
  EXPECT_FALSE(open.asks_for_credentials());
}

}  // namespace
}  // namespace redress::services
