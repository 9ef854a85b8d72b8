#include "services/replay.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/ticket/apply.h"
#include "engine/ticket/lifecycle.h"
#include "services/commit_walk.h"

namespace redress::services {
namespace {

// The tickets of one range of ids.
class Range {
 public:
  explicit Range(uint64_t first_id) : first_id_(first_id) {}

  absl::Status Take(const v1::Event& event, const v1::Position& position,
                    const google::protobuf::Timestamp& record_time,
                    absl::FunctionRef<void(const ReplayedEvent&)> visit) {
    const size_t place = static_cast<size_t>(event.ticket_id() - first_id_);
    if (place >= tickets_.size()) tickets_.resize(place + 1);
    v1::Ticket& ticket = tickets_[place];
    const bool follows =
        event.version() == ticket.version() + 1 &&
        engine::NextState(ticket.state(), event.fact_case(), event.provenance()).has_value();
    if (!follows)
      return absl::DataLossError(absl::StrCat("commit ", position.commit(), ", event ",
                                              position.index(),
                                              " does not follow the event before it of ticket ",
                                              event.ticket_id()));
    v1::Ticket after = engine::Apply(ticket, event);
    visit({ticket.version() == 0 ? nullptr : &ticket, event, after, position, record_time});
    ticket = std::move(after);
    return absl::OkStatus();
  }

 private:
  const uint64_t first_id_;
  std::deque<v1::Ticket> tickets_;
};

}  // namespace

absl::Status Replay(const storage::LedgerReader& reader, absl::string_view tenant,
                    uint64_t last_commit, absl::FunctionRef<void(const ReplayedEvent&)> visit) {
  uint64_t last_id = 0;
  for (uint64_t first_id = 1; first_id == 1 || first_id <= last_id; first_id += kReplayTicketsMax) {
    Range range(first_id);
    const WalkQuery query{last_commit, first_id, first_id + kReplayTicketsMax};
    RETURN_IF_ERROR(
        WalkCommits(reader, tenant, query, [&](WalkedCommit walked) -> absl::Status {
          last_id = std::max(last_id, walked.last_ticket_id);
          v1::Position position;
          position.set_commit(walked.commit.number());
          for (const auto& [index, event] : walked.events) {
            position.set_index(static_cast<uint32_t>(index));
            if (event.ticket_id() == 0) continue;
            RETURN_IF_ERROR(range.Take(event, position, walked.commit.time(), visit));
          }
          if (walked.damaged < 0) return absl::OkStatus();
          return absl::DataLossError(absl::StrCat("commit ", walked.commit.number(), ", event ",
                                                  walked.damaged, " cannot be read"));
        }));
  }
  return absl::OkStatus();
}

}  // namespace redress::services
