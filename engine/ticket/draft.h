// A ticket while it is being decided on: each recorded event is applied at once, so that the next
// guard sees it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/ticket/apply.h"
#include "engine/ticket/decision.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

class Draft {
 public:
  // `before`: null for a new ticket. REQUIRES: facts, the ticket before and envelope outlive the
  // draft.
  Draft(const Facts& facts, const v1::Ticket* before, uint64_t ticket_id,
        const Envelope& envelope);

  const v1::Ticket& ticket() const { return TicketAt(steps_.size()); }

  bool is_empty() const { return steps_.empty(); }

  // An event of this draft's actor at the envelope's time, with no fact yet.
  v1::Event NewEvent() const;
  // An event that a deadline makes at its due instant.
  v1::Event NewTimerEvent(absl::Time due) const;
  // An event that another system tells of.
  v1::Event NewImportedEvent(absl::Time time, absl::string_view actor) const;

  // Applies the event, with what its fact does to the clocks. REQUIRES: the state table allows it.
  // A chain that the event stops is cancelled before it, and an initiative gets its owner after it.
  void Record(v1::Event event);

  // Keeps somebody's words under the customer and returns their hash; an empty string when there is
  // nothing to keep.
  std::string KeepWords(const std::string& customer_id, const std::string& text,
                        const v1::Contact* contact);

  const Envelope& envelope() const { return envelope_; }
  Decision Accept() && { return {std::move(steps_), std::move(personal_)}; }

 private:
  void Write(v1::Event event);
  // The ticket after so many steps.
  const v1::Ticket& TicketAt(size_t count) const {
    return count == 0 ? before_ : steps_[count - 1].after;
  }

  const Facts& facts_;
  const Envelope& envelope_;
  const uint64_t ticket_id_;
  const v1::Ticket& before_;
  std::vector<Step> steps_;
  std::vector<PersonalEntry> personal_;
};

}  // namespace redress::engine
