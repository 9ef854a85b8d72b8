#include "services/playbook_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/playbook/playbook.h"
#include "engine/playbook/playbook_warnings.h"
#include "engine/rules/route.h"
#include "services/issue_reader.h"

namespace redress::services {
namespace {

using Warnings = std::vector<v1::PlaybookWarning>;

// Names a stored ticket in each warning that one shows.
absl::Status FindCases(const storage::LedgerReader& reader, const engine::Actor& actor,
                       const std::string& tenant, const engine::Playbook& playbook,
                       Warnings& warnings) {
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  ASSIGN_OR_RETURN(
      const std::vector<v1::Ticket> tickets,
      reader.ScanTickets(tenant, head.last_ticket_id() + 1, kCaseTicketsMax));
  IssueReader issues(reader, tenant);
  for (const v1::Ticket& ticket : tickets) {
    if (!actor.MayActFor(ticket.department()) || !ticket.decision().has_ticket_facts()) continue;
    ASSIGN_OR_RETURN(const v1::Issue issue, issues.Read(ticket));
    if (!IsWhole(issue)) continue;
    const engine::Matches matches = engine::FindMatches(
        playbook.rules(),
        {issue, ticket.decision().ticket_facts(), ticket.decision().customer_facts()});
    for (v1::PlaybookWarning& warning : warnings)
      if (warning.ticket().empty() && engine::Shows(warning, matches))
        warning.set_ticket(ticket.reference());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::CheckPlaybookResponse> CheckSource(const storage::LedgerReader& reader,
                                                      const engine::Actor& actor,
                                                      const std::string& tenant,
                                                      const std::string& source) {
  engine::PlaybookCompilation compilation = engine::CompilePlaybook(source);
  v1::CheckPlaybookResponse response;
  response.set_playbook_hash(compilation.playbook_hash);
  response.set_examples(compilation.examples);
  for (engine::Finding& finding : compilation.findings) {
    v1::PlaybookFinding& shown = *response.add_findings();
    shown.set_line(finding.line);
    shown.set_column(finding.column);
    shown.set_message(std::move(finding.message));
    shown.set_excerpt(std::move(finding.excerpt));
  }
  if (compilation.playbook == nullptr) return response;
  engine::PlaybookWarnings found = engine::FindWarnings(source, compilation);
  RETURN_IF_ERROR(FindCases(reader, actor, tenant, *compilation.playbook, found.warnings));
  for (v1::PlaybookWarning& warning : found.warnings) response.add_warnings()->Swap(&warning);
  response.set_warnings_left_out(found.left_out);
  response.set_analysis_cut(found.is_cut);
  return response;
}

}  // namespace redress::services
