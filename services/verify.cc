#include "services/verify.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"
#include "engine/measure/cell.h"
#include "engine/measure/tally.h"
#include "engine/ticket/apply.h"
#include "engine/ticket/lifecycle.h"
#include "services/cell_cache.h"
#include "services/commit_walk.h"
#include "services/measure_check.h"
#include "services/sample_check.h"
#include "storage/chain.h"
#include "storage/index.h"
#include "storage/tables.h"

namespace redress::services {
namespace {

using storage::Table;

constexpr uint64_t kTellEvery = 1000;
constexpr Table kIndexTables[] = {Table::kQueue, Table::kCustomer, Table::kIssueKey,
                                  Table::kExternal};

// A set of keys as their number and the sum of their hashes, which does not depend on the order.
struct KeySum {
  uint64_t count = 0;
  uint64_t sum = 0;
  void Add(absl::string_view key) {
    ++count;
    sum += absl::Hash<absl::string_view>()(key);
  }
  bool operator==(const KeySum&) const = default;
};

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

std::string PlaceOf(const v1::Position& position) {
  return absl::StrCat("commit ", position.commit(), ", event ", position.index());
}

class Verifier {
 public:
  Verifier(const storage::LedgerReader& reader, absl::string_view tenant, VerifyProgress tell,
           WorkerPool* helpers)
      : reader_(reader), tenant_(tenant), tell_(tell), helpers_(helpers) {}

  v1::VerifyLedgerResponse Run();

 private:
  // Every step answers OK, or what differs first, as a DATA_LOSS status.
  absl::Status Verify();
  absl::Status Replay(uint64_t first_id, uint64_t end_id);
  absl::Status CheckChain(const WalkedCommit& walked);
  absl::Status Tell(uint64_t number, bool is_first_pass);
  absl::Status TakeEvent(const v1::Commit& commit, const v1::Event& event,
                         const v1::Position& position);
  absl::Status TakeConfiguration(const v1::Event& event, const v1::Position& position);
  absl::Status CompareTicket(const v1::Ticket& ticket, absl::string_view stored);
  absl::Status CompareTickets(uint64_t first_id, uint64_t end_id);
  absl::Status TakeOpenCells(std::map<std::string, engine::Cell>& expected);
  absl::Status CompareCells();
  absl::Status CompareIndexes();
  absl::Status FindWrongKey();
  absl::Status FindMissingKey();
  absl::Status CheckWords();
  absl::Status CheckHead();
  absl::Status ScanIndexKeys(absl::FunctionRef<bool(absl::string_view)> visit);

  static absl::Status Differs(absl::string_view what) { return absl::DataLossError(what); }

