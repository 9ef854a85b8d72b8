// Loads what a decision needs, and nothing else. With the executor, the only place where storage
// and engine meet.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ticket/decision.h"
#include "redress/v1/command.pb.h"
#include "services/playbook_store.h"
#include "services/ticket_cache.h"
#include "storage/ledger.h"

namespace redress::services {

// Facts that own what they refer to, but for tickets.
struct LoadedFacts {
  PublishedPlaybook live;
  std::shared_ptr<const engine::Playbook> candidate;
  std::vector<std::shared_ptr<const engine::Playbook>> older;
  engine::Facts facts;
};

// `live` is the tenant's playbook, `candidate` the one to publish. `playbooks` finds the versions
// on whose calendars the ticket's clocks still are. The facts point to tickets in `tickets`.
// REQUIRES: the command is well formed.
absl::StatusOr<std::unique_ptr<LoadedFacts>> LoadFacts(
    const storage::LedgerReader& reader, absl::string_view tenant, const v1::Command& command,
    PublishedPlaybook live, std::shared_ptr<const engine::Playbook> candidate,
    PlaybookStore& playbooks, TicketCache& tickets);

// Finds the older versions of the playbook on whose calendars clocks and chains of the facts'
// tickets are, where the live one does not have them.
absl::Status LoadOlderCalendars(const storage::LedgerReader& reader, absl::string_view tenant,
                                PlaybookStore& playbooks, LoadedFacts& loaded);

// The issue that opened a ticket, with its words unless they were erased.
absl::StatusOr<v1::Issue> ReadIssue(const storage::LedgerReader& reader, absl::string_view tenant,
                                    const v1::Ticket& ticket);

// The ticket as it was after `version` of its events, by applying them again.
absl::StatusOr<v1::Ticket> TicketAt(const storage::LedgerReader& reader, absl::string_view tenant,
                                    uint64_t ticket_id, uint32_t version);

// The named ticket (id or reference); nothing when there is none.
absl::StatusOr<std::optional<v1::Ticket>> FindTicket(const storage::LedgerReader& reader,
                                                     absl::string_view tenant,
                                                     absl::string_view name);

}  // namespace redress::services
