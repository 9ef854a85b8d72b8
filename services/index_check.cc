#include "services/index_check.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "storage/index.h"
#include "storage/tables.h"

namespace redress::services {
namespace {

using storage::Table;

constexpr Table kTables[] = {Table::kQueue, Table::kCustomer, Table::kIssueKey, Table::kExternal};
// Deadlines are keyed by shard, and summed some shards at a time.
constexpr int kShardsOfPiece = 32;
constexpr size_t kDeadlinePieces = storage::kShards / kShardsOfPiece;
static_assert(storage::kShards % kShardsOfPiece == 0);

// The ticket that an index key names; nothing if the key cannot be read.
std::optional<uint64_t> TicketOf(absl::string_view key) {
  if (!key.empty() && static_cast<uint8_t>(key[0]) == static_cast<uint8_t>(Table::kDeadline)) {
    const std::optional<storage::DueTicket> due = storage::ParseDeadlineKey(key);
    return due ? std::optional<uint64_t>(due->ticket_id) : std::nullopt;
  }
  storage::KeyReader reader(key);
  reader.ReadBytes();  // tenant
  const std::optional<uint8_t> table = reader.ReadByte();
  reader.ReadBytes();  // department, customer, issue key or external id
  if (table == static_cast<uint8_t>(Table::kQueue)) {
    reader.ReadUnsigned();            // level
    reader.ReadSigned();              // rank time
    reader.ReadUnsignedDescending();  // severity
    reader.ReadSigned();              // creation time
  }
  const std::optional<uint64_t> id = reader.ReadUnsigned();
  return reader.IsAtEnd() ? id : std::nullopt;
}

absl::Status Differs(absl::string_view what) { return absl::DataLossError(what); }

}  // namespace

size_t IndexCheck::pieces() { return std::size(kTables) + kDeadlinePieces; }

absl::Status IndexCheck::Scan(size_t piece,
                              absl::FunctionRef<bool(absl::string_view)> visit) const {
  if (piece < std::size(kTables)) {
    const auto take = [&](absl::string_view key, absl::string_view) { return visit(key); };
    return reader_.ScanPrefix(storage::TableKey(tenant_, kTables[piece]).key(), take);
  }
  const int first = static_cast<int>(piece - std::size(kTables)) * kShardsOfPiece;
  for (int shard = first; shard < first + kShardsOfPiece; ++shard) {
    const auto take = [&](absl::string_view key, absl::string_view) {
      const std::optional<storage::DueTicket> due = storage::ParseDeadlineKey(key);
      if (due && due->tenant != tenant_) return true;
      return visit(key);
    };
    RETURN_IF_ERROR(
        reader_.ScanPrefix(storage::DeadlinePrefix(static_cast<uint8_t>(shard)), take));
  }
  return absl::OkStatus();
}

absl::StatusOr<KeySum> IndexCheck::Sum(size_t piece) const {
  KeySum sum;
  RETURN_IF_ERROR(Scan(piece, [&](absl::string_view key) {
    sum.Add(key);
    return true;
  }));
  return sum;
}

absl::Status IndexCheck::FindDifference(uint64_t last_ticket_id) const {
  RETURN_IF_ERROR(FindWrongKey());
  return FindMissingKey(last_ticket_id);
}

absl::Status IndexCheck::FindWrongKey() const {
  absl::Status finding;
  for (size_t piece = 0; piece < pieces() && finding.ok(); ++piece) {
    RETURN_IF_ERROR(Scan(piece, [&](absl::string_view key) {
      const uint64_t id = TicketOf(key).value_or(0);
      const auto ticket = reader_.ReadTicket(tenant_, id);
      bool belongs = false;
      if (ticket.ok() && *ticket) {
        const std::vector<std::string> keys = storage::IndexKeys(tenant_, **ticket);
        belongs = std::binary_search(keys.begin(), keys.end(), std::string(key));
      }
      if (!belongs)
        finding = Differs(absl::StrCat("index key ", absl::BytesToHexString(key),
                                       " does not belong to ticket ", id));
      return finding.ok();
    }));
  }
  return finding;
}

absl::Status IndexCheck::FindMissingKey(uint64_t last_ticket_id) const {
  for (uint64_t id = 1; id <= last_ticket_id; ++id) {
    ASSIGN_OR_RETURN(const std::optional<v1::Ticket> ticket, reader_.ReadTicket(tenant_, id));
    if (!ticket) continue;
    for (const std::string& key : storage::IndexKeys(tenant_, *ticket)) {
      ASSIGN_OR_RETURN(const std::optional<std::string> stored, reader_.reader().Get(key));
      if (!stored)
        return Differs(absl::StrCat("index key ", absl::BytesToHexString(key), " of ticket ", id,
                                    " is missing"));
    }
  }
  return Differs("the index keys do not add up");
}

}  // namespace redress::services
