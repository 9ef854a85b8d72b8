#include "services/rewind.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/measure/cell.h"
#include "engine/measure/tally.h"
#include "engine/ticket/apply.h"
#include "google/protobuf/descriptor.h"
#include "services/cell_cache.h"
#include "services/measure_keeper.h"
#include "services/playbook_store.h"
#include "storage/chain.h"
#include "storage/index.h"
#include "storage/tables.h"

namespace redress::services {
namespace {

using storage::Table;

// Changes that are committed together.
constexpr size_t kChangesMax = 4000;
constexpr size_t kChangeBytesMax = 8 << 20;

// Writes any number of changes, some at a time.
class Changes {
 public:
  explicit Changes(storage::Kv& kv) : kv_(kv) {}

  absl::Status Put(std::string key, std::string value) {
    bytes_ += key.size() + value.size();
    Begun().Put(std::move(key), std::move(value));
    return CommitIfMany();
  }
  absl::Status Delete(std::string key) {
    bytes_ += key.size();
    Begun().Delete(std::move(key));
    return CommitIfMany();
  }
  absl::Status Commit() {
    count_ = bytes_ = 0;
    if (transaction_ == nullptr) return absl::OkStatus();
    const std::unique_ptr<storage::Transaction> transaction = std::move(transaction_);
    return transaction->Commit();
  }

 private:
  storage::Transaction& Begun() {
    if (transaction_ == nullptr) transaction_ = kv_.Begin();
    ++count_;
    return *transaction_;
  }
  absl::Status CommitIfMany() {
    return count_ >= kChangesMax || bytes_ >= kChangeBytesMax ? Commit() : absl::OkStatus();
  }

  storage::Kv& kv_;
  std::unique_ptr<storage::Transaction> transaction_;
  size_t count_ = 0;
  size_t bytes_ = 0;
};

// Collects every value of a field of bytes in the message and those inside of it.
void CollectBytes(const google::protobuf::Message& message, absl::flat_hash_set<std::string>& out) {
  using Field = google::protobuf::FieldDescriptor;
  std::vector<const Field*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const Field* field : fields) {
    const bool is_message = field->cpp_type() == Field::CPPTYPE_MESSAGE;
    if (is_message && field->is_repeated()) {
      const int size = message.GetReflection()->FieldSize(message, field);
      for (int i = 0; i < size; ++i)
        CollectBytes(message.GetReflection()->GetRepeatedMessage(message, field, i), out);
    } else if (is_message) {
      CollectBytes(message.GetReflection()->GetMessage(message, field), out);
    } else if (field->type() == Field::TYPE_BYTES && !field->is_repeated()) {
      out.insert(message.GetReflection()->GetString(message, field));
    }
  }
}

class Rewinder {
 public:
  Rewinder(storage::Kv& kv, absl::string_view tenant, uint64_t commit)
      : snapshot_(kv.TakeSnapshot()),
        reader_(*snapshot_),
        tenant_(tenant),
        commit_(commit),
        changes_(kv) {}

  absl::Status Run();

 private:
  absl::Status CollectDropped(uint64_t newest);
  absl::Status DropRecords();
  absl::Status DropDeadlines();
  absl::StatusOr<bool> Stays(absl::string_view key, absl::string_view value) const;
  absl::Status MakeTickets(uint64_t first_id, uint64_t end_id);
  absl::Status TakeCommit(const v1::Commit& commit, uint64_t first_id, uint64_t end_id);
  absl::Status TakeConfiguration(const v1::Event& event, const v1::Position& position);
  void TakeEvent(const v1::Event& event, const v1::Position& position);
  absl::Status PutTickets();
  absl::Status PutCells();

