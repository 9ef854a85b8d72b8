// Every key by which a ticket is found, computed from the ticket alone.
//
// Nobody writes an index: the ledger writes the difference between the keys of the ticket before
// and after. So a ticket cannot be in two queues, and a deadline cannot be forgotten.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::storage {

// In rising order. Values under them are empty.
std::vector<std::string> IndexKeys(absl::string_view tenant, const v1::Ticket& ticket);

// Calls `visit` with each of these keys, in no order; a key dies when the call returns. Cheaper.
void ForEachIndexKey(absl::string_view tenant, const v1::Ticket& ticket,
                     absl::FunctionRef<void(absl::string_view key)> visit);

// Every key by which a fact about the configuration is found. The value under each is the fact's
// position.
std::vector<std::string> ConfigurationKeys(absl::string_view tenant, const v1::Event& event);

// The keys of the tickets that wait in a department at a level begin with this.
std::string QueuePrefix(absl::string_view tenant, absl::string_view department, v1::Level level);
std::string CustomerPrefix(absl::string_view tenant, absl::string_view customer_id);
std::string IssueKeyPrefix(absl::string_view tenant, absl::string_view key);
std::string ExternalPrefix(absl::string_view tenant, absl::string_view external_id);

// What a key of the deadline table says; nothing if it is damaged.
struct DueTicket {
  int64_t time_us = 0;
  std::string tenant;
  uint64_t ticket_id = 0;
};
std::optional<DueTicket> ParseDeadlineKey(absl::string_view key);
// The first key of a shard after every deadline before `time_us`.
std::string DeadlineEnd(uint8_t shard, int64_t time_us);

// The ticket that ends an index key under a prefix above; nothing if it is damaged.
std::optional<uint64_t> TicketOfQueueKey(absl::string_view key, absl::string_view prefix);
std::optional<uint64_t> TicketOfKey(absl::string_view key, absl::string_view prefix);

// Microseconds since 1970 of a timestamp, the unit of times in keys.
int64_t ToMicros(const google::protobuf::Timestamp& time);

}  // namespace redress::storage
