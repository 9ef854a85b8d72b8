// What the cells of the live playbook's measures must be, counted again from the events of the
// whole ledger.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/measure/measure_cells.h"
#include "engine/measure/measure_tally.h"
#include "engine/playbook/playbook.h"
#include "redress/v1/stored.pb.h"
#include "services/playbook_store.h"
#include "storage/ledger.h"

namespace redress::services {

class MeasureCheck {
 public:
  using AddressedCell = std::pair<storage::CellAddress, engine::Cell>;

  // Counts some of the events. One thread at a time; there may be several of one check.
  class Count {
   public:
    // REQUIRES: `check` outlives this.
    explicit Count(const MeasureCheck& check);

    // Takes an event, which was recorded at `position` and `time`. Events of one ticket come in
    // their order.
    void Add(const v1::Ticket* before, const v1::Event& event, const v1::Ticket& after,
             const v1::Position& position, const google::protobuf::Timestamp& time);

    // What the events add up to.
    std::vector<AddressedCell> Take();

   private:
    const MeasureCheck& check_;
    std::unique_ptr<engine::MeasureEvaluation> evaluation_;
    engine::MeasureCells cells_;
  };

  // Fails with DATA_LOSS when measures of the live playbook have no state. Takes the playbook from
  // `playbooks` if it was compiled there before.
  static absl::StatusOr<std::unique_ptr<MeasureCheck>> Open(const storage::LedgerReader& reader,
                                                            absl::string_view tenant,
                                                            PlaybookStore& playbooks);

  // The measure to which a cell's key belongs; nothing for the closure report's cells.
  static std::optional<uint32_t> NumberOf(absl::string_view tenant, absl::string_view key);

  // The fields of a ticket as it was before an event of which measures make use.
  engine::TicketFields before_reads() const;

  // Whether what is left of the measure's cells is being deleted.
  bool IsDropped(uint32_t number) const;

 private:
  void AddState(const v1::MeasureState& state);
  // The measures that count an event.
  engine::MeasureChoice CountedAt(const v1::Position& position, uint64_t ticket_id) const;

  std::shared_ptr<const engine::Playbook> playbook_;
  v1::MeasureStates states_;
  std::vector<const v1::MeasureState*> state_of_;  // by place in the set
  engine::MeasureChoice all_;
  v1::MeasureState latest_;  // what counts for a measure of this state counts for all of them
};

}  // namespace redress::services