  const std::unique_ptr<storage::Snapshot> snapshot_;  // of everything before the rewind
  const storage::LedgerReader reader_;
  const std::string tenant_;
  const uint64_t commit_;
  Changes changes_;
  // Hashes in the events that go: those of words among them.
  absl::flat_hash_set<std::string> dropped_hashes_;
  v1::LedgerHead head_;  // as it will be
  std::map<uint64_t, v1::Ticket> tickets_;
  engine::CellDeltas cells_;
  bool has_digests_ = false;
};

absl::Status Rewinder::Run() {
  ASSIGN_OR_RETURN(const v1::LedgerHead old, reader_.ReadHead(tenant_));
  if (commit_ > old.commit())
    return absl::OutOfRangeError(absl::StrCat("the ledger of tenant ", tenant_, " ends at commit ",
                                              old.commit(), ", before commit ", commit_));
  RETURN_IF_ERROR(CollectDropped(old.commit()));
  RETURN_IF_ERROR(DropRecords());
  RETURN_IF_ERROR(DropDeadlines());
  uint64_t first_id = 1;
  do {
    RETURN_IF_ERROR(MakeTickets(first_id, first_id + kRewindTicketsMax));
    first_id += kRewindTicketsMax;
  } while (first_id <= head_.last_ticket_id());
  RETURN_IF_ERROR(PutCells());
  // The key of digests goes with the last of them.
  if (!has_digests_) RETURN_IF_ERROR(changes_.Delete(storage::SecretKey(tenant_)));
  if (commit_ > 0)
    RETURN_IF_ERROR(changes_.Put(storage::HeadKey(tenant_), head_.SerializeAsString()));
  return changes_.Commit();
}

absl::Status Rewinder::CollectDropped(uint64_t newest) {
  for (uint64_t number = commit_ + 1; number <= newest; ++number) {
    ASSIGN_OR_RETURN(const v1::Commit commit, reader_.ReadCommit(tenant_, number));
    for (const std::string& bytes : commit.events()) {
      v1::Event event;
      if (!event.ParseFromString(bytes))
        return absl::DataLossError(absl::StrCat("an event of commit ", number, " is damaged"));
      CollectBytes(event, dropped_hashes_);
    }
  }
  return absl::OkStatus();
}

// Whether a record of the tenant outlives the rewind as it is.
absl::StatusOr<bool> Rewinder::Stays(absl::string_view key, absl::string_view value) const {
  storage::KeyReader reader(key);
  reader.ReadBytes();  // tenant
  const uint8_t table = reader.ReadByte().value_or(0);
  if (table == static_cast<uint8_t>(Table::kCommit))
    return reader.ReadUnsigned().value_or(0) <= commit_;
  if (table == static_cast<uint8_t>(Table::kSecret)) return true;  // see Run
  if (table == static_cast<uint8_t>(Table::kReply)) {
    v1::StoredReply reply;
    if (!reply.ParseFromArray(value.data(), static_cast<int>(value.size())))
      return absl::DataLossError("the reply to a request is damaged");
    return reply.receipt().position().commit() <= commit_;
  }
  if (table == static_cast<uint8_t>(Table::kPersonal)) {
    reader.ReadBytes();     // customer
    reader.ReadUnsigned();  // ticket
    return !dropped_hashes_.contains(reader.ReadBytes().value_or(""));
  }
  return false;
}

absl::Status Rewinder::DropRecords() {
  storage::KeyWriter prefix;
  prefix.AppendBytes(tenant_);
  absl::Status status;
  RETURN_IF_ERROR(
      reader_.ScanPrefix(prefix.key(), [&](absl::string_view key, absl::string_view value) {
        const absl::StatusOr<bool> stays = Stays(key, value);
        status = stays.status();
        if (stays.ok() && !*stays) status = changes_.Delete(std::string(key));
        return status.ok();
      }));
  return status;
}

absl::Status Rewinder::DropDeadlines() {
  absl::Status status;
  const auto drop = [&](absl::string_view key, absl::string_view) {
    const std::optional<storage::DueTicket> due = storage::ParseDeadlineKey(key);
    if (due && due->tenant == tenant_) status = changes_.Delete(std::string(key));
    return status.ok();
  };
  for (int shard = 0; shard < storage::kShards && status.ok(); ++shard)
    RETURN_IF_ERROR(reader_.ScanPrefix(storage::DeadlinePrefix(static_cast<uint8_t>(shard)), drop));
  return status;
}

absl::Status Rewinder::MakeTickets(uint64_t first_id, uint64_t end_id) {
  for (uint64_t number = 1; number <= commit_; ++number) {
    ASSIGN_OR_RETURN(const v1::Commit commit, reader_.ReadCommit(tenant_, number));
    RETURN_IF_ERROR(TakeCommit(commit, first_id, end_id));
    if (first_id != 1) continue;
    head_.set_commit(number);
    head_.set_events(head_.events() + static_cast<uint64_t>(commit.events_size()));
    head_.set_time_us(storage::ToMicros(commit.time()));
    if (number == commit_) head_.set_hash(storage::CommitHash(commit));
  }
  return PutTickets();
}

absl::Status Rewinder::TakeCommit(const v1::Commit& commit, uint64_t first_id, uint64_t end_id) {
  v1::Position position;
  position.set_commit(commit.number());
  for (int index = 0; index < commit.events_size(); ++index) {
    v1::Event event;
    if (!event.ParseFromString(commit.events(index)))
      return absl::DataLossError(
          absl::StrCat("event ", index, " of commit ", commit.number(), " is damaged"));
    position.set_index(static_cast<uint32_t>(index));
    const uint64_t id = event.ticket_id();
    head_.set_last_ticket_id(std::max(head_.last_ticket_id(), id));
    if (id == 0 && first_id == 1) RETURN_IF_ERROR(TakeConfiguration(event, position));
    if (id >= first_id && id < end_id) TakeEvent(event, position);
  }
  return absl::OkStatus();
}

absl::Status Rewinder::TakeConfiguration(const v1::Event& event, const v1::Position& position) {
  for (std::string& key : storage::ConfigurationKeys(tenant_, event))
    RETURN_IF_ERROR(changes_.Put(std::move(key), position.SerializeAsString()));
  return absl::OkStatus();
}

void Rewinder::TakeEvent(const v1::Event& event, const v1::Position& position) {
  has_digests_ |= !event.ticket_resolved().answer_digest().empty() ||
                  !event.ticket_answered().answer_digest().empty();
  v1::Ticket& ticket = tickets_[event.ticket_id()];
  v1::Ticket after = engine::Apply(ticket, event);
  cells_.Add(engine::Tally(ticket.version() == 0 ? nullptr : &ticket, event, after));
  if (after.version() == 1) *after.mutable_first_event() = position;
  *after.mutable_last_event() = position;
  ticket = std::move(after);
}

absl::Status Rewinder::PutTickets() {
  for (const auto& [id, ticket] : tickets_) {
    RETURN_IF_ERROR(changes_.Put(storage::TicketKey(tenant_, id), ticket.SerializeAsString()));
    for (std::string& key : storage::IndexKeys(tenant_, ticket))
      RETURN_IF_ERROR(changes_.Put(std::move(key), ""));
  }
  tickets_.clear();
  return absl::OkStatus();
}

absl::Status Rewinder::PutCells() {
  for (const engine::CellDelta& delta : cells_.Take()) {
    const v1::StoredCell cell = delta.cell.ToStored();
    if (cell.keys_size() == 0) continue;
    RETURN_IF_ERROR(changes_.Put(storage::CellKeyOf(tenant_, AddressOf(delta.key)),
                                 cell.SerializeAsString()));
  }
  return absl::OkStatus();
}

// Has the live playbook's measures counted from the first ticket on, by the server that is started
// on the copy.
absl::Status BeginMeasures(storage::Kv& kv, const std::string& tenant, uint64_t commit) {
  ASSIGN_OR_RETURN(const auto writer, storage::LedgerWriter::Begin(kv, 0));
  PlaybookStore playbooks;
  ASSIGN_OR_RETURN(const PublishedPlaybook live, playbooks.Live(writer->reader(), tenant));
  if (live.playbook == nullptr) return absl::OkStatus();
  v1::Position next;
  next.set_commit(commit + 1);
  CellCache cells;
  RETURN_IF_ERROR(MeasureKeeper(cells).Publish(tenant, live.playbook, next, *writer));
  return writer->Commit();
}

}  // namespace

absl::Status Rewind(storage::Kv& kv, absl::string_view tenant, uint64_t commit) {
  RETURN_IF_ERROR(Rewinder(kv, tenant, commit).Run());
  return BeginMeasures(kv, std::string(tenant), commit);
}

absl::StatusOr<uint64_t> FindCommitAt(const storage::LedgerReader& reader,
                                      absl::string_view tenant, absl::Time time) {
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  uint64_t low = 0;  // made at `time` or before
  uint64_t high = head.commit();
  while (low < high) {
    const uint64_t middle = low + (high - low + 1) / 2;
    ASSIGN_OR_RETURN(const v1::Commit commit, reader.ReadCommit(tenant, middle));
    if (absl::FromUnixMicros(storage::ToMicros(commit.time())) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

}  // namespace redress::services
