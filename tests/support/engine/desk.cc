#include "tests/support/engine/desk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "base/sha256.h"
#include "engine/rules/route.h"
#include "engine/ticket/apply.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/handlers.h"
#include "engine/ticket/routing.h"
#include "engine/ticket/validate.h"
#include "engine/time/instant.h"
#include "tests/support/engine/print.h"
#include "tests/support/engine/shop.h"

namespace redress::test {
namespace {

constexpr char kTenant[] = "acme";
constexpr char kSalt[] = "sixteen bytes 16";

std::string PrintDecision(const engine::Decision& decision) {
  if (decision.rejection) return Print(*decision.rejection);
  return absl::StrJoin(decision.steps, "\n", [](std::string* out, const engine::Step& step) {
    absl::StrAppend(out, Print(step.event));
  });
}

}  // namespace

Desk::Desk() : now_(test::At("09:00")), playbook_(Shop().get()) {}

Desk& Desk::At(absl::string_view time) { return At(test::At(time)); }

Desk& Desk::At(absl::Time time) {
  CHECK(time >= now_);
  now_ = time;
  return *this;
}

std::string Desk::Do(const engine::Actor& actor, const v1::Command& given) {
  v1::Command command = given;
  const bool has_request_id = !command.has_fire_deadline() && !command.has_record_read();
  if (has_request_id && FieldOf(command, "request_id").empty())
    command = With(std::move(command), "request_id", "r");
  for (const engine::FieldViolation& violation : engine::Validate(command))
    ADD_FAILURE() << "not well formed: " << violation.field << " " << violation.rule;

  engine::Envelope envelope;
  envelope.tenant = kTenant;
  envelope.actor = actor;
  envelope.time = now_;
  envelope.new_ticket_id = tickets_.size() + 1;
  envelope.salt = kSalt;
  const engine::Facts facts = FactsFor(command);
  const engine::Decision decision = engine::Decide(facts, command, envelope);
  EXPECT_EQ(PrintDecision(engine::Decide(facts, command, envelope)), PrintDecision(decision));
  rejection_ = decision.rejection.value_or(engine::Rejection{});
  words_ = decision.personal;
  if (command.has_submit_issue() && !decision.rejection) {
    const uint64_t id = decision.steps.front().event.ticket_id();
    issues_.emplace(id, command.submit_issue().issue());
  }
  if (command.has_submit_mystery_issue() && !decision.rejection)
    issues_.emplace(envelope.new_ticket_id, command.submit_mystery_issue().issue());
  if (command.import_history().has_opened() && !decision.rejection)
    issues_.emplace(envelope.new_ticket_id, command.import_history().opened().issue());
  Keep(decision, now_);
  return PrintDecision(decision);
}

Desk& Desk::Must(const engine::Actor& actor, const v1::Command& command) {
  const std::string outcome = Do(actor, command);
  EXPECT_EQ(rejection_.message, "") << "must be accepted";
  EXPECT_NE(outcome, "") << "must do something";
  return *this;
}

std::string Desk::Tick(uint64_t id) {
  const v1::Ticket& due = ticket(id);
  if (!due.has_next_deadline_time() || engine::ToTime(due.next_deadline_time()) >= now_) return "";
  return Do(Agent("timer"), Fire(engine::ToTime(due.next_deadline_time()), id));
}

engine::Facts Desk::FactsFor(const v1::Command& command) const {
  engine::Facts facts;
  facts.playbook = playbook_;
  facts.candidate = candidate_;
  facts.older_playbooks = older_playbooks_;
  if (command.has_submit_issue()) {
    const v1::Issue& issue = command.submit_issue().issue();
    facts.customer = engine::CustomerFactsOf(issue.customer(), 0);
    FindOpenWithKey(engine::IssueKey(issue), facts);
    uint64_t followed = 0;
    if (absl::SimpleAtoi(issue.follows(), &followed) && tickets_.contains(followed))
      facts.other_ticket = &tickets_.at(followed);
    return facts;
  }
  if (command.has_import_history()) {
    for (const auto& [id, ticket] : tickets_)
      if (ticket.external_id() == command.import_history().external_id()) facts.ticket = &ticket;
    return facts;
  }
  if (command.has_pull_tickets()) {
    for (const auto& [id, ticket] : tickets_)
      if (ticket.has_rank_time() && ticket.department() == command.pull_tickets().department())
        facts.queue.push_back(&ticket);
    const size_t wanted = std::max(1, command.pull_tickets().max_tickets());
    if (facts.queue.size() > wanted) facts.queue.resize(wanted);
    return facts;
  }
  if (command.has_record_read()) return facts;
  if (command.has_submit_mystery_issue()) {
    facts.customer =
        engine::CustomerFactsOf(command.submit_mystery_issue().issue().customer(), 0);
    return facts;
  }
  facts.draw = &draw_;
  if (sample_ && command.has_draw_sample()) facts.earlier_sample = sample_;
  if (sample_ && command.record_inspection().sample() == sample_->number()) facts.sample = sample_;
  if (command.has_fire_deadline())
    Find(absl::StrCat(command.fire_deadline().ticket_id()), facts);
  else
    Find(FieldOf(command, "ticket"), facts);
  uint64_t original = 0;
  if (absl::SimpleAtoi(command.resolve_ticket().resolution().duplicate_of(), &original) &&
      tickets_.contains(original))
    facts.other_ticket = &tickets_.at(original);
  return facts;
}

void Desk::Find(absl::string_view name, engine::Facts& facts) const {
  uint64_t id = 0;
  if (!absl::SimpleAtoi(name, &id) || !tickets_.contains(id)) return;
  facts.ticket = &tickets_.at(id);
  facts.issue = issues_.at(id);
  facts.issue_customer = engine::CustomerFactsOf(facts.issue->customer(), 0);
  facts.handlers = engine::HandlersOf(events_.at(id));
}

void Desk::FindOpenWithKey(const std::string& key, engine::Facts& facts) const {
  if (key.empty()) return;
  for (const auto& [id, ticket] : tickets_) {
    if (ticket.key() != key || ticket.state() == v1::TICKET_STATE_CLOSED) continue;
    facts.ticket = &ticket;
    facts.issue = issues_.at(id);
    facts.issue_customer = engine::CustomerFactsOf(facts.issue->customer(), 0);
    return;
  }
}

void Desk::Keep(const engine::Decision& decision, absl::Time now) {
  for (const engine::Step& step : decision.steps) {
    const v1::Event& event = step.event;
    const uint64_t id = event.ticket_id();
    if (id == 0) continue;
    v1::Ticket& ticket = tickets_[id];
    EXPECT_LE(engine::ToTime(ticket.update_time()), engine::ToTime(event.time()))
        << "out of order: " << Print(event);
    EXPECT_LE(engine::ToTime(event.time()), now) << "in the future: " << Print(event);
    EXPECT_EQ(engine::Apply(ticket, event).SerializeAsString(), step.after.SerializeAsString())
        << "does not follow from " << Print(event);
    ticket = step.after;
    events_[id].push_back(event);
  }
  for (const engine::Step& step : decision.steps) {
    if (step.event.ticket_id() == 0) continue;
    const v1::Ticket& ticket = tickets_.at(step.event.ticket_id());
    EXPECT_EQ(engine::FindBrokenInvariant(ticket).value_or(""), "");
  }
  for (const engine::PersonalEntry& entry : decision.personal)
    EXPECT_EQ(base::Sha256(entry.record.SerializeAsString()), entry.hash);
}

Desk DeskWithComplaint() {
  Desk desk;
  desk.Must(Submit(Complaint()));
  return desk;
}

Desk DeskWithLease() {
  Desk desk = DeskWithComplaint();
  desk.Must(Pull("desk"));
  return desk;
}

Desk DeskWithAccepted() {
  Desk desk = DeskWithLease();
  desk.Must(Accept(1));
  return desk;
}

Desk DeskWithResolved() {
  Desk desk = DeskWithAccepted();
  desk.At("10:00").Must(Resolve());
  return desk;
}

}  // namespace redress::test
