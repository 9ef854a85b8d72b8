#include "tests/simulator/index_check.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/tables.h"

namespace redress::simulator {
namespace {

using storage::Table;
using storage::TableKey;

std::string DeadlineKey(const std::string& tenant, const ShownTicket& ticket, int64_t time) {
  storage::KeyWriter key;
  key.AppendByte(static_cast<uint8_t>(Table::kDeadline))
      .AppendByte(storage::ShardOf(tenant, ticket.id))
      .AppendSigned(time)
      .AppendBytes(tenant)
      .AppendUnsigned(ticket.id);
  return key.Take();
}

std::string NamedKey(const std::string& tenant, Table table, const std::string& name,
                     uint64_t ticket_id) {
  return TableKey(tenant, table).AppendBytes(name).AppendUnsigned(ticket_id).Take();
}

}  // namespace

std::vector<std::string> ExpectedKeys(const std::string& tenant, const ShownTicket& ticket) {
  std::vector<std::string> keys;
  if (ticket.is_waiting())
    keys.push_back(TableKey(tenant, Table::kQueue)
                       .AppendBytes(ticket.department)
                       .AppendUnsigned(static_cast<uint64_t>(ticket.level))
                       .AppendSigned(ticket.Rank())
                       .AppendUnsignedDescending(static_cast<uint64_t>(ticket.severity))
                       .AppendSigned(ticket.create_time)
                       .AppendUnsigned(ticket.id)
                       .Take());
  if (!ticket.external_id.empty())
    keys.push_back(NamedKey(tenant, Table::kExternal, ticket.external_id, ticket.id));
  if (const auto next = ticket.NextKeyed())
    keys.push_back(DeadlineKey(tenant, ticket, *next));
  if (ticket.state != v1::TICKET_STATE_CLOSED && !ticket.customer.empty())
    keys.push_back(NamedKey(tenant, Table::kCustomer, ticket.customer, ticket.id));
  if (ticket.state != v1::TICKET_STATE_CLOSED && !ticket.key.empty())
    keys.push_back(NamedKey(tenant, Table::kIssueKey, ticket.key, ticket.id));
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::string IndexCheck::Take(const storage::Reader& reader, const std::string& tenant,
                             uint64_t ticket_id, const ShownTicket* ticket) {
  std::vector<std::string> expected;
  if (ticket != nullptr) expected = ExpectedKeys(tenant, *ticket);
  std::vector<std::string>& known = keys_[{tenant, ticket_id}];
  const auto is_there = [&](const std::string& key) {
    const auto value = reader.Get(key);
    return value.ok() && value->has_value();
  };
  const auto describe = [&](const std::string& key, const char* what) {
    return absl::StrCat("the index key ", absl::BytesToHexString(key), " of ticket ", ticket_id,
                        " of ", tenant, what);
  };
  for (const std::string& key : expected)
    if (!is_there(key)) return describe(key, " is missing");
  for (const std::string& key : known)
    if (!std::binary_search(expected.begin(), expected.end(), key) && is_there(key))
      return describe(key, " is left behind");
  known = std::move(expected);
  return "";
}

}  // namespace redress::simulator
