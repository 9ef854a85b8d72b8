#include "services/measure_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/measure/day.h"
#include "services/measure_keeper.h"
#include "storage/key.h"
#include "storage/tables.h"

namespace redress::services {

absl::StatusOr<std::unique_ptr<MeasureCheck>> MeasureCheck::Open(
    const storage::LedgerReader& reader, absl::string_view tenant, PlaybookStore& playbooks) {
  auto check = std::make_unique<MeasureCheck>();
  ASSIGN_OR_RETURN(check->states_, reader.ReadMeasures(tenant));
  const auto recorded = ReadPlaybookEvent(reader, tenant, 0);
  // What is wrong with a playbook's index is found where the ledger is gone through.
  if (!recorded.ok() || !*recorded) return check;
  const v1::PlaybookPublished& published = (*recorded)->event.playbook_published();
  check->playbook_ = playbooks.CompileEvent(published);
  if (check->playbook_ == nullptr)
    return absl::DataLossError(
        absl::StrCat("playbook version ", published.version(), " does not compile"));
  const engine::MeasureSet& set = check->playbook_->measures();
  for (const engine::Measure& measure : set.measures()) {
    const v1::MeasureState* state = FindState(check->states_, measure.version);
    if (state == nullptr)
      return absl::DataLossError(
          absl::StrCat("the state of measure ", measure.rule->id(), " is missing"));
    check->state_of_.push_back(state);
  }
  return check;
}

MeasureCheck::Count::Count(const MeasureCheck& check) : check_(check) {
  if (check.playbook_ != nullptr)
    evaluation_ = std::make_unique<engine::MeasureEvaluation>(check.playbook_->measures());
}

void MeasureCheck::Count::Add(const v1::Ticket* before, const v1::Event& event,
                              const v1::Ticket& after, const v1::Position& position,
                              const google::protobuf::Timestamp& time) {
  const std::vector<const v1::MeasureState*>& state_of = check_.state_of_;
  counted_.clear();
  for (size_t place = 0; place < state_of.size(); ++place)
    if (IsCounted(*state_of[place], position, event.ticket_id()))
      counted_.push_back(static_cast<int>(place));
  if (counted_.empty()) return;
  deltas_.clear();
  evaluation_->Add(before, event, after, engine::DayOf(time), counted_, deltas_);
  cells_.Add(deltas_);
}

std::vector<MeasureCheck::AddressedCell> MeasureCheck::Count::Take() {
  std::vector<AddressedCell> cells;
  for (auto& [place, cell] : cells_.Take()) {
    const uint32_t number = check_.state_of_[place.measure]->number();
    cells.emplace_back(AddressOf(number, place), std::move(cell));
  }
  return cells;
}

std::optional<uint32_t> MeasureCheck::NumberOf(absl::string_view tenant, absl::string_view key) {
  const size_t skip = storage::TableKey(tenant, storage::Table::kCell).key().size();
  const std::optional<uint64_t> dimension = storage::KeyReader(key.substr(skip)).ReadUnsigned();
  if (!dimension || *dimension < kMeasureNumberFirst) return std::nullopt;
  return static_cast<uint32_t>(*dimension);
}

bool MeasureCheck::IsDropped(uint32_t number) const {
  return std::any_of(states_.measures().begin(), states_.measures().end(),
                     [number](const v1::MeasureState& state) {
                       return state.number() == number && state.is_dropped();
                     });
}

}  // namespace redress::services
