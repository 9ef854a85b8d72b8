// What the server itself and the configuration ask.
#include <utility>

#include "engine/ticket/catch_up.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/draft.h"
#include "engine/ticket/guard.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

// An event of the actor that is about no single ticket, with no fact yet.
v1::Event NewConfigurationEvent(const Envelope& envelope) {
  v1::Event event;
  *event.mutable_time() = ToTimestamp(envelope.time);
  event.set_actor(envelope.actor.id);
  event.set_provenance(v1::PROVENANCE_LIVE);
  return event;
}

}  // namespace

Decision DecideFireDeadline(const Facts& facts, const v1::FireDeadline& command,
                            const Envelope& envelope) {
  const Rejection stale{v1::ERROR_REASON_DEADLINE_STALE,
                        "The deadline was moved or met meanwhile.",
                        {},
                        {}};
  if (!facts.ticket || !facts.ticket->has_next_deadline_time()) return stale;
  if (ToTime(facts.ticket->next_deadline_time()) != ToTime(command.time())) return stale;
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  if (draft.is_empty()) return stale;
  return std::move(draft).Accept();
}

Decision DecidePublishPlaybook(const Facts& facts, const v1::PublishPlaybookRequest& command,
                               const Envelope& envelope) {
  if (facts.candidate == nullptr)
    return Rejection{v1::ERROR_REASON_PLAYBOOK_INVALID,
                     "The playbook has faults and was not published. Check it to see them all.",
                     {},
                     {}};
  v1::Event event = NewConfigurationEvent(envelope);
  v1::PlaybookPublished& published = *event.mutable_playbook_published();
  published.set_name(facts.candidate->name());
  published.set_playbook_hash(facts.candidate->hash());
  published.set_version(facts.playbook_version + 1);
  published.set_source(command.source());
  published.set_reason(command.reason());
  *published.mutable_zones() = facts.candidate->zones();
  return {{{std::move(event), {}}}, {}};
}

Decision DecideRecordRead(const Facts&, const v1::RecordRead& command, const Envelope& envelope) {
  v1::Event event = NewConfigurationEvent(envelope);
  *event.mutable_personal_data_read() = command.read();
  return {{{std::move(event), {}}}, {}};
}

}  // namespace redress::engine
