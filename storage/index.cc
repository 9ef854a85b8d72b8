#include "storage/index.h"

#include <algorithm>

#include "storage/tables.h"

namespace redress::storage {
namespace {

// Of a ticket: in a queue, by its deadline, its customer, its issue's key and its external id.
constexpr size_t kIndexKeysMax = 5;

void AppendTable(KeyWriter& key, absl::string_view tenant, Table table) {
  key.Clear();
  key.AppendBytes(tenant).AppendByte(static_cast<uint8_t>(table));
}

void AppendDeadline(KeyWriter& key, absl::string_view tenant, const v1::Ticket& ticket) {
  key.Clear();
  key.AppendByte(static_cast<uint8_t>(Table::kDeadline))
      .AppendByte(ShardOf(tenant, ticket.id()))
      .AppendSigned(ToMicros(ticket.next_deadline_time()))
      .AppendBytes(tenant)
      .AppendUnsigned(ticket.id());
}

void AppendQueue(KeyWriter& key, absl::string_view tenant, const v1::Ticket& ticket) {
  AppendTable(key, tenant, Table::kQueue);
  key.AppendBytes(ticket.department())
      .AppendUnsigned(static_cast<uint64_t>(ticket.level()))
      .AppendSigned(ToMicros(ticket.rank_time()))
      .AppendUnsignedDescending(static_cast<uint64_t>(ticket.severity()))
      .AppendSigned(ToMicros(ticket.create_time()))
      .AppendUnsigned(ticket.id());
}

}  // namespace

int64_t ToMicros(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1000000 + time.nanos() / 1000;
}

void ForEachIndexKey(absl::string_view tenant, const v1::Ticket& ticket,
                     absl::FunctionRef<void(absl::string_view key)> visit) {
  thread_local KeyWriter key;
  const auto visit_named = [&](Table table, absl::string_view name) {
    AppendTable(key, tenant, table);
    key.AppendBytes(name).AppendUnsigned(ticket.id());
    visit(key.key());
  };
  const bool is_closed = ticket.state() == v1::TICKET_STATE_CLOSED;
  if (ticket.has_rank_time()) {
    AppendQueue(key, tenant, ticket);
    visit(key.key());
  }
  if (ticket.has_next_deadline_time()) {
    AppendDeadline(key, tenant, ticket);
    visit(key.key());
  }
  if (!is_closed && !ticket.customer_id().empty())
    visit_named(Table::kCustomer, ticket.customer_id());
  if (!is_closed && !ticket.key().empty()) visit_named(Table::kIssueKey, ticket.key());
  if (!ticket.external_id().empty()) visit_named(Table::kExternal, ticket.external_id());
}

std::vector<std::string> IndexKeys(absl::string_view tenant, const v1::Ticket& ticket) {
  std::vector<std::string> keys;
  keys.reserve(kIndexKeysMax);
  ForEachIndexKey(tenant, ticket, [&](absl::string_view key) { keys.emplace_back(key); });
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::vector<std::string> ConfigurationKeys(absl::string_view tenant, const v1::Event& event) {
  if (event.has_playbook_published())
    return {PlaybookKey(tenant, event.playbook_published().version())};
  if (event.has_sample_drawn()) {
    const v1::SampleDrawn& draw = event.sample_drawn();
    return {SampleKey(tenant, draw.number()),
            SamplePlanKey(tenant, draw.plan().id(), draw.from_day())};
  }
  if (event.has_goal_evidenced())
    return {GoalEvidenceKey(tenant, event.goal_evidenced().goal(),
                            event.goal_evidenced().number())};
  return {};
}

std::string QueuePrefix(absl::string_view tenant, absl::string_view department, v1::Level level) {
  return TableKey(tenant, Table::kQueue)
      .AppendBytes(department)
      .AppendUnsigned(static_cast<uint64_t>(level))
      .Take();
}

std::string CustomerPrefix(absl::string_view tenant, absl::string_view customer_id) {
  return TableKey(tenant, Table::kCustomer).AppendBytes(customer_id).Take();
}

std::string IssueKeyPrefix(absl::string_view tenant, absl::string_view key) {
  return TableKey(tenant, Table::kIssueKey).AppendBytes(key).Take();
}

std::string ExternalPrefix(absl::string_view tenant, absl::string_view external_id) {
  return TableKey(tenant, Table::kExternal).AppendBytes(external_id).Take();
}

std::optional<DueTicket> ParseDeadlineKey(absl::string_view key) {
  KeyReader reader(key);
  reader.ReadByte();
  reader.ReadByte();
  const std::optional<int64_t> time_us = reader.ReadSigned();
  std::optional<std::string> tenant = reader.ReadBytes();
  const std::optional<uint64_t> ticket_id = reader.ReadUnsigned();
  if (!reader.IsAtEnd()) return std::nullopt;
  return DueTicket{*time_us, *std::move(tenant), *ticket_id};
}

std::string DeadlineEnd(uint8_t shard, int64_t time_us) {
  KeyWriter key;
  key.AppendByte(static_cast<uint8_t>(Table::kDeadline)).AppendByte(shard).AppendSigned(time_us);
  return key.Take();
}

std::optional<uint64_t> TicketOfQueueKey(absl::string_view key, absl::string_view prefix) {
  KeyReader reader(key.substr(prefix.size()));
  reader.ReadSigned();
  reader.ReadUnsignedDescending();
  reader.ReadSigned();
  const std::optional<uint64_t> ticket_id = reader.ReadUnsigned();
  if (!reader.IsAtEnd()) return std::nullopt;
  return ticket_id;
}

std::optional<uint64_t> TicketOfKey(absl::string_view key, absl::string_view prefix) {
  KeyReader reader(key.substr(prefix.size()));
  const std::optional<uint64_t> ticket_id = reader.ReadUnsigned();
  if (!reader.IsAtEnd()) return std::nullopt;
  return ticket_id;
}

}  // namespace redress::storage
