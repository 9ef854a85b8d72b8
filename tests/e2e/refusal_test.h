// Rows of what is refused: one request, who sends it, and the answer in one line. After each row
// nothing may have changed.
//
// In a request, $queued, $leased, $accepted, $paused, $resolved, $closed and $twice_returned stand
// for the references of tickets of service_desk; anna holds the leased, accepted, paused and twice
// returned ones, each lease being number 1 but number 3 of the last. $starter is the live playbook,
// and $list_token a page token of ListTickets without filter. $x65 stands for 65 letters, and so on
// for the sizes in refusal_test.cc.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/credentials.h"
#include "tests/e2e/server_test.h"

namespace redress::test {

struct Refusal {
  const char* name;
  // anna and boris are agents of service_desk, bill of billing; mona is the manager, ada the
  // administrator, and carl the customer of the queued, the resolved and the closed ticket.
  const char* actor;
  const char* method;
  const char* request;
  const char* expected;  // see Describe
};

inline void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }
inline std::string NameOf(const testing::TestParamInfo<Refusal>& info) { return info.param.name; }

class RefusalTest : public testing::TestWithParam<Refusal> {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  struct Scene;
  static Scene* scene_;
};

}  // namespace redress::test
