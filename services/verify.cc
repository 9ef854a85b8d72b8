#include "services/verify.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"
#include "services/first_difference.h"
#include "services/index_check.h"
#include "services/measure_check.h"
#include "services/ordered_work.h"
#include "services/range_replay.h"
#include "services/sample_check.h"
#include "storage/tables.h"

namespace redress::services {
namespace {

using storage::Table;

constexpr uint64_t kTellEvery = 1000;  // commits
// How much of the whole the replay is, about.
constexpr uint64_t kReplayPercent = 75;

absl::Status Differs(absl::string_view what) { return absl::DataLossError(what); }

class Verifier {
 public:
  Verifier(const storage::LedgerReader& reader, absl::string_view tenant, VerifyProgress tell,
           const VerifyOptions& options)
      : reader_(reader), tenant_(tenant), tell_(tell), options_(options) {}

  v1::VerifyLedgerResponse Run();

 private:
  // Every step answers OK, or what differs first, as a DATA_LOSS status.
  absl::Status Verify();
  // Replays the tickets of `ids_at_a_time` ids at a time.
  absl::Status Replay(uint64_t ids_at_a_time);
  absl::Status ReplayRange(const IdRange& ids);
  bool Tell(const IdRange& ids, const RangeReplay& replay);
  // What is kept beside the ledger and its tickets.
  absl::Status CompareRest();
  // Takes out of `cells_` what is open, which the stored cells do not hold yet; answers how many
  // records that is.
  absl::StatusOr<uint64_t> TakeOpenCells();
  absl::StatusOr<uint64_t> CompareCells();
  absl::StatusOr<uint64_t> CheckWords() const;

