// The registry of tables: which keys there are. A table's number is never reused.
//
// Tenant leads every key, then the table's number. The deadlines, which one driver reads for all
// tenants, lead with their table's byte and a shard (a hash of tenant and ticket, 256 shards, fixed
// for ever) instead, so that several servers can share the shards.
//
//   table      key after (tenant, table)                             value
//   head       -                                                     LedgerHead
//   commit     number                                                Commit
//   ticket     id                                                    Ticket
//   personal   customer, ticket, hash                                PersonalRecord
//   reply      week, request id                                      StoredReply
//   cell       dimension, granularity, group, period, value          StoredCell
//   open       number, from 0 without a gap                          OpenCells
//   _cells
//   playbook   version                                               Position
//   measure    -                                                     MeasureStates
//   sample     number                                                Position
//   sample     plan, first day                                       Position
//   _plan
//   goal       goal, number                                          Position
//   _evidence
//   secret     -                                                     bytes, see AnswerDigest
//   shadow     0 what a candidate in shadow is, 1 what it came to    Shadow
//   queue      department, level, rank time, severity descending,    -
//              creation time, ticket
//   customer   customer, ticket: of tickets that are not closed      -
//   issue_key  key, ticket: of tickets that are not closed           -
//   external   external id, ticket                                   -
//
//   deadline   (deadline, shard) next deadline's time, tenant,       -
//              ticket
//
// Times are signed microseconds since 1970.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "redress/v1/ticket.pb.h"
#include "storage/key.h"

namespace redress::storage {

enum class Table : uint8_t {
  kHead = 1,
  kCommit = 2,
  kTicket = 3,
  kPersonal = 4,
  kReply = 5,
  kCell = 6,
  kPlaybook = 7,
  kMeasure = 8,
  kShadow = 9,
  kSecret = 12,
  kOpenCells = 13,
  kQueue = 20,
  kCustomer = 21,
  kIssueKey = 22,
  kExternal = 23,
  kSample = 80,
  kSamplePlan = 81,
  kGoalEvidence = 82,
  // Leads its keys; no element of a tuple begins with this byte.
  kDeadline = 0xF0,
};

// The first key of a tenant begins with this byte, the tag of a tuple's bytes.
inline constexpr uint8_t kTenantTag = 0x02;

KeyWriter TableKey(absl::string_view tenant, Table table);

std::string HeadKey(absl::string_view tenant);
std::string CommitKey(absl::string_view tenant, uint64_t number);
std::string TicketKey(absl::string_view tenant, uint64_t ticket_id);
std::string PersonalKey(absl::string_view tenant, absl::string_view customer_id,
                        uint64_t ticket_id, absl::string_view hash);
std::string ReplyKey(absl::string_view tenant, uint64_t week, absl::string_view request_id);
std::string PlaybookKey(absl::string_view tenant, uint32_t version);
std::string SampleKey(absl::string_view tenant, uint32_t number);
// `from_day`: as "2026-11-01", whose order is that of time.
std::string SamplePlanKey(absl::string_view tenant, absl::string_view plan,
                          absl::string_view from_day);
std::string GoalEvidenceKey(absl::string_view tenant, absl::string_view goal, uint32_t number);
std::string MeasureKey(absl::string_view tenant);
std::string SecretKey(absl::string_view tenant);
std::string ShadowKey(absl::string_view tenant, uint64_t part);

// How many bytes at the beginning of a key name its tenant and table, or its table and shard. The
// keys that share them are mostly written in rising order.
size_t TablePrefixSize(absl::string_view key);

// Where a counter cell lies. The numbers are those of engine/measure.
struct CellAddress {
  uint32_t dimension = 0;
  uint32_t granularity = 0;
  uint32_t group = 0;
  uint32_t period = 0;
  std::string value;
};
std::string CellKeyOf(absl::string_view tenant, const CellAddress& address);
std::string OpenCellsKey(absl::string_view tenant, uint32_t number);

// The shard of a ticket's deadlines. Fixed for ever.
uint8_t ShardOf(absl::string_view tenant, uint64_t ticket_id);
inline constexpr int kShards = 256;

// The keys of one shard's deadlines begin with this.
std::string DeadlinePrefix(uint8_t shard);

}  // namespace redress::storage
