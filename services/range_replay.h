// The tickets of a range of ids, made again from the ledger's events and compared with what is
// stored, on several threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/measure/cell.h"
#include "services/commit_pages.h"
#include "services/first_difference.h"
#include "services/key_sum.h"
#include "services/ledger_check.h"
#include "services/measure_check.h"
#include "services/sample_check.h"
#include "services/verify_part.h"
#include "services/worker_pool.h"
#include "storage/ledger.h"

namespace redress::services {

// What is replayed, by what. Everything outlives the replay.
struct RangeQuery {
  const storage::LedgerReader& reader;
  absl::string_view tenant;
  const v1::LedgerHead& head;
  const MeasureCheck& measures;
  SampleCheck& samples;
  IdRange ids;
  // Take a part of the work; null: none do.
  WorkerPool* helpers = nullptr;
  // Tickets held in memory at a time.
  uint64_t tickets_max = 0;
};

class RangeReplay {
 public:
  // The range that begins with id 1 also checks what holds of the ledger as a whole.
  explicit RangeReplay(const RangeQuery& query);

  // Goes through the ledger. `go_on` is asked now and then; CANCELLED once it says false.
  // DATA_LOSS: names the first difference. RESOURCE_EXHAUSTED: more tickets must be held than may
  // be; a range of so many ids never does.
  absl::Status Run(absl::FunctionRef<bool()> go_on);

  // How far it is. Any thread.
  uint64_t commits() const { return commits_; }
  uint64_t events() const { return ledger_.events(); }
  uint64_t records() const { return shared_.records; }

  // What the events come to, once it has run: adds the cells to those under the same keys, where
  // an empty one means none, and the keys of the tickets.
  void AddCellsTo(std::map<std::string, engine::Cell>& cells);
  KeySum index_keys() const;

 private:
  void TakeShare(size_t part, const CommitPage& page);
  // Looks for stored tickets where no event opened any.
  absl::Status FindStrangers();
  absl::Status FindStranger(const std::string& from, const std::string& to);
  void NoteStranger(uint64_t ticket_id);

  const RangeQuery query_;
  FirstDifference first_;
  VerifyShared shared_;
  CommitPageReader pages_;
  LedgerCheck ledger_;
  std::deque<VerifyPart> parts_;
  std::vector<IdRange> read_;  // ids whose records were read
  std::atomic<uint64_t> commits_ = 0;
};

}  // namespace redress::services
