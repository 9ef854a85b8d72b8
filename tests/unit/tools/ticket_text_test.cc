#include "tools/redressctl/ticket_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redress::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

// A ticket whose first answer is due at 01:00 and its resolution at 02:00, 1970.
v1::ListTicketsResponse Promised(v1::TicketState state, v1::PromiseState first_answer,
                                 v1::PromiseState resolution) {
  v1::ListTicketsResponse response;
  v1::Ticket& ticket = *response.add_tickets();
  ticket.set_reference("K7M2-9QXD");
  ticket.set_state(state);
  v1::Promises& promises = *ticket.mutable_promises();
  promises.mutable_first_answer_due()->set_seconds(3600);
  promises.set_first_answer_state(first_answer);
  promises.mutable_resolution_due()->set_seconds(7200);
  promises.set_resolution_state(resolution);
  return response;
}

TEST(TicketTable, ShowsTheEarliestPromiseThatIsNotMet) {
  const auto table = [](v1::TicketState state, v1::PromiseState first_answer,
                        v1::PromiseState resolution) {
    return TicketTable(Promised(state, first_answer, resolution).tickets(), false, false);
  };
  using v1::PROMISE_STATE_MET;
  using v1::PROMISE_STATE_MISSED;
  using v1::PROMISE_STATE_RUNNING;
  const std::string both =
      table(v1::TICKET_STATE_QUEUED, PROMISE_STATE_RUNNING, PROMISE_STATE_RUNNING);
  EXPECT_THAT(both, HasSubstr("NEXT DUE"));
  EXPECT_THAT(both, HasSubstr("1970-01-01 01:00:00Z"));
  EXPECT_THAT(table(v1::TICKET_STATE_QUEUED, PROMISE_STATE_MISSED, PROMISE_STATE_RUNNING),
              HasSubstr("1970-01-01 01:00:00Z"));
  EXPECT_THAT(table(v1::TICKET_STATE_ACCEPTED, PROMISE_STATE_MET, PROMISE_STATE_RUNNING),
              HasSubstr("1970-01-01 02:00:00Z"));
  EXPECT_THAT(table(v1::TICKET_STATE_CLOSED, PROMISE_STATE_MET, PROMISE_STATE_MISSED),
              Not(HasSubstr("1970")));
}

TEST(QueueText, SaysWhatItIsRankedBy) {
  v1::WatchQueueResponse queue;
  queue.set_length(1);
  queue.add_head()->mutable_due()->set_seconds(7200);
  EXPECT_THAT(QueueText(queue, false), HasSubstr("RANKED BY"));
}

}  // namespace
}  // namespace redress::ctl
