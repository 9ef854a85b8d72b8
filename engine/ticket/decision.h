// What a command is decided on, and what is decided.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/playbook/playbook.h"
#include "engine/ticket/actor.h"
#include "engine/ticket/rejection.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// Everything that a decision may not find out by itself.
struct Envelope {
  std::string tenant;
  Actor actor;
  // When the command is decided, at microseconds. Never earlier than any command before it.
  absl::Time time;
  // The id that a new ticket would get.
  uint64_t new_ticket_id = 0;
  // 16 random bytes for a new personal record.
  std::string salt;
  // The tenant's key for digests of answers, see answer_digest.h; only for orders that answer.
  std::string answer_key = {};
};

// What is known when a command is decided. Which members are filled depends on the command, see
// services/facts.h, which owns what they point to.
struct Facts {
  // The live playbook; null when the tenant has none.
  const Playbook* playbook = nullptr;
  // Older versions that have calendars on which the ticket's clocks still are, where the live one
  // has not.
  std::vector<const Playbook*> older_playbooks;
  // The ticket that the command names; for an issue, the open ticket with the same key. Null: there
  // is none.
  const v1::Ticket* ticket = nullptr;
  // The issue that opened `ticket`, with its words unless they were erased. Only where the ticket
  // may be routed again.
  std::optional<v1::Issue> issue;
  // Of the customer of the issue that comes in.
  v1::CustomerFacts customer;
  // Of the customer of `issue`, who may be another one.
  v1::CustomerFacts issue_customer;
  // The head of the queue that is pulled from, in its order.
  std::vector<const v1::Ticket*> queue;
  // The ticket that the issue follows, or that a resolution names as the original. Null: none.
  const v1::Ticket* other_ticket = nullptr;
  // For publishing: the playbook, checked and compiled. Null: it has faults.
  const Playbook* candidate = nullptr;
  // For publishing: how many versions were published.
  uint32_t playbook_version = 0;
  // For a draw: all of it but its number. Null: it could not be made.
  const v1::SampleDrawn* draw = nullptr;
  // For a draw: how many there were, and the last one of its plan that begins before its end.
  uint32_t samples = 0;
  std::optional<v1::SampleDrawn> earlier_sample;
  // For evidence of a goal: how much there is.
  uint32_t goal_evidence = 0;
  // The sample that an inspection names.
  std::optional<v1::SampleDrawn> sample;
  // For inspections: who held, answered or resolved the ticket.
  std::vector<std::string> handlers;
};

// One event and the ticket after it; the ticket is empty for an event about the configuration.
struct Step {
  v1::Event event;
  v1::Ticket after;
};

// Somebody's words, to be stored apart from the event that carries their hash.
struct PersonalEntry {
  uint64_t ticket_id;
  std::string customer_id;
  std::string hash;
  v1::PersonalRecord record;
};

// Either a rejection, or at least one step.
struct Decision {
  std::optional<Rejection> rejection;
  std::vector<Step> steps;
  std::vector<PersonalEntry> personal;

  Decision(Rejection why) : rejection(std::move(why)) {}  // NOLINT: a rejection is a decision
  Decision(std::vector<Step> done, std::vector<PersonalEntry> words)
      : steps(std::move(done)), personal(std::move(words)) {}
};

}  // namespace redress::engine
