#include "services/issue_reader.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace redress::services {

absl::StatusOr<v1::Issue> IssueReader::Read(const v1::Ticket& ticket) {
  const v1::Position& place = ticket.first_event();
  if (commit_.number() != place.commit()) {
    ASSIGN_OR_RETURN(commit_, reader_.ReadCommit(tenant_, place.commit()));
  }
  v1::Event event;
  const bool is_there = place.index() < static_cast<uint32_t>(commit_.events_size()) &&
                        event.ParseFromString(commit_.events(static_cast<int>(place.index())));
  if (!is_there || !event.has_ticket_opened() || event.ticket_id() != ticket.id())
    return absl::DataLossError(absl::StrCat("ticket ", ticket.id(), " was never opened"));
  v1::TicketOpened& opened = *event.mutable_ticket_opened();
  v1::Issue issue = std::move(*opened.mutable_issue());
  if (opened.personal_hash().empty()) return issue;
  ASSIGN_OR_RETURN(std::optional<v1::PersonalRecord> words,
                   reader_.ReadPersonal(tenant_, issue.customer().id(), ticket.id(),
                                        opened.personal_hash()));
  if (!words) return issue;
  issue.mutable_text()->swap(*words->mutable_text());
  if (words->has_contact()) *issue.mutable_contact() = words->contact();
  return issue;
}

bool IsWhole(const v1::Issue& issue) {
  return !issue.text().empty() || issue.kind() == v1::ISSUE_KIND_SCORE ||
         issue.kind() == v1::ISSUE_KIND_ALERT;
}

}  // namespace redress::services
