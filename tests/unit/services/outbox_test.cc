#include "services/outbox.h"

#include <gtest/gtest.h>

namespace redress::services {
namespace {

v1::OutboxKind KindOf(const v1::Event& event) {
  const std::optional<v1::OutboxMessage> message = MessageOf(event);
  return message ? message->kind() : v1::OUTBOX_KIND_UNSPECIFIED;
}

TEST(MessageOf, TellsOfTheStepsThatTellSomebody) {
  v1::Event event;
  event.set_ticket_id(7);
  v1::ChainStepFired& fired = *event.mutable_chain_step_fired();
  fired.mutable_key()->set_chain("grave");
  fired.mutable_key()->set_step("page");
  fired.set_recipient("dora");
  fired.set_recipient_kind(v1::RECIPIENT_KIND_DIRECTOR);
  fired.set_action(v1::CHAIN_ACTION_ASK_APPROVAL);
  const std::optional<v1::OutboxMessage> message = MessageOf(event);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind(), v1::OUTBOX_KIND_APPROVAL);
  EXPECT_EQ(message->ticket_id(), 7u);
  EXPECT_EQ(message->recipient(), "dora");
  EXPECT_EQ(message->recipient_kind(), v1::RECIPIENT_KIND_DIRECTOR);
  EXPECT_EQ(message->chain(), "grave");
  EXPECT_EQ(message->step(), "page");
  fired.set_action(v1::CHAIN_ACTION_NOTIFY);
  EXPECT_EQ(KindOf(event), v1::OUTBOX_KIND_NOTICE);
  fired.set_action(v1::CHAIN_ACTION_WEBHOOK);
  EXPECT_EQ(KindOf(event), v1::OUTBOX_KIND_CALL);
  fired.set_action(v1::CHAIN_ACTION_RAISE_LEVEL);
  EXPECT_EQ(KindOf(event), v1::OUTBOX_KIND_UNSPECIFIED);
}

TEST(MessageOf, TellsWhoIsReminded) {
  v1::Event event;
  event.mutable_person_reminded()->set_recipient("anna");
  event.mutable_person_reminded()->set_reason(v1::PERSON_REMINDER_PAUSE_CAP);
  EXPECT_EQ(KindOf(event), v1::OUTBOX_KIND_PAUSE_OVER);
  EXPECT_EQ(MessageOf(event)->recipient(), "anna");
  event.mutable_person_reminded()->set_reason(v1::PERSON_REMINDER_HAND_OVER);
  EXPECT_EQ(KindOf(event), v1::OUTBOX_KIND_HAND_OVER_OVERDUE);
}

TEST(MessageOf, IsSilentAboutImportedHistoryAndEverythingElse) {
  v1::Event event;
  event.mutable_ticket_answered();
  EXPECT_EQ(KindOf(event), v1::OUTBOX_KIND_ANSWER);
  event.set_provenance(v1::PROVENANCE_IMPORTED);
  EXPECT_EQ(KindOf(event), v1::OUTBOX_KIND_UNSPECIFIED);
  event.set_provenance(v1::PROVENANCE_LIVE);
  event.mutable_note_added();
  EXPECT_EQ(KindOf(event), v1::OUTBOX_KIND_UNSPECIFIED);
}

}  // namespace
}  // namespace redress::services
