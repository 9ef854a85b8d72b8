// What the product has to tell, as whoever delivers it reads it from a real server.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// More messages than may wait for a reader.
constexpr int kAnswers = 200;

class OutboxTest : public ServerTest {
 protected:
  // Reads until `count` messages came, or to the end when the request asks for no more.
  std::vector<std::string> Follow(const v1::FollowOutboxRequest& request, size_t count) {
    const auto context = desk().Context();
    const auto reader = desk().StubOf<Outbox>().FollowOutbox(context.get(), request);
    std::vector<std::string> found;
    v1::FollowOutboxResponse response;
    while (found.size() < count && reader->Read(&response)) {
      last_ = response.position();
      if (!response.has_message()) continue;
      const v1::OutboxMessage& message = response.message();
      found.push_back(absl::StrCat(v1::OutboxKind_Name(message.kind()), " ", message.reference(),
                                   " ", message.recipient(), message.url()));
    }
    if (found.size() == count) context->TryCancel();
    ended_ = Describe(reader->Finish());
    return found;
  }
  static v1::FollowOutboxRequest UntilNow() {
    v1::FollowOutboxRequest request;
    request.set_until_now(true);
    return request;
  }
  v1::Ticket Answer(const v1::Ticket& ticket) const {
    auto answer = About<v1::AnswerTicketRequest>(ticket);
    answer.set_text("We look into it.");
    return desk().Must(&Tickets::AnswerTicket, answer).ticket();
  }

  v1::Position last_;
  std::string ended_;
};

TEST_F(OutboxTest, TellsTheCustomerOfAnAnswerAndOfTheResolution) {
  const v1::Ticket ticket = desk().Take("I have a complaint");
  EXPECT_THAT(Follow(UntilNow(), 9), IsEmpty());
  desk().Resolve(Answer(ticket));
  EXPECT_THAT(Follow(UntilNow(), 9),
              ElementsAre(absl::StrCat("OUTBOX_KIND_ANSWER ", ticket.reference(), " "),
                          absl::StrCat("OUTBOX_KIND_RESOLUTION ", ticket.reference(), " ")));
  EXPECT_EQ(ended_, "OK");
}

TEST_F(OutboxTest, GoesOnBehindTheLastMessageAlsoAfterARestart) {
  const v1::Ticket ticket = Answer(desk().Take("I have a complaint"));
  EXPECT_EQ(Follow({}, 1).size(), 1u);
  ASSERT_NO_FATAL_FAILURE(Restart());
  desk().Resolve(ticket);
  v1::FollowOutboxRequest request = UntilNow();
  *request.mutable_after() = last_;
  EXPECT_THAT(Follow(request, 9),
              ElementsAre(absl::StrCat("OUTBOX_KIND_RESOLUTION ", ticket.reference(), " ")));
}

TEST_F(OutboxTest, BringsTheStepsOfAChainAsTheyFire) {
  v1::PublishPlaybookRequest publish;
  publish.set_request_id(NewRequestId());
  publish.set_reason("Somebody is to hear of it soon.");
  publish.set_source(absl::StrReplaceAll(StarterPlaybook(), {{"\nchains:\n", R"(
chains:
  - id: soon
    for: {level: RELAY}
    steps:
      - {id: tell, after: 1s, do: NOTIFY, to: HEAD}
      - {id: call, after: 2s, do: WEBHOOK, url: "https://pager.example/alarm"}
)"}}));
  desk().Must(&Playbooks::PublishPlaybook, publish);
  const v1::Ticket ticket = desk().Submit("I have a complaint");
  // The call waits until they have fired.
  EXPECT_THAT(Follow({}, 2),
              ElementsAre(absl::StrCat("OUTBOX_KIND_NOTICE ", ticket.reference(),
                                       " service-desk-lead"),
                          absl::StrCat("OUTBOX_KIND_CALL ", ticket.reference(),
                                       " https://pager.example/alarm")));
}

TEST_F(OutboxTest, ASlowReaderGetsAllOfThem) {
  const v1::Ticket ticket = desk().Take("I have a complaint");
  for (int i = 0; i < kAnswers; ++i) Answer(ticket);
  const auto context = desk().Context();
  const auto reader = desk().StubOf<Outbox>().FollowOutbox(context.get(), UntilNow());
  v1::FollowOutboxResponse response;
  int count = 0;
  for (; reader->Read(&response); ++count) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(count, kAnswers);
}

TEST_F(OutboxTest, RefusesAPositionThatIsNotThere) {
  v1::FollowOutboxRequest request;
  request.mutable_after()->set_commit(900);
  EXPECT_THAT(Follow(request, 1), IsEmpty());
  EXPECT_EQ(ended_, "INVALID_ARGUMENT FIELD_INVALID after");
  request.mutable_after()->set_commit(0);
  EXPECT_THAT(Follow(request, 1), IsEmpty());
  EXPECT_EQ(ended_, "INVALID_ARGUMENT FIELD_INVALID after");
}

}  // namespace
}  // namespace redress::test
