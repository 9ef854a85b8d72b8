#include "services/outbox.h"

namespace redress::services {
namespace {

v1::OutboxKind KindOf(const v1::ChainStepFired& fired) {
  switch (fired.action()) {
    case v1::CHAIN_ACTION_NOTIFY: return v1::OUTBOX_KIND_NOTICE;
    case v1::CHAIN_ACTION_ASK_APPROVAL: return v1::OUTBOX_KIND_APPROVAL;
    case v1::CHAIN_ACTION_WEBHOOK: return v1::OUTBOX_KIND_CALL;
    default: return v1::OUTBOX_KIND_UNSPECIFIED;
  }
}

v1::OutboxKind KindOf(const v1::PersonReminded& reminded) {
  switch (reminded.reason()) {
    case v1::PERSON_REMINDER_PAUSE_CAP: return v1::OUTBOX_KIND_PAUSE_OVER;
    case v1::PERSON_REMINDER_HAND_OVER: return v1::OUTBOX_KIND_HAND_OVER_OVERDUE;
    default: return v1::OUTBOX_KIND_UNSPECIFIED;
  }
}

v1::OutboxKind KindOf(const v1::Event& event) {
  switch (event.fact_case()) {
    case v1::Event::kChainStepFired: return KindOf(event.chain_step_fired());
    case v1::Event::kPersonReminded: return KindOf(event.person_reminded());
    case v1::Event::kTicketAnswered: return v1::OUTBOX_KIND_ANSWER;
    case v1::Event::kTicketResolved: return v1::OUTBOX_KIND_RESOLUTION;
    default: return v1::OUTBOX_KIND_UNSPECIFIED;
  }
}

}  // namespace

std::optional<v1::OutboxMessage> MessageOf(const v1::Event& event) {
  const v1::OutboxKind kind = KindOf(event);
  if (kind == v1::OUTBOX_KIND_UNSPECIFIED || event.provenance() == v1::PROVENANCE_IMPORTED)
    return std::nullopt;
  v1::OutboxMessage message;
  message.set_kind(kind);
  *message.mutable_time() = event.time();
  message.set_ticket_id(event.ticket_id());
  if (event.has_person_reminded()) message.set_recipient(event.person_reminded().recipient());
  if (event.has_chain_step_fired()) {
    const v1::ChainStepFired& fired = event.chain_step_fired();
    message.set_recipient(fired.recipient());
    message.set_recipient_kind(fired.recipient_kind());
    message.set_url(fired.url());
    message.set_chain(fired.key().chain());
    message.set_step(fired.key().step());
  }
  return message;
}

}  // namespace redress::services
