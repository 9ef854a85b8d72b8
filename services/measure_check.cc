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
    check->AddState(*state);
  }
  return check;
}

void MeasureCheck::AddState(const v1::MeasureState& state) {
  const bool is_first = state_of_.empty();
  all_.set(state_of_.size());
  state_of_.push_back(&state);
  if (is_first || state.next_ticket_id() < latest_.next_ticket_id())
    latest_.set_next_ticket_id(state.next_ticket_id());
  if (is_first || IsLater(state.since(), latest_.since()))
    *latest_.mutable_since() = state.since();
}

engine::MeasureChoice MeasureCheck::CountedAt(const v1::Position& position,
                                              uint64_t ticket_id) const {
  if (state_of_.empty() || IsCounted(latest_, position, ticket_id)) return all_;
  engine::MeasureChoice counted;
  for (size_t place = 0; place < state_of_.size(); ++place)
    counted[place] = IsCounted(*state_of_[place], position, ticket_id);
  return counted;
}

MeasureCheck::Count::Count(const MeasureCheck& check) : check_(check) {
  if (check.playbook_ != nullptr)
    evaluation_ = std::make_unique<engine::MeasureEvaluation>(check.playbook_->measures());
}

void MeasureCheck::Count::Add(const v1::Ticket* before, const v1::Event& event,
                              const v1::Ticket& after, const v1::Position& position,
                              const google::protobuf::Timestamp& time) {
  const engine::MeasureChoice counted = check_.CountedAt(position, event.ticket_id());
  if (counted.none()) return;
  cells_.Add(evaluation_->Evaluate(before, event, after, engine::DayOf(time), counted));
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

engine::TicketFields MeasureCheck::before_reads() const {
  return playbook_ == nullptr ? engine::TicketFields() : playbook_->measures().before_reads();
}

bool MeasureCheck::IsDropped(uint32_t number) const {
  return std::any_of(states_.measures().begin(), states_.measures().end(),
                     [number](const v1::MeasureState& state) {
                       return state.number() == number && state.is_dropped();
                     });
}

}  // namespace redress::services
