#include "storage/ledger.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status.h"
#include "storage/chain.h"
#include "storage/index.h"
#include "storage/kept_fields.h"
#include "storage/record.h"

namespace redress::storage {
namespace {

constexpr int64_t kWeekMicros = int64_t{7} * 24 * 3600 * 1000000;

google::protobuf::Timestamp FromMicros(int64_t time_us) {
  google::protobuf::Timestamp time;
  time.set_seconds(time_us / 1000000);
  time.set_nanos(static_cast<int32_t>(time_us % 1000000) * 1000);
  return time;
}

}  // namespace

uint64_t WeekOf(int64_t time_us) { return static_cast<uint64_t>(time_us / kWeekMicros); }

absl::StatusOr<v1::LedgerHead> LedgerReader::ReadHead(absl::string_view tenant) const {
  ASSIGN_OR_RETURN(std::optional<v1::LedgerHead> head,
                   ReadRecord<v1::LedgerHead>(reader_, HeadKey(tenant), "ledger head"));
  if (head) return *std::move(head);
  v1::LedgerHead empty;
  empty.set_hash(GenesisHash());
  return empty;
}

absl::StatusOr<v1::Commit> LedgerReader::ReadCommit(absl::string_view tenant,
                                                    uint64_t number) const {
  const std::string what = absl::StrCat("commit ", number);
  ASSIGN_OR_RETURN(std::optional<v1::Commit> commit,
                   ReadRecord<v1::Commit>(reader_, CommitKey(tenant, number), what));
  if (!commit) return absl::DataLossError(absl::StrCat(what, " is missing"));
  return *std::move(commit);
}

absl::StatusOr<std::optional<v1::Ticket>> LedgerReader::ReadTicket(absl::string_view tenant,
                                                                   uint64_t ticket_id) const {
  return ReadRecord<v1::Ticket>(reader_, TicketKey(tenant, ticket_id),
                                absl::StrCat("ticket ", ticket_id));
}

absl::StatusOr<RecordedEvent> LedgerReader::ReadEvent(absl::string_view tenant,
                                                      const v1::Position& position) const {
  const std::string what = absl::StrCat("commit ", position.commit());
  ASSIGN_OR_RETURN(const std::optional<std::string> commit,
                   reader_.Get(CommitKey(tenant, position.commit())));
  if (!commit) return absl::DataLossError(absl::StrCat(what, " is missing"));
  const auto time = FindField(*commit, v1::Commit::kTimeFieldNumber);
  if (!time) return absl::DataLossError(absl::StrCat("the stored ", what, " cannot be read"));
  const auto bytes = FindEntry(*commit, v1::Commit::kEventsFieldNumber, position.index());
  if (!bytes) return absl::DataLossError(absl::StrCat(what, " has no event ", position.index()));
  RecordedEvent recorded;
  ASSIGN_OR_RETURN(recorded.event, Parse<v1::Event>(*bytes, "event"));
  *recorded.receipt.mutable_position() = position;
  recorded.receipt.set_event_hash(LeafHash(*bytes));
  ASSIGN_OR_RETURN(*recorded.receipt.mutable_time(),
                   Parse<google::protobuf::Timestamp>(*time, what));
  return recorded;
}

absl::StatusOr<std::vector<RecordedEvent>> LedgerReader::ReadHistory(absl::string_view tenant,
                                                                     const v1::Ticket& ticket,
                                                                     uint32_t after_version,
                                                                     size_t limit) const {
  std::vector<RecordedEvent> events;
  v1::Position position = ticket.last_event();
  for (uint32_t version = ticket.version(); version > after_version; --version) {
    ASSIGN_OR_RETURN(RecordedEvent recorded, ReadEvent(tenant, position));
    if (recorded.event.ticket_id() != ticket.id() || recorded.event.version() != version)
      return absl::DataLossError(absl::StrCat("the history of ticket ", ticket.id(),
                                              " is broken at version ", version));
    position = recorded.event.previous();
    if (version - after_version <= limit) events.push_back(std::move(recorded));
  }
  std::reverse(events.begin(), events.end());
  return events;
}

absl::StatusOr<std::optional<v1::PersonalRecord>> LedgerReader::ReadPersonal(
    absl::string_view tenant, absl::string_view customer_id, uint64_t ticket_id,
    absl::string_view hash) const {
  return ReadRecord<v1::PersonalRecord>(
      reader_, PersonalKey(tenant, customer_id, ticket_id, hash), "personal record");
}

absl::StatusOr<std::optional<v1::StoredReply>> LedgerReader::ReadReply(
    absl::string_view tenant, uint64_t week, absl::string_view request_id) const {
  for (const uint64_t bucket : {week, week - 1}) {
    ASSIGN_OR_RETURN(
        std::optional<v1::StoredReply> reply,
        ReadRecord<v1::StoredReply>(reader_, ReplyKey(tenant, bucket, request_id), "reply"));
    if (reply) return reply;
  }
  return std::optional<v1::StoredReply>();
}

absl::StatusOr<std::optional<v1::Position>> LedgerReader::FindPlaybook(absl::string_view tenant,
                                                                       uint32_t version) const {
  if (version != 0)
    return ReadRecord<v1::Position>(reader_, PlaybookKey(tenant, version), "playbook position");
  const std::string prefix = TableKey(tenant, Table::kPlaybook).Take();
  return LastPosition(prefix, PrefixEnd(prefix), "playbook position");
}

absl::StatusOr<std::optional<v1::Position>> LedgerReader::LastPosition(
    const std::string& begin, const std::string& end, absl::string_view what) const {
  std::optional<v1::Position> last;
  absl::Status damage;
  const auto take = [&](absl::string_view, absl::string_view value) {
    absl::StatusOr<v1::Position> position = Parse<v1::Position>(value, what);
    if (position.ok()) last = *position;
    else damage = position.status();
    return false;
  };
  RETURN_IF_ERROR(reader_.Scan({begin, end}, 1, Direction::kBackward, take).status());
  RETURN_IF_ERROR(damage);
  return last;
}

absl::StatusOr<std::optional<RecordedEvent>> LedgerReader::SampleAt(
    absl::string_view tenant, const std::optional<v1::Position>& position) const {
  if (!position) return std::optional<RecordedEvent>();
  ASSIGN_OR_RETURN(RecordedEvent recorded, ReadEvent(tenant, *position));
  if (!recorded.event.has_sample_drawn())
    return absl::DataLossError("the index of samples names an event that draws none");
  return std::optional<RecordedEvent>(std::move(recorded));
}

absl::StatusOr<std::optional<RecordedEvent>> LedgerReader::ReadSample(absl::string_view tenant,
                                                                      uint32_t number) const {
  const std::string prefix = TableKey(tenant, Table::kSample).Take();
  const std::string key = SampleKey(tenant, number);
  ASSIGN_OR_RETURN(const auto position,
                   number != 0 ? LastPosition(key, PrefixEnd(key), "sample position")
                               : LastPosition(prefix, PrefixEnd(prefix), "sample position"));
  ASSIGN_OR_RETURN(auto recorded, SampleAt(tenant, position));
  if (recorded && number != 0 && recorded->event.sample_drawn().number() != number)
    return absl::DataLossError(absl::StrCat("sample ", number, " is indexed where there is none"));
  return recorded;
}

absl::StatusOr<std::vector<RecordedEvent>> LedgerReader::ReadGoalEvidence(
    absl::string_view tenant, absl::string_view goal) const {
  std::vector<RecordedEvent> evidence;
  absl::Status status;
  const std::string prefix = TableKey(tenant, Table::kGoalEvidence).AppendBytes(goal).Take();
  const auto take = [&](absl::string_view, absl::string_view value) {
    const auto position = Parse<v1::Position>(value, "position of evidence");
    status = position.status();
    if (!status.ok()) return false;
    auto recorded = ReadEvent(tenant, *position);
    status = recorded.status();
    if (status.ok() && recorded->event.goal_evidenced().goal() != goal)
      status = absl::DataLossError("the index of evidence names an event of another kind");
    if (status.ok()) evidence.push_back(*std::move(recorded));
    return status.ok();
  };
  RETURN_IF_ERROR(ScanPrefix(prefix, take));
  RETURN_IF_ERROR(status);
  return evidence;
}

absl::StatusOr<std::optional<RecordedEvent>> LedgerReader::ReadSampleBefore(
    absl::string_view tenant, absl::string_view plan, absl::string_view day) const {
  const std::string begin = TableKey(tenant, Table::kSamplePlan).AppendBytes(plan).Take();
  ASSIGN_OR_RETURN(const auto position,
                   LastPosition(begin, SamplePlanKey(tenant, plan, day), "sample position"));
  return SampleAt(tenant, position);
}

absl::StatusOr<v1::MeasureStates> LedgerReader::ReadMeasures(absl::string_view tenant) const {
  ASSIGN_OR_RETURN(std::optional<v1::MeasureStates> states,
                   ReadRecord<v1::MeasureStates>(reader_, MeasureKey(tenant), "measures' state"));
  return states ? *std::move(states) : v1::MeasureStates();
}

absl::StatusOr<std::string> LedgerReader::ReadSecret(absl::string_view tenant) const {
  ASSIGN_OR_RETURN(std::optional<std::string> secret, reader_.Get(SecretKey(tenant)));
  return std::move(secret).value_or("");
}

absl::StatusOr<std::vector<LedgerReader::IndexedTicket>> LedgerReader::ScanIndex(
    absl::string_view prefix, bool is_queue, absl::string_view after, size_t limit) const {
  std::vector<IndexedTicket> found;
  const std::string begin =
      after.empty() ? std::string(prefix) : absl::StrCat(after, absl::string_view("\0", 1));
  const std::string end = PrefixEnd(prefix);
  bool damaged = false;
  const auto take = [&](absl::string_view key, absl::string_view) {
    const std::optional<uint64_t> id =
        is_queue ? TicketOfQueueKey(key, prefix) : TicketOfKey(key, prefix);
    damaged = !id.has_value();
    if (id) found.push_back({*id, std::string(key)});
    return !damaged;
  };
  RETURN_IF_ERROR(reader_.Scan({begin, end}, limit, Direction::kForward, take).status());
  if (damaged) return absl::DataLossError("an index key cannot be read");
  return found;
}

absl::Status LedgerReader::ScanPrefix(absl::string_view prefix, Visitor visit) const {
  std::string begin(prefix);
  const std::string end = PrefixEnd(prefix);
  size_t visited = kScanLimitMax;
  bool wants_more = true;
  while (visited == kScanLimitMax && wants_more) {
    std::string last;
    const auto take = [&](absl::string_view key, absl::string_view value) {
      last = std::string(key);
      wants_more = visit(key, value);
      return wants_more;
    };
    ASSIGN_OR_RETURN(visited, reader_.Scan({begin, end}, kScanLimitMax, Direction::kForward, take));
    begin = last + '\0';
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> LedgerReader::CountIndex(absl::string_view prefix, size_t limit) const {
  const std::string end = PrefixEnd(prefix);
  return reader_.Scan({prefix, end}, limit, Direction::kForward,
                      [](absl::string_view, absl::string_view) { return true; });
}

absl::StatusOr<std::vector<v1::Ticket>> LedgerReader::ScanTickets(
    absl::string_view tenant, uint64_t before_id, size_t limit,
    absl::Span<const int> fields) const {
  std::vector<v1::Ticket> tickets;
  absl::Status damage;
  const std::string begin = TableKey(tenant, Table::kTicket).Take();
  const std::string end = TicketKey(tenant, before_id);
  const auto take = [&](absl::string_view, absl::string_view value) {
    std::optional<std::string> kept;
    if (!fields.empty()) kept = KeepFields(value, fields);
    absl::StatusOr<v1::Ticket> ticket =
        Parse<v1::Ticket>(kept ? absl::string_view(*kept) : value, "ticket");
    if (ticket.ok()) tickets.push_back(*std::move(ticket));
    else damage = ticket.status();
    return damage.ok();
  };
  RETURN_IF_ERROR(reader_.Scan({begin, end}, limit, Direction::kBackward, take).status());
  RETURN_IF_ERROR(damage);
  return tickets;
}

absl::StatusOr<std::vector<std::string>> LedgerReader::ListTenants() const {
  std::vector<std::string> tenants;
  std::string begin(1, static_cast<char>(kTenantTag));
  const std::string end(1, static_cast<char>(kTenantTag + 1));
  while (true) {
    std::optional<std::string> tenant;
    bool found = false;
    const auto take = [&](absl::string_view key, absl::string_view) {
      found = true;
      tenant = KeyReader(key).ReadBytes();
      return false;
    };
    RETURN_IF_ERROR(reader_.Scan({begin, end}, 1, Direction::kForward, take).status());
    if (!found) return tenants;
    if (!tenant) return absl::DataLossError("the key of a tenant cannot be read");
    KeyWriter prefix;
    prefix.AppendBytes(*tenant);
    begin = PrefixEnd(prefix.key());
    tenants.push_back(*std::move(tenant));
  }
}

class LedgerWriter::View final : public Reader {
 public:
  explicit View(const LedgerWriter& writer) : writer_(writer) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    const auto it = writer_.open_commits_.find(key);
    if (it == writer_.open_commits_.end() || it->second->commit.events_size() == 0)
      return writer_.transaction_->Get(key);
    return std::optional<std::string>(it->second->commit.SerializeAsString());
  }
  absl::StatusOr<size_t> Scan(const KeyRange& range, size_t limit, Direction direction,
                              Visitor visit) const override {
    return writer_.transaction_->Scan(range, limit, direction, visit);
  }

 private:
  const LedgerWriter& writer_;
};

LedgerWriter::LedgerWriter(std::unique_ptr<Transaction> transaction, int64_t now_us)
    : transaction_(std::move(transaction)),
      view_(std::make_unique<View>(*this)),
      reader_(*view_),
      now_us_(now_us) {}

LedgerWriter::~LedgerWriter() = default;

absl::StatusOr<std::unique_ptr<LedgerWriter>> LedgerWriter::Begin(Kv& kv, int64_t now_us) {
  return std::unique_ptr<LedgerWriter>(new LedgerWriter(kv.Begin(), now_us));
}

absl::StatusOr<LedgerWriter::Chapter*> LedgerWriter::ChapterOf(absl::string_view tenant) {
  if (const auto it = chapters_.find(tenant); it != chapters_.end()) return &it->second;
  ASSIGN_OR_RETURN(v1::LedgerHead head, reader_.ReadHead(tenant));
  Chapter chapter;
  chapter.commit.set_number(head.commit() + 1);
  chapter.commit.set_previous_hash(head.hash());
  head.set_time_us(std::max(head.time_us(), now_us_));
  *chapter.commit.mutable_time() = FromMicros(head.time_us());
  chapter.head = std::move(head);
  Chapter& kept = chapters_.emplace(std::string(tenant), std::move(chapter)).first->second;
  open_commits_[CommitKey(tenant, kept.commit.number())] = &kept;
  return &kept;
}

absl::StatusOr<int64_t> LedgerWriter::TimeOf(absl::string_view tenant) {
  ASSIGN_OR_RETURN(const Chapter* chapter, ChapterOf(tenant));
  return chapter->head.time_us();
}

absl::StatusOr<uint64_t> LedgerWriter::NextTicketId(absl::string_view tenant) {
  ASSIGN_OR_RETURN(const Chapter* chapter, ChapterOf(tenant));
  return chapter->head.last_ticket_id() + 1;
}

absl::StatusOr<v1::Receipt> LedgerWriter::Append(absl::string_view tenant,
                                                 const v1::Event& event) {
  ASSIGN_OR_RETURN(Chapter * chapter, ChapterOf(tenant));
  std::string bytes = event.SerializeAsString();
  v1::Receipt receipt;
  receipt.mutable_position()->set_commit(chapter->commit.number());
  receipt.mutable_position()->set_index(static_cast<uint32_t>(chapter->commit.events_size()));
  receipt.set_event_hash(LeafHash(bytes));
  *receipt.mutable_time() = chapter->commit.time();
  chapter->leaves.push_back(receipt.event_hash());
  chapter->head.set_last_ticket_id(std::max(chapter->head.last_ticket_id(), event.ticket_id()));
  ++event_count_;
  event_bytes_ += bytes.size();
  chapter->commit.add_events(std::move(bytes));
  return receipt;
}

void LedgerWriter::PutTicket(absl::string_view tenant, const v1::Ticket* before,
                             const v1::Ticket& after) {
  std::vector<std::string> old_keys;
  if (before != nullptr) old_keys = IndexKeys(tenant, *before);
  std::vector<std::string> new_keys = IndexKeys(tenant, after);
  std::vector<std::string> gone, come;
  std::set_difference(old_keys.begin(), old_keys.end(), new_keys.begin(), new_keys.end(),
                      std::back_inserter(gone));
  std::set_difference(new_keys.begin(), new_keys.end(), old_keys.begin(), old_keys.end(),
                      std::back_inserter(come));
  for (std::string& key : gone) transaction_->Delete(std::move(key));
  for (std::string& key : come) transaction_->Put(std::move(key), "");
  transaction_->Put(TicketKey(tenant, after.id()), after.SerializeAsString());
}

void LedgerWriter::PutPersonal(absl::string_view tenant, absl::string_view customer_id,
                               uint64_t ticket_id, absl::string_view hash,
                               const v1::PersonalRecord& record) {
  transaction_->Put(PersonalKey(tenant, customer_id, ticket_id, hash), record.SerializeAsString());
}

void LedgerWriter::PutReply(absl::string_view tenant, uint64_t week, absl::string_view request_id,
                            const v1::StoredReply& reply) {
  transaction_->Put(ReplyKey(tenant, week, request_id), reply.SerializeAsString());
}

void LedgerWriter::PutConfiguration(absl::string_view tenant, const v1::Event& event,
                                    const v1::Position& position) {
  for (std::string& key : ConfigurationKeys(tenant, event))
    transaction_->Put(std::move(key), position.SerializeAsString());
}

void LedgerWriter::PutCell(std::string key, const v1::StoredCell& cell) {
  if (cell.keys_size() == 0) transaction_->Delete(std::move(key));
  else transaction_->Put(std::move(key), cell.SerializeAsString());
}

void LedgerWriter::PutOpenCells(absl::string_view tenant, uint32_t number,
                                const v1::OpenCells& open) {
  transaction_->Put(OpenCellsKey(tenant, number), open.SerializeAsString());
}

void LedgerWriter::DeleteOpenCells(absl::string_view tenant, uint32_t number) {
  transaction_->Delete(OpenCellsKey(tenant, number));
}

void LedgerWriter::PutMeasures(absl::string_view tenant, const v1::MeasureStates& states) {
  transaction_->Put(MeasureKey(tenant), states.SerializeAsString());
}

void LedgerWriter::PutSecret(absl::string_view tenant, absl::string_view secret) {
  transaction_->Put(SecretKey(tenant), std::string(secret));
}

absl::StatusOr<size_t> LedgerWriter::DeleteCells(absl::string_view tenant, uint32_t dimension,
                                                 size_t limit) {
  const std::string prefix =
      TableKey(tenant, Table::kCell).AppendUnsigned(dimension).Take();
  std::vector<std::string> keys;
  const auto take = [&](absl::string_view key, absl::string_view) {
    keys.emplace_back(key);
    return keys.size() < limit;
  };
  RETURN_IF_ERROR(reader_.ScanPrefix(prefix, take));
  for (const std::string& key : keys) transaction_->Delete(key);
  return keys.size();
}

absl::Status LedgerWriter::Commit() {
  for (auto& [tenant, chapter] : chapters_) {
    if (chapter.leaves.empty()) continue;
    chapter.commit.set_merkle_root(MerkleRoot(chapter.leaves));
    chapter.head.set_commit(chapter.commit.number());
    chapter.head.set_hash(CommitHash(chapter.commit));
    chapter.head.set_events(chapter.head.events() +
                            static_cast<uint64_t>(chapter.commit.events_size()));
    transaction_->Put(CommitKey(tenant, chapter.commit.number()),
                      chapter.commit.SerializeAsString());
    transaction_->Put(HeadKey(tenant), chapter.head.SerializeAsString());
  }
  return transaction_->Commit();
}

}  // namespace redress::storage
