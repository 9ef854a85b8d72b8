// disguise.cc: what is taken out of answers.
#include "services/disguise.h"

#include <gtest/gtest.h>

#include "google/protobuf/text_format.h"
#include "redress/v1/audit_service.pb.h"
#include "redress/v1/queue_service.pb.h"
#include "redress/v1/ticket_service.pb.h"

namespace redress::services {
namespace {

template <class Answer>
Answer Parse(const char* text) {
  Answer answer;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &answer)) << text;
  return answer;
}

template <class Answer>
std::string Shown(const char* text) {
  const Answer answer = Parse<Answer>(text);
  const Disguise disguise(*Answer::descriptor());
  EXPECT_TRUE(disguise.is_needed());
  if (!disguise.Tells(answer)) return "as it is";
  return disguise.Of(answer)->ShortDebugString();
}

TEST(Disguise, TakesMarksFromTicketsWhereverTheyStand) {
  EXPECT_EQ(Shown<v1::GetTicketResponse>("ticket { id: 7 mystery { submitter: 'ines' } }"),
            "ticket { id: 7 }");
  EXPECT_EQ(Shown<v1::PullTicketsResponse>(
                "tickets { id: 1 } tickets { id: 2 mystery {} } tickets { id: 3 }"),
            "tickets { id: 1 } tickets { id: 2 } tickets { id: 3 }");
}

TEST(Disguise, LeavesAnswersWithoutAMarkAsTheyAre) {
  EXPECT_EQ(Shown<v1::GetTicketResponse>("ticket { id: 7 title: 'Late' }"), "as it is");
  EXPECT_EQ(Shown<v1::ListEventsResponse>(
                "events { event { note_added {} } receipt { event_hash: 'x' } }"),
            "as it is");
}

TEST(Disguise, TakesTheHashOfEveryOpeningMarkedOrNot) {
  const char* const kShown =
      "events { event { ticket_opened { reference: \"R\" } } receipt { position { commit: 1 } } }";
  EXPECT_EQ(Shown<v1::ListEventsResponse>(
                "events { event { ticket_opened { reference: 'R' } } "
                "receipt { position { commit: 1 } event_hash: 'x' } }"),
            kShown);
  EXPECT_EQ(Shown<v1::ListEventsResponse>(
                "events { event { ticket_opened { reference: 'R' mystery { submitter: 'i' } } } "
                "receipt { position { commit: 1 } event_hash: 'y' } }"),
            kShown);
}

TEST(Disguise, IsNotNeededForAnswersThatHoldNoTicket) {
  EXPECT_FALSE(Disguise(*v1::GetReportResponse::descriptor()).is_needed());
  EXPECT_FALSE(Disguise(*v1::VerifyLedgerResponse::descriptor()).is_needed());
}

TEST(MayKnowMysteries, IsForThoseWhoJudgeNotForThoseWhoHandle) {
  EXPECT_FALSE(MayKnowMysteries({Role::kAgent, Role::kOwner, Role::kCustomer}));
  for (const Role role : {Role::kInspector, Role::kManager, Role::kAdmin})
    EXPECT_TRUE(MayKnowMysteries({role}));
}

}  // namespace
}  // namespace redress::services
