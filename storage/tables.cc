#include "storage/tables.h"

#include <algorithm>

namespace redress::storage {

KeyWriter TableKey(absl::string_view tenant, Table table) {
  KeyWriter key;
  key.AppendBytes(tenant).AppendByte(static_cast<uint8_t>(table));
  return key;
}

std::string HeadKey(absl::string_view tenant) { return TableKey(tenant, Table::kHead).Take(); }

std::string CommitKey(absl::string_view tenant, uint64_t number) {
  return TableKey(tenant, Table::kCommit).AppendUnsigned(number).Take();
}

std::string TicketKey(absl::string_view tenant, uint64_t ticket_id) {
  return TableKey(tenant, Table::kTicket).AppendUnsigned(ticket_id).Take();
}

std::string PersonalKey(absl::string_view tenant, absl::string_view customer_id,
                        uint64_t ticket_id, absl::string_view hash) {
  return TableKey(tenant, Table::kPersonal)
      .AppendBytes(customer_id)
      .AppendUnsigned(ticket_id)
      .AppendBytes(hash)
      .Take();
}

std::string ReplyKey(absl::string_view tenant, uint64_t week, absl::string_view request_id) {
  return TableKey(tenant, Table::kReply).AppendUnsigned(week).AppendBytes(request_id).Take();
}

std::string PlaybookKey(absl::string_view tenant, uint32_t version) {
  return TableKey(tenant, Table::kPlaybook).AppendUnsigned(version).Take();
}

std::string SampleKey(absl::string_view tenant, uint32_t number) {
  return TableKey(tenant, Table::kSample).AppendUnsigned(number).Take();
}

std::string SamplePlanKey(absl::string_view tenant, absl::string_view plan,
                          absl::string_view from_day) {
  return TableKey(tenant, Table::kSamplePlan).AppendBytes(plan).AppendBytes(from_day).Take();
}

std::string GoalEvidenceKey(absl::string_view tenant, absl::string_view goal, uint32_t number) {
  return TableKey(tenant, Table::kGoalEvidence).AppendBytes(goal).AppendUnsigned(number).Take();
}

std::string MeasureKey(absl::string_view tenant) {
  return TableKey(tenant, Table::kMeasure).Take();
}

std::string SecretKey(absl::string_view tenant) { return TableKey(tenant, Table::kSecret).Take(); }

std::string ShadowKey(absl::string_view tenant, uint64_t part) {
  return TableKey(tenant, Table::kShadow).AppendUnsigned(part).Take();
}

std::string CellKeyOf(absl::string_view tenant, const CellAddress& address) {
  return TableKey(tenant, Table::kCell)
      .AppendUnsigned(address.dimension)
      .AppendUnsigned(address.granularity)
      .AppendUnsigned(address.group)
      .AppendUnsigned(address.period)
      .AppendBytes(address.value)
      .Take();
}

std::string OpenCellsKey(absl::string_view tenant, uint32_t number) {
  return TableKey(tenant, Table::kOpenCells).AppendUnsigned(number).Take();
}

uint8_t ShardOf(absl::string_view tenant, uint64_t ticket_id) {
  // FNV-1a, 64 bits, over the tenant and the ticket's eight bytes, folded to one byte.
  uint64_t hash = 0xcbf29ce484222325;
  const auto take = [&hash](uint8_t byte) { hash = (hash ^ byte) * 0x100000001b3; };
  for (const char c : tenant) take(static_cast<uint8_t>(c));
  for (int shift = 0; shift < 64; shift += 8) take(static_cast<uint8_t>(ticket_id >> shift));
  hash ^= hash >> 32;
  hash ^= hash >> 16;
  hash ^= hash >> 8;
  return static_cast<uint8_t>(hash);
}

std::string DeadlinePrefix(uint8_t shard) {
  KeyWriter key;
  key.AppendByte(static_cast<uint8_t>(Table::kDeadline)).AppendByte(shard);
  return key.Take();
}

size_t TablePrefixSize(absl::string_view key) {
  constexpr size_t kShardPrefix = 2;
  constexpr absl::string_view kTenantEnd("\x00\x01", 2);
  const bool has_tenant = !key.empty() && static_cast<uint8_t>(key[0]) == kTenantTag;
  const size_t end = has_tenant ? key.find(kTenantEnd) : absl::string_view::npos;
  const size_t size = end == absl::string_view::npos ? kShardPrefix : end + kTenantEnd.size() + 1;
  return std::min(size, key.size());
}

}  // namespace redress::storage
