#include "services/issue_reader.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "storage/kept_fields.h"

namespace redress::services {
namespace {

// What is needed of the event that opened a ticket. The rest of it is not parsed.
struct Opening {
  v1::Issue issue;
  std::string personal_hash;
};

// Nothing: the event did not open this ticket.
std::optional<Opening> OpeningOf(absl::string_view event, uint64_t ticket_id) {
  v1::Event head;
  const auto kept = storage::KeepFields(event, {v1::Event::kTicketIdFieldNumber});
  if (!kept || !head.ParseFromString(*kept) || head.ticket_id() != ticket_id) return std::nullopt;
  const auto opened = storage::FindField(event, v1::Event::kTicketOpenedFieldNumber);
  if (!opened || opened->empty()) return std::nullopt;
  const auto issue = storage::FindField(*opened, v1::TicketOpened::kIssueFieldNumber);
  const auto hash = storage::FindField(*opened, v1::TicketOpened::kPersonalHashFieldNumber);
  Opening opening;
  const bool is_read =
      issue && hash && opening.issue.ParseFromArray(issue->data(), static_cast<int>(issue->size()));
  if (!is_read) return std::nullopt;
  opening.personal_hash = std::string(*hash);
  return opening;
}

}  // namespace

absl::StatusOr<v1::Issue> IssueReader::Read(const v1::Ticket& ticket, Words words) {
  const v1::Position& place = ticket.first_event();
  if (commit_.number() != place.commit()) {
    ASSIGN_OR_RETURN(commit_, reader_.ReadCommit(tenant_, place.commit()));
  }
  std::optional<Opening> opening;
  if (place.index() < static_cast<uint32_t>(commit_.events_size()))
    opening = OpeningOf(commit_.events(static_cast<int>(place.index())), ticket.id());
  if (!opening)
    return absl::DataLossError(absl::StrCat("ticket ", ticket.id(), " was never opened"));
  v1::Issue& issue = opening->issue;
  if (opening->personal_hash.empty() || words == Words::kLeaveOut) return std::move(issue);
  ASSIGN_OR_RETURN(std::optional<v1::PersonalRecord> record,
                   reader_.ReadPersonal(tenant_, issue.customer().id(), ticket.id(),
                                        opening->personal_hash));
  if (!record) return std::move(issue);
  issue.mutable_text()->swap(*record->mutable_text());
  if (record->has_contact()) *issue.mutable_contact() = record->contact();
  return std::move(issue);
}

bool IsWhole(const v1::Issue& issue) {
  return !issue.text().empty() || issue.kind() == v1::ISSUE_KIND_SCORE ||
         issue.kind() == v1::ISSUE_KIND_ALERT;
}

}  // namespace redress::services
