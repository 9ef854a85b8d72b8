#include "engine/ticket/draft.h"

#include <utility>

#include "base/sha256.h"
#include "engine/ticket/chain.h"
#include "engine/ticket/chain_step.h"
#include "engine/ticket/clock_step.h"
#include "engine/ticket/director.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"

namespace redress::engine {

Draft::Draft(const Facts& facts, const v1::Ticket* before, uint64_t ticket_id,
             const Envelope& envelope)
    : facts_(facts),
      envelope_(envelope),
      ticket_id_(ticket_id),
      before_(before == nullptr ? v1::Ticket::default_instance() : *before) {}

v1::Event Draft::NewEvent() const {
  v1::Event event;
  event.set_ticket_id(ticket_id_);
  *event.mutable_time() = ToTimestamp(envelope_.time);
  event.set_actor(envelope_.actor.id);
  event.set_provenance(v1::PROVENANCE_LIVE);
  return event;
}

v1::Event Draft::NewTimerEvent(absl::Time due) const {
  v1::Event event = NewEvent();
  *event.mutable_time() = ToTimestamp(due);
  event.set_actor("timer");
  return event;
}

v1::Event Draft::NewImportedEvent(absl::Time time, absl::string_view actor) const {
  v1::Event event = NewEvent();
  *event.mutable_time() = ToTimestamp(time);
  event.set_actor(std::string(actor));
  event.set_provenance(v1::PROVENANCE_IMPORTED);
  *event.mutable_settle_time() = ToTimestamp(envelope_.time + kSettleAfter);
  return event;
}

void Draft::Record(v1::Event event) {
  if (const auto stopped = ChainStoppedBy(facts_, ticket(), event)) {
    v1::Event cancelled = NewEvent();
    *cancelled.mutable_time() = event.time();
    cancelled.set_actor(event.actor());
    *cancelled.mutable_chain_cancelled()->mutable_next() = NextStepKey(ticket());
    cancelled.mutable_chain_cancelled()->set_reason(*stopped);
    Write(std::move(cancelled));
  }
  Write(std::move(event));
  const v1::Event& written = steps_.back().event;
  if (!NeedsDirector(facts_, ticket(), written)) return;
  const absl::Time time = ToTime(written.time());
  v1::Event directed = NewTimerEvent(time);
  directed.set_actor("rule:directors");
  *directed.mutable_director_changed() = ChangeDirector(facts_, ticket(), time);
  Write(std::move(directed));
}

void Draft::Write(v1::Event event) {
  steps_.emplace_back(std::move(event), ticket());
  Step& step = steps_.back();
  const v1::Ticket& before = TicketAt(steps_.size() - 1);
  step.event.set_version(before.version() + 1);
  ApplyTo(step.after, step.event);
  StepClocks(facts_, before, step.after, step.event);
  const auto apply_again = [&] {
    step.after = before;
    ApplyTo(step.after, step.event);
  };
  if (!step.event.clock_changes().empty()) apply_again();
  StepChain(facts_, before, step.after, step.event);
  if (step.event.has_chain_change()) apply_again();
}

std::string Draft::KeepWords(const std::string& customer_id, const std::string& text,
                             const v1::Contact* contact) {
  if (text.empty() && contact == nullptr) return "";
  v1::PersonalRecord record;
  record.set_text(text);
  if (contact != nullptr) *record.mutable_contact() = *contact;
  record.set_salt(envelope_.salt);
  std::string hash = base::Sha256(record.SerializeAsString());
  personal_.push_back({ticket_id_, customer_id, hash, std::move(record)});
  return hash;
}

}  // namespace redress::engine
