#include "services/facts.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/rules/route.h"
#include "engine/ticket/apply.h"
#include "engine/ticket/chain.h"
#include "engine/ticket/clock_terms.h"
#include "engine/ticket/handlers.h"
#include "engine/ticket/reference.h"
#include "engine/ticket/routing.h"
#include "storage/index.h"

namespace redress::services {
namespace {

using Order = v1::Command::OrderCase;

class Loader {
 public:
  Loader(const storage::LedgerReader& reader, absl::string_view tenant, TicketCache& tickets,
         engine::Facts& facts)
      : reader_(reader), tenant_(tenant), tickets_(tickets), facts_(facts) {}

  absl::Status Load(const v1::Command& command);

 private:
  absl::Status LoadSubmit(const v1::Issue& issue);
  absl::Status LoadImport(const v1::ImportHistoryRequest& request);
  absl::Status LoadQueue(const v1::PullTicketsRequest& request);
  absl::Status LoadNamed(absl::string_view name);
  absl::Status LoadMystery(const v1::Issue& issue);
  absl::Status LoadDraw(const v1::DrawSampleRequest& request);
  absl::Status LoadSample(uint32_t number);
  absl::Status LoadEvidence(absl::string_view goal);
  // Also who handled it.
  absl::Status LoadHandled(absl::string_view name);
  // Also what routing it again needs.
  absl::Status LoadForRouting(absl::string_view name);
  absl::Status LoadIssue();
  absl::Status LoadOther(absl::string_view name);
  absl::StatusOr<v1::CustomerFacts> CustomerOf(const v1::CustomerProfile& profile);
  absl::StatusOr<const v1::Ticket*> MustFind(uint64_t ticket_id);
  absl::Status LoadFirstOf(const std::string& prefix);

