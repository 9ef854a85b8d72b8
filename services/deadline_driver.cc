#include "services/deadline_driver.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
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

// Where an instant lies among the keys of a shard, asked of one shard after the other: mostly of
// the same instant, so that the key is not made anew.
class ShardEdge {
 public:
  const std::string& Of(uint8_t shard, absl::Time time) {
    if (!key_.empty() && time == time_) storage::SetDeadlineShard(key_, shard);
    else if (time == absl::InfinitePast()) key_ = storage::DeadlinePrefix(shard);
    else key_ = storage::DeadlineEnd(shard, absl::ToUnixMicros(time));
    time_ = time;
    return key_;
  }

 private:
  absl::Time time_;
  std::string key_;
};

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

absl::StatusOr<size_t> DeadlineDriver::ReadShard(const storage::Snapshot& snapshot,
                                                 const storage::KeyRange& range,
                                                 std::vector<storage::DueTicket>& due) {
  bool damaged = false;
  const auto take = [&](absl::string_view key, absl::string_view) {
    std::optional<storage::DueTicket> ticket = storage::ParseDeadlineKey(key);
    damaged = !ticket.has_value();
    if (ticket) due.push_back(*std::move(ticket));
    return !damaged;
  };
  ASSIGN_OR_RETURN(const size_t count,
                   snapshot.Scan(range, kShardReadMax, storage::Direction::kForward, take));
  if (damaged) return absl::DataLossError("a deadline's key cannot be read");
  return count;
}

absl::StatusOr<std::vector<storage::DueTicket>> DeadlineDriver::ReadDue(absl::Time now) {
  if (now >= next_full_look_) {
    done_until_.fill(absl::InfinitePast());
    next_full_look_ = now + kFullLookEvery;
  }
  const std::unique_ptr<storage::Snapshot> snapshot = kv_.TakeSnapshot();
  const absl::Time look_back = now - kLookBack;
  ShardEdge begins, ends;
  std::vector<storage::DueTicket> due;
  // A shard that has more than was read may hold nothing earlier than its last; beyond that the
  // order is not known.
  int64_t known_until = std::numeric_limits<int64_t>::max();
  for (int shard = 0; shard < storage::kShards; ++shard) {
    const auto number = static_cast<uint8_t>(shard);
    absl::Time& done_until = done_until_[number];
    // A clock that was set back sets deadlines where it looked before.
    done_until = std::min(done_until, look_back);
    const std::string& end = ends.Of(number, now);
    const storage::KeyRange range{begins.Of(number, done_until), end};
    ASSIGN_OR_RETURN(const size_t count, ReadShard(*snapshot, range, due));
    if (count == 0) done_until = look_back;
    if (count == kShardReadMax) known_until = std::min(known_until, due.back().time_us);
  }
  std::erase_if(due,
                [&](const storage::DueTicket& ticket) { return ticket.time_us > known_until; });
  std::sort(due.begin(), due.end(), [](const auto& left, const auto& right) {
    return std::tie(left.time_us, left.tenant, left.ticket_id) <
           std::tie(right.time_us, right.tenant, right.ticket_id);
  });
  if (due.size() > kFiresInFlightMax) due.resize(kFiresInFlightMax);
  return due;
}

}  // namespace redress::services
