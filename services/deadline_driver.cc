#include "services/deadline_driver.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "engine/ticket/rejection.h"
#include "engine/time/instant.h"
#include "storage/tables.h"

namespace redress::services {
namespace {

// Read of one shard at a time. A backlog is spread over all shards.
constexpr size_t kShardReadMax = 16;

}  // namespace

absl::StatusOr<size_t> DeadlineDriver::Tick(absl::Time now) {
  if (is_busy()) return 0;
  ASSIGN_OR_RETURN(const std::vector<storage::DueTicket> due, ReadDue(now));
  in_flight_ = due.size();
  for (const storage::DueTicket& ticket : due) {
    Order order;
    order.tenant = ticket.tenant;
    order.actor.id = "timer";
    order.actor.all_departments = true;
    v1::FireDeadline& fire = *order.command.mutable_fire_deadline();
    fire.set_ticket_id(ticket.ticket_id);
    *fire.mutable_time() = engine::ToTimestamp(absl::FromUnixMicros(ticket.time_us));
    order.done = [this](const Outcome& outcome) {
      if (outcome.failure && outcome.failure->reason ==
                                 engine::ShortName(v1::ERROR_REASON_DEADLINE_STALE))
        ++stale_;
      --in_flight_;
    };
    executor_.Submit(std::move(order));
  }
  return due.size();
}

std::vector<DeadlineDriver::Look> DeadlineDriver::TakeLooks(absl::Time now) {
  FirstDeadlines& known = executor_.first_deadlines();
  const absl::Duration shard_every = kFullLookEvery / storage::kShards;
  // A clock that was set back must not put it off for long.
  next_full_look_ = std::min(next_full_look_, now + shard_every);
  if (now >= next_full_look_) {
    known.Add(next_shard_++, FirstDeadlines::kUnknown);
    next_full_look_ = now + shard_every;
  }
  const int64_t now_us = absl::ToUnixMicros(now);
  std::vector<Look> looks;
  for (int i = 0; i < storage::kShards; ++i) {
    const auto shard = static_cast<uint8_t>(i);
    if (known.Of(shard) < now_us) looks.push_back({shard, known.Take(shard)});
  }
  return looks;
}

absl::StatusOr<int64_t> DeadlineDriver::ReadShard(const storage::Snapshot& snapshot,
                                                  const Look& look, int64_t now_us, Due& due) {
  int64_t first = FirstDeadlines::kNone;
  size_t count = 0;
  bool damaged = false;
  const auto take = [&](absl::string_view key, absl::string_view) {
    std::optional<storage::DueTicket> ticket = storage::ParseDeadlineKey(key);
    damaged = !ticket.has_value();
    if (damaged) return false;
    first = std::min(first, ticket->time_us);
    if (ticket->time_us >= now_us) return false;
    ++count;
    due.tickets.push_back(*std::move(ticket));
    return true;
  };
  const std::string prefix = storage::DeadlinePrefix(look.shard);
  const bool is_known = look.from_us != FirstDeadlines::kUnknown;
  const std::string begin = is_known ? storage::DeadlineEnd(look.shard, look.from_us) : prefix;
  const std::string end = storage::PrefixEnd(prefix);
  RETURN_IF_ERROR(
      snapshot.Scan({begin, end}, kShardReadMax, storage::Direction::kForward, take).status());
  if (damaged) return absl::DataLossError("a deadline's key cannot be read");
  if (count == kShardReadMax)
    due.known_until = std::min(due.known_until, due.tickets.back().time_us);
  return first;
}

absl::StatusOr<std::vector<storage::DueTicket>> DeadlineDriver::ReadDue(absl::Time now) {
  const std::vector<Look> looks = TakeLooks(now);
  Due due;
  if (looks.empty()) return due.tickets;
  FirstDeadlines& known = executor_.first_deadlines();
  const std::unique_ptr<storage::Snapshot> snapshot = kv_.TakeSnapshot();
  absl::Status status;
  for (const Look& look : looks) {
    const absl::StatusOr<int64_t> first =
        ReadShard(*snapshot, look, absl::ToUnixMicros(now), due);
    status.Update(first.status());
    known.Add(look.shard, first.ok() ? *first : look.from_us);
  }
  RETURN_IF_ERROR(status);
  std::erase_if(due.tickets, [&](const storage::DueTicket& ticket) {
    return ticket.time_us > due.known_until;
  });
  std::sort(due.tickets.begin(), due.tickets.end(), [](const auto& left, const auto& right) {
    return std::tie(left.time_us, left.tenant, left.ticket_id) <
           std::tie(right.time_us, right.tenant, right.ticket_id);
  });
  if (due.tickets.size() > kFiresInFlightMax) due.tickets.resize(kFiresInFlightMax);
  return std::move(due.tickets);
}

}  // namespace redress::services