  const storage::LedgerReader& reader_;
  const absl::string_view tenant_;
  TicketCache& tickets_;
  engine::Facts& facts_;
};

absl::Status Loader::Load(const v1::Command& command) {
  switch (command.order_case()) {
    case Order::kSubmitIssue: return LoadSubmit(command.submit_issue().issue());
    case Order::kImportHistory: return LoadImport(command.import_history());
    case Order::kPullTickets: return LoadQueue(command.pull_tickets());
    case Order::kExtendLease: return LoadNamed(command.extend_lease().ticket());
    case Order::kReturnTicket: return LoadNamed(command.return_ticket().ticket());
    case Order::kAcceptTicket: return LoadNamed(command.accept_ticket().ticket());
    case Order::kAnswerTicket: return LoadNamed(command.answer_ticket().ticket());
    case Order::kPauseTicket: return LoadNamed(command.pause_ticket().ticket());
    case Order::kResumeTicket: return LoadNamed(command.resume_ticket().ticket());
    case Order::kTransferTicket: return LoadNamed(command.transfer_ticket().ticket());
    case Order::kEscalateTicket: return LoadNamed(command.escalate_ticket().ticket());
    case Order::kDeescalateTicket: return LoadNamed(command.deescalate_ticket().ticket());
    case Order::kAnswerLevelOffer: return LoadNamed(command.answer_level_offer().ticket());
    case Order::kResolveTicket:
      RETURN_IF_ERROR(LoadOther(command.resolve_ticket().resolution().duplicate_of()));
      return LoadNamed(command.resolve_ticket().ticket());
    case Order::kCloseTicket: return LoadNamed(command.close_ticket().ticket());
    case Order::kReopenTicket: return LoadForRouting(command.reopen_ticket().ticket());
    case Order::kAddNote: return LoadNamed(command.add_note().ticket());
    case Order::kConfirmResolution: return LoadNamed(command.confirm_resolution().ticket());
    case Order::kDisputeResolution: return LoadForRouting(command.dispute_resolution().ticket());
    case Order::kFireDeadline:
      return LoadNamed(absl::StrCat(command.fire_deadline().ticket_id()));
    case Order::kSubmitMysteryIssue: return LoadMystery(command.submit_mystery_issue().issue());
    case Order::kDrawSample: return LoadDraw(command.draw_sample());
    case Order::kRecordGoalEvidence: return LoadEvidence(command.record_goal_evidence().goal());
    case Order::kRecordInspection:
      RETURN_IF_ERROR(LoadSample(command.record_inspection().sample()));
      return LoadHandled(command.record_inspection().ticket());
    case Order::kDisputeInspection: return LoadHandled(command.dispute_inspection().ticket());
    case Order::kDecideInspection: return LoadHandled(command.decide_inspection().ticket());
    case Order::kPublishPlaybook:
    case Order::kFillMeasures:
    case Order::kRecordRead:
    case Order::ORDER_NOT_SET: return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::StatusOr<const v1::Ticket*> Loader::MustFind(uint64_t ticket_id) {
  ASSIGN_OR_RETURN(const v1::Ticket* const ticket, tickets_.Find(reader_, tenant_, ticket_id));
  if (ticket == nullptr)
    return absl::DataLossError(absl::StrCat("an index names ticket ", ticket_id,
                                            ", which is missing"));
  return ticket;
}

absl::Status Loader::LoadFirstOf(const std::string& prefix) {
  ASSIGN_OR_RETURN(const auto found, reader_.ScanIndex(prefix, false, "", 1));
  if (found.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(facts_.ticket, MustFind(found[0].ticket_id));
  return absl::OkStatus();
}

absl::Status Loader::LoadSubmit(const v1::Issue& issue) {
  ASSIGN_OR_RETURN(facts_.customer, CustomerOf(issue.customer()));
  RETURN_IF_ERROR(LoadOther(issue.follows()));
  const std::string key = engine::IssueKey(issue);
  if (key.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(LoadFirstOf(storage::IssueKeyPrefix(tenant_, key)));
  if (facts_.ticket && facts_.ticket->state() == v1::TICKET_STATE_RESOLVED) return LoadIssue();
  return absl::OkStatus();
}

absl::Status Loader::LoadImport(const v1::ImportHistoryRequest& request) {
  ASSIGN_OR_RETURN(facts_.customer, CustomerOf(request.opened().issue().customer()));
  return LoadFirstOf(storage::ExternalPrefix(tenant_, request.external_id()));
}

absl::Status Loader::LoadQueue(const v1::PullTicketsRequest& request) {
  const size_t wanted = request.max_tickets() == 0 ? 1 : static_cast<size_t>(request.max_tickets());
  for (const v1::Level level : {v1::LEVEL_RELAY, v1::LEVEL_ANALYSIS, v1::LEVEL_INITIATIVE}) {
    if (request.level() != v1::LEVEL_UNSPECIFIED && request.level() != level) continue;
    if (facts_.queue.size() >= wanted) break;
    const std::string prefix = storage::QueuePrefix(tenant_, request.department(), level);
    ASSIGN_OR_RETURN(const auto found,
                     reader_.ScanIndex(prefix, true, "", wanted - facts_.queue.size()));
    for (const auto& indexed : found) {
      ASSIGN_OR_RETURN(const v1::Ticket* const ticket, MustFind(indexed.ticket_id));
      facts_.queue.push_back(ticket);
    }
  }
  return absl::OkStatus();
}

absl::Status Loader::LoadNamed(absl::string_view name) {
  ASSIGN_OR_RETURN(facts_.ticket, tickets_.FindNamed(reader_, tenant_, name));
  return absl::OkStatus();
}

absl::Status Loader::LoadMystery(const v1::Issue& issue) {
  ASSIGN_OR_RETURN(facts_.customer, CustomerOf(issue.customer()));
  return absl::OkStatus();
}

absl::Status Loader::LoadDraw(const v1::DrawSampleRequest& request) {
  ASSIGN_OR_RETURN(const auto newest, reader_.ReadSample(tenant_, 0));
  if (newest) facts_.samples = newest->event.sample_drawn().number();
  ASSIGN_OR_RETURN(const auto earlier,
                   reader_.ReadSampleBefore(tenant_, request.plan(), request.to_day()));
  if (earlier) facts_.earlier_sample = earlier->event.sample_drawn();
  return absl::OkStatus();
}

absl::Status Loader::LoadSample(uint32_t number) {
  if (number == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto recorded, reader_.ReadSample(tenant_, number));
  if (recorded) facts_.sample = recorded->event.sample_drawn();
  return absl::OkStatus();
}

absl::Status Loader::LoadEvidence(absl::string_view goal) {
  ASSIGN_OR_RETURN(const auto evidence, reader_.ReadGoalEvidence(tenant_, goal));
  facts_.goal_evidence = static_cast<uint32_t>(evidence.size());
  return absl::OkStatus();
}

absl::Status Loader::LoadHandled(absl::string_view name) {
  RETURN_IF_ERROR(LoadNamed(name));
  if (!facts_.ticket) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto history, reader_.ReadHistory(tenant_, *facts_.ticket, 0,
                                                           facts_.ticket->version()));
  std::vector<v1::Event> events;
  for (const storage::RecordedEvent& recorded : history) events.push_back(recorded.event);
  facts_.handlers = engine::HandlersOf(events);
  return absl::OkStatus();
}

absl::Status Loader::LoadForRouting(absl::string_view name) {
  RETURN_IF_ERROR(LoadNamed(name));
  if (!facts_.ticket) return absl::OkStatus();
  return LoadIssue();
}

absl::Status Loader::LoadIssue() {
  ASSIGN_OR_RETURN(facts_.issue, ReadIssue(reader_, tenant_, *facts_.ticket));
  ASSIGN_OR_RETURN(facts_.issue_customer, CustomerOf(facts_.issue->customer()));
  return absl::OkStatus();
}

absl::Status Loader::LoadOther(absl::string_view name) {
  if (name.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(facts_.other_ticket, tickets_.FindNamed(reader_, tenant_, name));
  return absl::OkStatus();
}

absl::StatusOr<v1::CustomerFacts> Loader::CustomerOf(const v1::CustomerProfile& profile) {
  size_t open = 0;
  const bool counts = facts_.playbook != nullptr && facts_.playbook->rules().counts_open_tickets();
  if (counts && !profile.id().empty()) {
    ASSIGN_OR_RETURN(open, reader_.CountIndex(storage::CustomerPrefix(tenant_, profile.id()),
                                              engine::kOpenTicketsMax));
  }
  return engine::CustomerFactsOf(profile, static_cast<int>(open));
}

}  // namespace

namespace {

// Finds the version of the playbook that has the calendar, if the live one has not.
absl::Status LoadCalendar(const storage::LedgerReader& reader, absl::string_view tenant,
                          const v1::ClockTerms& terms, PlaybookStore& playbooks,
                          LoadedFacts& loaded) {
  if (engine::HasCalendar(loaded.facts.playbook, terms)) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::shared_ptr<const engine::Playbook> older,
                   playbooks.FindByHash(reader, tenant, terms.playbook_hash()));
  if (!engine::HasCalendar(older.get(), terms))
    return absl::DataLossError(absl::StrCat("a clock or a chain runs on calendar ",
                                            terms.calendar(), ", which was never published"));
  loaded.facts.older_playbooks.push_back(older.get());
  loaded.older.push_back(std::move(older));
  return absl::OkStatus();
}

absl::Status LoadOlderCalendars(const storage::LedgerReader& reader, absl::string_view tenant,
                                const v1::Ticket& ticket, PlaybookStore& playbooks,
                                LoadedFacts& loaded) {
  for (const v1::Clock& clock : ticket.clocks())
    RETURN_IF_ERROR(LoadCalendar(reader, tenant, clock.terms(), playbooks, loaded));
  if (!engine::RunsChain(ticket)) return absl::OkStatus();
  for (const v1::ChainStep& step : ticket.chain().steps()) {
    if (step.calendar().empty()) continue;
    RETURN_IF_ERROR(LoadCalendar(reader, tenant, engine::TermsOf(ticket.chain(), step), playbooks,
                                 loaded));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<LoadedFacts>> LoadFacts(
    const storage::LedgerReader& reader, absl::string_view tenant, const v1::Command& command,
    PublishedPlaybook live, std::shared_ptr<const engine::Playbook> candidate,
    PlaybookStore& playbooks, TicketCache& tickets) {
  auto loaded = std::make_unique<LoadedFacts>();
  loaded->live = std::move(live);
  loaded->candidate = std::move(candidate);
  loaded->facts.playbook = loaded->live.playbook.get();
  loaded->facts.playbook_version = loaded->live.version;
  loaded->facts.candidate = loaded->candidate.get();
  RETURN_IF_ERROR(Loader(reader, tenant, tickets, loaded->facts).Load(command));
  RETURN_IF_ERROR(LoadOlderCalendars(reader, tenant, playbooks, *loaded));
  return loaded;
}

absl::Status LoadOlderCalendars(const storage::LedgerReader& reader, absl::string_view tenant,
                                PlaybookStore& playbooks, LoadedFacts& loaded) {
  if (loaded.facts.ticket)
    RETURN_IF_ERROR(
        LoadOlderCalendars(reader, tenant, *loaded.facts.ticket, playbooks, loaded));
  for (const v1::Ticket* ticket : loaded.facts.queue)
    RETURN_IF_ERROR(LoadOlderCalendars(reader, tenant, *ticket, playbooks, loaded));
  return absl::OkStatus();
}

absl::StatusOr<v1::Issue> ReadIssue(const storage::LedgerReader& reader, absl::string_view tenant,
                                    const v1::Ticket& ticket) {
  ASSIGN_OR_RETURN(const storage::RecordedEvent opened,
                   reader.ReadEvent(tenant, ticket.first_event()));
  v1::Issue issue = opened.event.ticket_opened().issue();
  const std::string& hash = opened.event.ticket_opened().personal_hash();
  if (hash.empty()) return issue;
  ASSIGN_OR_RETURN(const std::optional<v1::PersonalRecord> words,
                   reader.ReadPersonal(tenant, issue.customer().id(), ticket.id(), hash));
  if (!words) return issue;
  issue.set_text(words->text());
  if (words->has_contact()) *issue.mutable_contact() = words->contact();
  return issue;
}

absl::StatusOr<v1::Ticket> TicketAt(const storage::LedgerReader& reader, absl::string_view tenant,
                                    uint64_t ticket_id, uint32_t version) {
  ASSIGN_OR_RETURN(std::optional<v1::Ticket> now, reader.ReadTicket(tenant, ticket_id));
  if (!now) return absl::DataLossError(absl::StrCat("ticket ", ticket_id, " is missing"));
  if (now->version() <= version) return *std::move(now);
  ASSIGN_OR_RETURN(const auto history, reader.ReadHistory(tenant, *now, 0, version));
  v1::Ticket ticket;
  for (const storage::RecordedEvent& recorded : history)
    ticket = engine::Apply(std::move(ticket), recorded.event);
  *ticket.mutable_first_event() = now->first_event();
  if (!history.empty()) *ticket.mutable_last_event() = history.back().receipt.position();
  return ticket;
}

absl::StatusOr<std::optional<v1::Ticket>> FindTicket(const storage::LedgerReader& reader,
                                                     absl::string_view tenant,
                                                     absl::string_view name) {
  const std::optional<uint64_t> ticket_id = engine::ParseTicketName(name);
  if (!ticket_id) return std::optional<v1::Ticket>();
  return reader.ReadTicket(tenant, *ticket_id);
}

}  // namespace redress::services