  const storage::LedgerReader& reader_;
  const absl::string_view tenant_;
  VerifyProgress tell_;
  WorkerPool* const helpers_;
  v1::VerifyLedgerResponse state_;
  v1::LedgerHead head_;
  uint64_t passes_ = 1;
  uint64_t commits_read_ = 0;
  std::string last_hash_ = storage::GenesisHash();
  int64_t last_time_us_ = 0;
  uint64_t last_ticket_id_ = 0;
  uint32_t playbooks_taken_ = 0;
  uint32_t samples_taken_ = 0;
  std::map<std::string, uint32_t> evidence_taken_;  // by goal
  std::map<uint64_t, v1::Ticket> tickets_;
  engine::CellDeltas cells_;
  std::unique_ptr<MeasureCheck> measures_;
  std::unique_ptr<SampleCheck> samples_;
  KeySum index_keys_;
};

v1::VerifyLedgerResponse Verifier::Run() {
  const absl::Status finding = Verify();
  state_.set_done(true);
  state_.set_clean(finding.ok());
  state_.set_percent(100);
  if (!finding.ok()) state_.set_first_difference(std::string(finding.message()));
  state_.set_head_commit(head_.commit());
  state_.set_head_hash(head_.hash());
  return state_;
}

absl::Status Verifier::Verify() {
  ASSIGN_OR_RETURN(head_, reader_.ReadHead(tenant_));
  ASSIGN_OR_RETURN(measures_, MeasureCheck::Open(reader_, tenant_));
  ASSIGN_OR_RETURN(samples_, SampleCheck::Open(reader_, tenant_));
  passes_ = std::max<uint64_t>(1, (head_.last_ticket_id() + kVerifyTicketsMax - 1) /
                                      kVerifyTicketsMax);
  for (uint64_t pass = 0; pass < passes_; ++pass) {
    const uint64_t first_id = pass * kVerifyTicketsMax + 1;
    const uint64_t end_id = first_id + kVerifyTicketsMax;
    RETURN_IF_ERROR(Replay(first_id, end_id));
    if (pass == 0) RETURN_IF_ERROR(CheckHead());
    RETURN_IF_ERROR(CompareTickets(first_id, end_id));
    tickets_.clear();
    samples_->EndPass();
  }
  RETURN_IF_ERROR(samples_->Compare());
  RETURN_IF_ERROR(CompareCells());
  RETURN_IF_ERROR(CompareIndexes());
  return CheckWords();
}

absl::Status Verifier::Replay(uint64_t first_id, uint64_t end_id) {
  const bool is_first_pass = first_id == 1;
  const WalkQuery query{head_.commit(), first_id, end_id, /*with_hashes=*/is_first_pass};
  uint64_t number = 0;
  return WalkCommits(reader_, tenant_, query, helpers_, [&](WalkedCommit walked) -> absl::Status {
    if (walked.commit.number() != ++number)
      return Differs(absl::StrCat("commit ", number, " calls itself ", walked.commit.number()));
    if (is_first_pass) RETURN_IF_ERROR(CheckChain(walked));
    last_ticket_id_ = std::max(last_ticket_id_, walked.last_ticket_id);
    v1::Position position;
    position.set_commit(number);
    for (const auto& [index, event] : walked.events) {
      position.set_index(static_cast<uint32_t>(index));
      RETURN_IF_ERROR(TakeEvent(walked.commit, event, position));
    }
    if (walked.damaged >= 0) {
      position.set_index(static_cast<uint32_t>(walked.damaged));
      return Differs(absl::StrCat(PlaceOf(position), " cannot be read"));
    }
    return Tell(number, is_first_pass);
  });
}

absl::Status Verifier::Tell(uint64_t number, bool is_first_pass) {
  ++commits_read_;
  if (is_first_pass) state_.set_commits(number);
  if (commits_read_ % kTellEvery != 0) return absl::OkStatus();
  state_.set_percent(static_cast<int>(95 * commits_read_ / (passes_ * head_.commit())));
  if (!tell_(state_)) return absl::CancelledError("nobody waits for the finding any more");
  return absl::OkStatus();
}

absl::Status Verifier::CheckChain(const WalkedCommit& walked) {
  const v1::Commit& commit = walked.commit;
  const std::string name = absl::StrCat("commit ", commit.number());
  if (commit.events_size() == 0) return Differs(absl::StrCat(name, " has no event"));
  if (commit.previous_hash() != last_hash_)
    return Differs(absl::StrCat(name, " does not continue the commit before it"));
  if (commit.time().nanos() % 1000 != 0)  // the hash holds microseconds
    return Differs(absl::StrCat(name, " has a time that is not in microseconds"));
  if (walked.merkle_root != commit.merkle_root())
    return Differs(absl::StrCat("the events of ", name, " do not give its Merkle root"));
  last_hash_ = walked.hash;
  last_time_us_ = storage::ToMicros(commit.time());
  state_.set_events(state_.events() + static_cast<uint64_t>(commit.events_size()));
  return absl::OkStatus();
}

absl::Status Verifier::TakeEvent(const v1::Commit& commit, const v1::Event& event,
                                 const v1::Position& position) {
  if (event.ticket_id() == 0) return TakeConfiguration(event, position);
  v1::Ticket& ticket = tickets_[event.ticket_id()];
  const bool follows = event.version() == ticket.version() + 1 &&
                       event.previous().commit() == ticket.last_event().commit() &&
                       event.previous().index() == ticket.last_event().index();
  if (!follows)
    return Differs(absl::StrCat(
        PlaceOf(position), " does not follow the event before it of ticket ", event.ticket_id()));
  if (!engine::NextState(ticket.state(), event.fact_case(), event.provenance()))
    return Differs(absl::StrCat(PlaceOf(position), " is not possible for ticket ",
                                event.ticket_id()));
  v1::Ticket after = engine::Apply(ticket, event);
  cells_.Add(engine::Tally(ticket.version() == 0 ? nullptr : &ticket, event, after));
  measures_->Add(ticket.version() == 0 ? nullptr : &ticket, event, after, position, commit.time());
  samples_->Add(event, after, commit.number());
  if (after.version() == 1) *after.mutable_first_event() = position;
  *after.mutable_last_event() = position;
  ticket = std::move(after);
  return absl::OkStatus();
}

absl::Status Verifier::TakeConfiguration(const v1::Event& event, const v1::Position& position) {
  if (event.has_personal_data_read()) return absl::OkStatus();
  const std::string place = PlaceOf(position);
  const uint32_t version = event.playbook_published().version();
  if (event.has_playbook_published() && version != ++playbooks_taken_)
    return Differs(absl::StrCat(place, " publishes playbook version ", version, " out of order"));
  const uint32_t number = event.sample_drawn().number();
  if (event.has_sample_drawn() && number != ++samples_taken_)
    return Differs(absl::StrCat(place, " draws sample ", number, " out of order"));
  if (event.has_goal_evidenced() &&
      event.goal_evidenced().number() != ++evidence_taken_[event.goal_evidenced().goal()])
    return Differs(absl::StrCat(place, " shows a goal out of order"));
  const std::vector<std::string> keys = storage::ConfigurationKeys(tenant_, event);
  if (keys.empty()) return Differs(absl::StrCat(place, " is about no ticket and no configuration"));
  for (const std::string& key : keys) {
    ASSIGN_OR_RETURN(const std::optional<std::string> stored, reader_.reader().Get(key));
    if (stored && *stored == position.SerializeAsString()) continue;
    if (event.has_playbook_published())
      return Differs(absl::StrCat("playbook version ", version, " is not indexed at ", place));
    if (event.has_sample_drawn())
      return Differs(absl::StrCat("sample ", number, " is not indexed at ", place));
    return Differs(absl::StrCat("evidence of goal ", event.goal_evidenced().goal(),
                                " is not indexed at ", place));
  }
  if (event.has_sample_drawn()) return samples_->Take(event.sample_drawn(), position);
  return absl::OkStatus();
}

absl::Status Verifier::CompareTicket(const v1::Ticket& ticket, absl::string_view stored) {
  const std::string expected = ticket.SerializeAsString();
  if (stored != expected) {
    // The same fields may have been written in another order.
    v1::Ticket other;
    const bool is_read = other.ParseFromArray(stored.data(), static_cast<int>(stored.size()));
    if (!is_read || other.SerializeAsString() != expected)
      return Differs(absl::StrCat("ticket ", ticket.id(), " is not what its events make it"));
  }
  if (const auto broken = engine::FindBrokenInvariant(ticket)) return Differs(*broken);
  for (const std::string& key : storage::IndexKeys(tenant_, ticket)) index_keys_.Add(key);
  state_.set_records(state_.records() + 1);
  return absl::OkStatus();
}

// Both in the order of their ids.
absl::Status Verifier::CompareTickets(uint64_t first_id, uint64_t end_id) {
  const std::string end = storage::TicketKey(tenant_, end_id);
  const size_t skip = storage::TableKey(tenant_, Table::kTicket).key().size();
  std::string from = storage::TicketKey(tenant_, first_id);
  auto next = tickets_.begin();
  absl::Status finding;
  size_t visited = storage::kScanLimitMax;
  while (visited == storage::kScanLimitMax && finding.ok()) {
    std::string last;
    const auto take = [&](absl::string_view key, absl::string_view value) {
      last = std::string(key);
      const uint64_t id = storage::KeyReader(key.substr(skip)).ReadUnsigned().value_or(0);
      if (next != tickets_.end() && next->first < id)
        finding = Differs(absl::StrCat("ticket ", next->first, " is missing"));
      else if (next == tickets_.end() || next->first != id)
        finding = Differs(absl::StrCat("ticket ", id, " has no events"));
      else finding = CompareTicket((next++)->second, value);
      return finding.ok();
    };
    ASSIGN_OR_RETURN(visited, reader_.reader().Scan({from, end}, storage::kScanLimitMax,
                                                    storage::Direction::kForward, take));
    from = last + '\0';
  }
  if (finding.ok() && next != tickets_.end())
    return Differs(absl::StrCat("ticket ", next->first, " is missing"));
  return finding;
}

absl::Status Verifier::CheckHead() {
  if (head_.commit() == 0) return absl::OkStatus();
  if (head_.hash() != last_hash_)
    return Differs("the ledger's head does not have the hash of its newest commit");
  if (head_.events() != state_.events())
    return Differs(absl::StrCat("the ledger's head counts ", head_.events(), " events, not ",
                                state_.events()));
  if (head_.last_ticket_id() != last_ticket_id_)
    return Differs(absl::StrCat("the ledger's head names ticket ", head_.last_ticket_id(),
                                " as the last one, not ", last_ticket_id_));
  if (head_.time_us() != last_time_us_)
    return Differs("the ledger's head does not have the time of its newest commit");
  const auto next = reader_.ReadCommit(tenant_, head_.commit() + 1);
  if (next.ok())
    return Differs(absl::StrCat("commit ", head_.commit() + 1, " lies beyond the ledger's head"));
  return absl::OkStatus();
}

// What is open is not in the cells yet.
absl::Status Verifier::TakeOpenCells(std::map<std::string, engine::Cell>& expected) {
  const auto open = reader_.ReadOpenCells(tenant_);
  if (!open.ok()) return Differs(open.status().message());
  for (const auto& [key, sum] : open->sums) {
    engine::Cell& stored = expected[key];
    for (int i = 0; i < sum.keys_size(); ++i) stored.AddKey(sum.keys(i), -sum.values(i));
    if (stored.empty()) expected.erase(key);
  }
  state_.set_records(state_.records() + open->records);
  return absl::OkStatus();
}

absl::Status Verifier::CompareCells() {
  std::map<std::string, engine::Cell> expected;
  for (engine::CellDelta& delta : cells_.Take())
    expected[storage::CellKeyOf(tenant_, AddressOf(delta.key))] = std::move(delta.cell);
  for (auto& [address, cell] : measures_->Take())
    expected[storage::CellKeyOf(tenant_, address)] = std::move(cell);
  RETURN_IF_ERROR(TakeOpenCells(expected));
  absl::Status finding;
  const auto name = [&](absl::string_view key) {
    return absl::StrCat("counter cell ", absl::BytesToHexString(key));
  };
  const auto compare = [&](absl::string_view key, absl::string_view value) {
    const std::optional<uint32_t> number = MeasureCheck::NumberOf(tenant_, key);
    if (number && measures_->IsDropped(*number)) return true;
    v1::StoredCell stored;
    const bool is_read = stored.ParseFromArray(value.data(), static_cast<int>(value.size()));
    const std::optional<engine::Cell> cell =
        number ? engine::Cell::FromStored(stored, engine::MeasureEntry::IsKey)
               : engine::Cell::FromStored(stored);
    const auto it = expected.find(std::string(key));
    if (!is_read || !cell) finding = Differs(absl::StrCat(name(key), " cannot be read"));
    else if (it == expected.end() || it->second != *cell)
      finding = Differs(absl::StrCat(name(key), " is not what the events add up to"));
    else expected.erase(it);
    state_.set_records(state_.records() + 1);
    return finding.ok();
  };
  RETURN_IF_ERROR(reader_.ScanPrefix(storage::TableKey(tenant_, Table::kCell).key(), compare));
  RETURN_IF_ERROR(finding);
  if (!expected.empty())
    return Differs(absl::StrCat(name(expected.begin()->first), " is missing"));
  return absl::OkStatus();
}

absl::Status Verifier::ScanIndexKeys(absl::FunctionRef<bool(absl::string_view)> visit) {
  for (const Table table : kIndexTables) {
    const auto take = [&](absl::string_view key, absl::string_view) { return visit(key); };
    RETURN_IF_ERROR(reader_.ScanPrefix(storage::TableKey(tenant_, table).key(), take));
  }
  for (int shard = 0; shard < storage::kShards; ++shard) {
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

absl::Status Verifier::CompareIndexes() {
  KeySum stored;
  RETURN_IF_ERROR(ScanIndexKeys([&](absl::string_view key) {
    stored.Add(key);
    return true;
  }));
  state_.set_records(state_.records() + stored.count);
  if (stored == index_keys_) return absl::OkStatus();
  RETURN_IF_ERROR(FindWrongKey());
  return FindMissingKey();
}

absl::Status Verifier::FindWrongKey() {
  absl::Status finding;
  RETURN_IF_ERROR(ScanIndexKeys([&](absl::string_view key) {
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
  return finding;
}

absl::Status Verifier::FindMissingKey() {
  for (uint64_t id = 1; id <= head_.last_ticket_id(); ++id) {
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

absl::Status Verifier::CheckWords() {
  const std::string prefix = storage::TableKey(tenant_, Table::kPersonal).Take();
  absl::Status finding;
  const auto check = [&](absl::string_view key, absl::string_view value) {
    storage::KeyReader reader(key.substr(prefix.size()));
    reader.ReadBytes();
    const std::optional<uint64_t> ticket_id = reader.ReadUnsigned();
    const std::optional<std::string> hash = reader.ReadBytes();
    if (!reader.IsAtEnd() || base::Sha256(value) != *hash)
      finding = Differs(absl::StrCat("words of ticket ", ticket_id.value_or(0),
                                     " do not have the hash that its event carries"));
    state_.set_records(state_.records() + 1);
    return finding.ok();
  };
  RETURN_IF_ERROR(reader_.ScanPrefix(prefix, check));
  return finding;
}

}  // namespace

v1::VerifyLedgerResponse VerifyLedgerOf(const storage::LedgerReader& reader,
                                        absl::string_view tenant, VerifyProgress tell,
                                        WorkerPool* helpers) {
  return Verifier(reader, tenant, tell, helpers).Run();
}

}  // namespace redress::services
