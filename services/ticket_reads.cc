#include "services/ticket_reads.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/ticket/explain_due.h"
#include "engine/ticket/tell_story.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"
#include "services/backend.h"
#include "services/facts.h"
#include "storage/index.h"

namespace redress::services {
namespace {

constexpr size_t kChunk = 500;

bool IsWithin(const std::string& asked, const std::string& category) {
  return asked == category || absl::StartsWith(category, absl::StrCat(asked, "."));
}

bool Matches(const v1::TicketFilter& filter, const v1::Ticket& ticket) {
  const auto is_other = [](const std::string& asked, const std::string& value) {
    return !asked.empty() && asked != value;
  };
  if (filter.states_size() > 0 &&
      std::find(filter.states().begin(), filter.states().end(), ticket.state()) ==
          filter.states().end())
    return false;
  if (filter.level() != v1::LEVEL_UNSPECIFIED && filter.level() != ticket.level()) return false;
  if (filter.severity() != v1::SEVERITY_UNSPECIFIED && filter.severity() != ticket.severity())
    return false;
  if (filter.kind() != v1::ISSUE_KIND_UNSPECIFIED && filter.kind() != ticket.kind()) return false;
  if (!filter.category().empty() && !IsWithin(filter.category(), ticket.category())) return false;
  return !is_other(filter.department(), ticket.department()) &&
         !is_other(filter.channel(), ticket.channel()) &&
         !is_other(filter.segment(), ticket.segment()) &&
         !is_other(filter.customer_id(), ticket.customer_id()) &&
         !is_other(filter.external_id(), ticket.external_id());
}

// The words that an event carries the hash of.
struct WordsRef {
  std::string hash;
  std::string customer_id;
  bool is_to_customer = false;
};

WordsRef WordsOf(const v1::Event& event, const v1::Ticket& ticket) {
  using Fact = v1::Event::FactCase;
  switch (event.fact_case()) {
    case Fact::kTicketOpened:
      return {event.ticket_opened().personal_hash(),
              event.ticket_opened().issue().customer().id(), false};
    case Fact::kIssueJoined:
      return {event.issue_joined().personal_hash(), event.issue_joined().issue().customer().id(),
              false};
    case Fact::kTicketAnswered:
      return {event.ticket_answered().personal_hash(), ticket.customer_id(), true};
    case Fact::kTicketResolved:
      return {event.ticket_resolved().answer_hash(), ticket.customer_id(), true};
    case Fact::kTicketClosed:
      return {event.ticket_closed().personal_hash(), ticket.customer_id(), false};
    case Fact::kTicketReopened:
      return {event.ticket_reopened().personal_hash(), ticket.customer_id(), false};
    default: return {};
  }
}

// A ticket by its id in another system: no scan is needed.
absl::StatusOr<TicketPage> ListExternal(const storage::LedgerReader& reader, const Caller& caller,
                                        const v1::TicketFilter& filter) {
  TicketPage page;
  ASSIGN_OR_RETURN(
      const auto found,
      reader.ScanIndex(storage::ExternalPrefix(caller.actor.tenant, filter.external_id()), false,
                       "", kChunk));
  const engine::Actor actor = ToEngineActor(caller);
  for (const auto& indexed : found) {
    ASSIGN_OR_RETURN(std::optional<v1::Ticket> ticket,
                     reader.ReadTicket(caller.actor.tenant, indexed.ticket_id));
    if (ticket && actor.MayActFor(ticket->department()) && Matches(filter, *ticket))
      page.tickets.push_back(*std::move(ticket));
  }
  return page;
}

}  // namespace

absl::StatusOr<TicketPage> ListMatching(const storage::LedgerReader& reader, const Caller& caller,
                                        const v1::TicketFilter& filter, uint64_t before_id,
                                        int size) {
  if (!filter.external_id().empty()) return ListExternal(reader, caller, filter);
  const engine::Actor actor = ToEngineActor(caller);
  TicketPage page;
  for (int scanned = 0; scanned < kListScanMax;) {
    ASSIGN_OR_RETURN(std::vector<v1::Ticket> chunk,
                     reader.ScanTickets(caller.actor.tenant, before_id, kChunk));
    for (v1::Ticket& ticket : chunk) {
      before_id = ticket.id();
      if (!actor.MayActFor(ticket.department()) || !Matches(filter, ticket)) continue;
      page.tickets.push_back(std::move(ticket));
      if (static_cast<int>(page.tickets.size()) < size) continue;
      page.next_before_id = before_id;
      return page;
    }
    if (chunk.size() < kChunk) return page;
    scanned += static_cast<int>(chunk.size());
  }
  page.next_before_id = before_id;
  return page;
}

absl::StatusOr<std::vector<SaidWords>> ReadWords(const storage::LedgerReader& reader,
                                                 absl::string_view tenant,
                                                 const v1::Ticket& ticket) {
  ASSIGN_OR_RETURN(const auto history,
                   reader.ReadHistory(tenant, ticket, 0, engine::kTicketVersionMax));
  std::vector<SaidWords> all;
  for (const storage::RecordedEvent& recorded : history) {
    const WordsRef ref = WordsOf(recorded.event, ticket);
    if (ref.hash.empty()) continue;
    ASSIGN_OR_RETURN(const std::optional<v1::PersonalRecord> record,
                     reader.ReadPersonal(tenant, ref.customer_id, ticket.id(), ref.hash));
    if (!record) continue;
    SaidWords& said = all.emplace_back();
    said.is_to_customer = ref.is_to_customer;
    said.words.set_personal_hash(ref.hash);
    said.words.set_text(record->text());
    if (record->has_contact()) *said.words.mutable_contact() = record->contact();
  }
  return all;
}

absl::StatusOr<v1::GetStoryResponse> ReadStory(const storage::LedgerReader& reader,
                                               const std::string& tenant,
                                               const v1::Ticket& ticket, absl::Time now) {
  ASSIGN_OR_RETURN(std::vector<storage::RecordedEvent> recorded,
                   reader.ReadHistory(tenant, ticket, 0, ticket.version()));
  std::vector<v1::Event> history;
  for (storage::RecordedEvent& each : recorded) history.push_back(std::move(each.event));
  v1::GetStoryResponse response;
  *response.mutable_time() = engine::ToTimestamp(now);
  for (v1::StoryChapter& chapter : engine::TellStory(history, now))
    response.add_chapters()->Swap(&chapter);
  return response;
}

absl::StatusOr<v1::ExplainDueResponse> ExplainClocks(const storage::LedgerReader& reader,
                                                     PlaybookStore& playbooks,
                                                     const std::string& tenant,
                                                     const v1::Ticket& ticket, v1::ClockKind kind,
                                                     absl::Time now) {
  LoadedFacts loaded;
  ASSIGN_OR_RETURN(loaded.live, playbooks.Live(reader, tenant));
  loaded.facts.playbook = loaded.live.playbook.get();
  loaded.facts.ticket = &ticket;
  RETURN_IF_ERROR(LoadOlderCalendars(reader, tenant, playbooks, loaded));
  ASSIGN_OR_RETURN(std::vector<storage::RecordedEvent> recorded,
                   reader.ReadHistory(tenant, ticket, 0, ticket.version()));
  std::vector<v1::Event> history;
  for (storage::RecordedEvent& each : recorded) history.push_back(std::move(each.event));
  v1::ExplainDueResponse response;
  *response.mutable_time() = engine::ToTimestamp(now);
  for (v1::ExplainedClock& explained : engine::ExplainDue(loaded.facts, history, now))
    if (kind == v1::CLOCK_KIND_UNSPECIFIED || explained.clock().kind() == kind)
      response.add_clocks()->Swap(&explained);
  return response;
}

}  // namespace redress::services