  const storage::LedgerReader& reader_;
  const absl::string_view tenant_;
  VerifyProgress tell_;
  const VerifyOptions& options_;
  v1::VerifyLedgerResponse state_;
  v1::LedgerHead head_;
  std::unique_ptr<MeasureCheck> measures_;
  std::unique_ptr<SampleCheck> samples_;
  uint64_t told_ = 0;  // commits of the present range
  uint64_t records_ = 0;
  std::map<std::string, engine::Cell> cells_;  // by their keys, as they must be
  KeySum index_keys_;
};

v1::VerifyLedgerResponse Verifier::Run() {
  const absl::Status finding = Verify();
  state_.set_done(true);
  state_.set_clean(finding.ok());
  state_.set_percent(100);
  state_.set_records(records_);
  if (!finding.ok()) state_.set_first_difference(std::string(finding.message()));
  state_.set_head_commit(head_.commit());
  state_.set_head_hash(head_.hash());
  return state_;
}

absl::Status Verifier::Verify() {
  ASSIGN_OR_RETURN(head_, reader_.ReadHead(tenant_));
  PlaybookStore none;
  PlaybookStore& playbooks = options_.playbooks != nullptr ? *options_.playbooks : none;
  ASSIGN_OR_RETURN(measures_, MeasureCheck::Open(reader_, tenant_, playbooks));
  absl::Status status = Replay(UINT64_MAX);
  if (absl::IsResourceExhausted(status)) status = Replay(options_.tickets_max);
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(samples_->Compare());
  return CompareRest();
}

absl::Status Verifier::Replay(uint64_t ids_at_a_time) {
  ASSIGN_OR_RETURN(samples_, SampleCheck::Open(reader_, tenant_));
  cells_.clear();
  index_keys_ = KeySum();
  records_ = 0;
  uint64_t first = 1;
  do {
    const bool is_last = first > UINT64_MAX - ids_at_a_time;
    const uint64_t end = is_last ? UINT64_MAX : first + ids_at_a_time;
    RETURN_IF_ERROR(ReplayRange({first, end}));
    first = end;
  } while (first <= head_.last_ticket_id() && first != UINT64_MAX);
  return absl::OkStatus();
}

absl::Status Verifier::ReplayRange(const IdRange& ids) {
  RangeReplay replay({reader_, tenant_, head_, *measures_, *samples_, ids, options_.helpers,
                      options_.tickets_max});
  told_ = 0;
  const absl::Status status = replay.Run([&] { return Tell(ids, replay); });
  records_ += replay.records();
  if (ids.first == 1) {
    state_.set_commits(replay.commits());
    state_.set_events(replay.events());
  }
  RETURN_IF_ERROR(status);
  samples_->EndPass();
  replay.AddCellsTo(cells_);
  index_keys_.Add(replay.index_keys());
  return absl::OkStatus();
}

bool Verifier::Tell(const IdRange& ids, const RangeReplay& replay) {
  const uint64_t commits = replay.commits();
  if (commits < told_ + kTellEvery) return true;
  told_ = commits;
  if (ids.first == 1) {
    state_.set_commits(commits);
    state_.set_events(replay.events());
  }
  // The share of the ids before this range, and of this one as far as it is.
  const uint64_t tickets = std::max<uint64_t>(head_.last_ticket_id(), 1);
  const uint64_t range = std::min(ids.end - ids.first, tickets);
  const uint64_t before = std::min(ids.first - 1, tickets);
  const double done = static_cast<double>(before) +
                      static_cast<double>(range) * static_cast<double>(commits) /
                          static_cast<double>(head_.commit());
  const double share = std::min(done / static_cast<double>(tickets), 1.0);
  state_.set_percent(static_cast<int>(share * kReplayPercent));
  state_.set_records(records_ + replay.records());
  return tell_(state_);
}

absl::Status Verifier::CompareRest() {
  struct Piece {
    VerifyStage stage;
    absl::StatusOr<uint64_t> records;
    KeySum keys = {};
  };
  const IndexCheck indexes(reader_, tenant_);
  // The longest first, so that no thread is left with it alone.
  const auto work = [&](size_t piece) -> Piece {
    if (piece == 0) return {VerifyStage::kWords, CheckWords()};
    if (piece == 1) return {VerifyStage::kCells, CompareCells()};
    const absl::StatusOr<KeySum> keys = indexes.Sum(piece - 2);
    if (!keys.ok()) return {VerifyStage::kIndexes, keys.status()};
    return {VerifyStage::kIndexes, keys->count, *keys};
  };
  FirstDifference first;
  KeySum stored;
  OrderedWork<Piece>::Run(options_.helpers, 2 + IndexCheck::pieces(), work, [&](Piece piece) {
    first.Note({piece.stage}, piece.records.status());
    if (piece.records.ok()) records_ += *piece.records;
    stored.Add(piece.keys);
    return true;
  });
  if (!first.IsBefore({VerifyStage::kIndexes}) && stored != index_keys_)
    first.Note({VerifyStage::kIndexes}, indexes.FindDifference(head_.last_ticket_id()));
  return first.status();
}

absl::StatusOr<uint64_t> Verifier::TakeOpenCells() {
  const auto open = reader_.ReadOpenCells(tenant_);
  if (!open.ok()) return Differs(open.status().message());
  for (const auto& [key, sum] : open->sums) {
    engine::Cell& cell = cells_[key];
    for (int i = 0; i < sum.keys_size(); ++i) cell.AddKey(sum.keys(i), -sum.values(i));
  }
  return open->records;
}

absl::StatusOr<uint64_t> Verifier::CompareCells() {
  ASSIGN_OR_RETURN(uint64_t records, TakeOpenCells());
  std::erase_if(cells_, [](const auto& cell) { return cell.second.empty(); });
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
    const auto it = cells_.find(std::string(key));
    if (!is_read || !cell) finding = Differs(absl::StrCat(name(key), " cannot be read"));
    else if (it == cells_.end() || it->second != *cell)
      finding = Differs(absl::StrCat(name(key), " is not what the events add up to"));
    else cells_.erase(it);
    ++records;
    return finding.ok();
  };
  RETURN_IF_ERROR(reader_.ScanPrefix(storage::TableKey(tenant_, Table::kCell).key(), compare));
  RETURN_IF_ERROR(finding);
  if (!cells_.empty())
    return Differs(absl::StrCat(name(cells_.begin()->first), " is missing"));
  return records;
}

absl::StatusOr<uint64_t> Verifier::CheckWords() const {
  const std::string prefix = storage::TableKey(tenant_, Table::kPersonal).Take();
  uint64_t records = 0;
  absl::Status finding;
  const auto check = [&](absl::string_view key, absl::string_view value) {
    storage::KeyReader reader(key.substr(prefix.size()));
    reader.ReadBytes();
    const std::optional<uint64_t> ticket_id = reader.ReadUnsigned();
    const std::optional<std::string> hash = reader.ReadBytes();
    if (!reader.IsAtEnd() || base::Sha256(value) != *hash)
      finding = Differs(absl::StrCat("words of ticket ", ticket_id.value_or(0),
                                     " do not have the hash that its event carries"));
    ++records;
    return finding.ok();
  };
  RETURN_IF_ERROR(reader_.ScanPrefix(prefix, check));
  RETURN_IF_ERROR(finding);
  return records;
}

}  // namespace

v1::VerifyLedgerResponse VerifyLedgerOf(const storage::LedgerReader& reader,
                                        absl::string_view tenant, VerifyProgress tell,
                                        const VerifyOptions& options) {
  return Verifier(reader, tenant, tell, options).Run();
}

}  // namespace redress::services
