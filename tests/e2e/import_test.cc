// Rows of an imported history that do not fit: each is refused with its reason, and the others are
// taken.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using testing::ElementsAre;

using ImportTest = ServerTest;

v1::ImportHistoryRequest Fact(const std::string& external_id, int64_t seconds) {
  v1::ImportHistoryRequest fact;
  fact.set_request_id(NewRequestId());
  fact.set_external_id(external_id);
  fact.mutable_time()->set_seconds(seconds);
  return fact;
}

v1::ImportHistoryRequest Opened(const std::string& external_id, int64_t seconds) {
  v1::ImportHistoryRequest fact = Fact(external_id, seconds);
  *fact.mutable_opened()->mutable_issue() = Complaint("It broke.");
  fact.mutable_opened()->set_department("billing");
  return fact;
}

std::vector<std::string> Import(const Desk& desk,
                                const std::vector<v1::ImportHistoryRequest>& facts) {
  const auto context = desk.Context();
  const auto stream = desk.StubOf<Intake>().ImportHistory(context.get());
  for (const v1::ImportHistoryRequest& fact : facts) EXPECT_TRUE(stream->Write(fact));
  stream->WritesDone();
  std::vector<std::string> results(facts.size(), "no answer");
  for (v1::ImportHistoryResponse response; stream->Read(&response);) {
    const bool is_repeated = response.fact().repeated();
    results.at(response.index()) = response.has_error() ? Describe(response.error())
                                   : is_repeated        ? "repeated"
                                                        : "taken";
  }
  EXPECT_EQ(Describe(stream->Finish()), "OK");
  return results;
}

TEST_F(ImportTest, RefusesDamagedRowsAndTakesTheOthers) {
  const v1::ImportHistoryRequest opened = Opened("case-1", 1000);
  v1::ImportHistoryRequest damaged = Fact("case-1", 2000);
  damaged.mutable_waiting()->set_reason(static_cast<v1::PauseReason>(99));
  v1::ImportHistoryRequest early = Fact("case-1", 900);
  early.mutable_answered();
  v1::ImportHistoryRequest impossible = Fact("case-1", 2000);
  impossible.mutable_resumed();
  v1::ImportHistoryRequest closed = Fact("case-1", 3000);
  closed.mutable_closed();
  const std::vector<v1::ImportHistoryRequest> facts = {opened,     damaged, early,
                                                       impossible, Opened("case-1", 2500), closed};
  EXPECT_THAT(Import(desk(), facts),
              ElementsAre("taken", "INVALID_ARGUMENT FIELD_INVALID waiting.reason",
                          "FAILED_PRECONDITION IMPORT_ORDER", "FAILED_PRECONDITION WRONG_STATE",
                          "FAILED_PRECONDITION WRONG_STATE", "taken"));
  // Again from the start, as after a crash: what was taken is not taken twice.
  EXPECT_THAT(Import(desk(), {opened, closed}), ElementsAre("repeated", "repeated"));
  const std::vector<v1::Ticket> tickets = desk().ListAll();
  ASSERT_EQ(tickets.size(), 1u);
  EXPECT_EQ(tickets[0].state(), v1::TICKET_STATE_CLOSED);
  EXPECT_EQ(tickets[0].close_time().seconds(), 3000);
  EXPECT_EQ(desk().Verify(), "clean");
}

}  // namespace
}  // namespace redress::test
