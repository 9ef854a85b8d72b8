#include "services/history.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace redress::services {

absl::StatusOr<const v1::Commit*> HistoryReader::CommitAt(uint64_t number) {
  for (const v1::Commit& commit : kept_)
    if (commit.number() == number) return &commit;
  ASSIGN_OR_RETURN(v1::Commit commit, reader_.ReadCommit(tenant_, number));
  if (kept_.size() >= kKeptMax) kept_.pop_front();
  return &kept_.emplace_back(std::move(commit));
}

absl::StatusOr<std::vector<DatedEvent>> HistoryReader::ReadDated(const v1::Ticket& ticket) {
  std::vector<DatedEvent> events;
  v1::Position position = ticket.last_event();
  for (uint32_t version = ticket.version(); version > 0; --version) {
    ASSIGN_OR_RETURN(const v1::Commit* commit, CommitAt(position.commit()));
    DatedEvent& dated = events.emplace_back();
    v1::Event& event = dated.event;
    const bool is_there = position.index() < static_cast<uint32_t>(commit->events_size()) &&
                          event.ParseFromString(commit->events(static_cast<int>(position.index())));
    if (!is_there || event.ticket_id() != ticket.id() || event.version() != version)
      return absl::DataLossError(absl::StrCat("the history of ticket ", ticket.id(),
                                              " is broken at version ", version));
    dated.position = position;
    dated.record_time = commit->time();
    position = event.previous();
  }
  std::reverse(events.begin(), events.end());
  return events;
}

absl::StatusOr<std::vector<v1::Event>> HistoryReader::Read(const v1::Ticket& ticket) {
  ASSIGN_OR_RETURN(std::vector<DatedEvent> dated, ReadDated(ticket));
  std::vector<v1::Event> events;
  for (DatedEvent& event : dated) events.push_back(std::move(event.event));
  return events;
}

}  // namespace redress::services
