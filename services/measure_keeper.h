// Keeps the cells of the playbook's measures: online from the publication on, and the history
// before it afterwards, some tickets at a time.
//
// Belongs to the executor's thread, as the only writer of cells. Everything that it writes goes
// into the commit of the events that it counts, or, for history, into the commit that says how far
// the counting is. So a crash at any instant counts nothing twice and leaves nothing out.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/measure/measure_cells.h"
#include "engine/measure/measure_tally.h"
#include "engine/playbook/playbook.h"
#include "redress/v1/stored.pb.h"
#include "services/cell_cache.h"
#include "storage/ledger.h"

namespace redress::services {

// The numbers of measures begin here; those below are dimensions of the closure report.
inline constexpr uint32_t kMeasureNumberFirst = 1000;
// Events of old histories counted in one commit, and cells deleted in one.
inline constexpr size_t kFillEventsMax = 2000;
inline constexpr size_t kFillDeletesMax = 2000;

bool IsLater(const v1::Position& position, const v1::Position& than);

// Whether an event is counted in a measure's cells already.
bool IsCounted(const v1::MeasureState& state, const v1::Position& position, uint64_t ticket_id);

// Whether there is nothing left to count or to delete.
bool IsFilled(const v1::MeasureStates& states);

// The state of a measure; nullptr: there is none.
const v1::MeasureState* FindState(const v1::MeasureStates& states, absl::string_view version);

// Where a cell of a measure is stored.
storage::CellAddress AddressOf(uint32_t number, const engine::MeasureCells::Place& place);

class MeasureKeeper {
 public:
  using LivePlaybook = std::shared_ptr<const engine::Playbook>;

  // REQUIRES: `cells` outlives this.
  explicit MeasureKeeper(CellCache& cells) : cells_(cells) {}

  // Takes an event that is being recorded. `live`: the tenant's playbook; may be null.
  absl::Status Add(const std::string& tenant, const LivePlaybook& live, const v1::Ticket* before,
                   const v1::Event& event, const v1::Ticket& after, int32_t record_day,
                   const storage::LedgerReader& reader);

  // A playbook was published at `position`: its new measures begin, and those that it no longer has
  // end.
  absl::Status Publish(const std::string& tenant, const LivePlaybook& live,
                       const v1::Position& position, storage::LedgerWriter& writer);

  // Counts or deletes the next part of what is left.
  absl::Status Fill(const std::string& tenant, const LivePlaybook& live,
                    storage::LedgerWriter& writer);

  // Hands what was added since the last Flush to the cells.
  absl::Status Flush(storage::LedgerWriter& writer);

  // Forgets everything: a commit failed.
  void Clear() { tenants_.clear(); }

 private:
  struct Book {
    LivePlaybook playbook;
    v1::MeasureStates states;
    std::vector<uint32_t> numbers;  // by place in the set
    engine::MeasureChoice all;
    std::unique_ptr<engine::MeasureEvaluation> evaluation;
    engine::MeasureCells cells;
  };

  absl::StatusOr<Book*> BookOf(const std::string& tenant, const LivePlaybook& live,
                               const storage::LedgerReader& reader);
  static absl::Status Open(Book& book, const LivePlaybook& live);
  absl::Status FlushBook(const std::string& tenant, Book& book, storage::LedgerWriter& writer);
  absl::Status FillTickets(const std::string& tenant, Book& book, v1::MeasureState first,
                           storage::LedgerWriter& writer);

  CellCache& cells_;
  std::map<std::string, Book> tenants_;
};

}  // namespace redress::services
