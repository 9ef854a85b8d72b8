#include "services/measure_keeper.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/measure/day.h"
#include "engine/ticket/apply.h"
#include "services/history.h"

namespace redress::services {
namespace {

bool IsSame(const v1::Position& left, const v1::Position& right) {
  return left.commit() == right.commit() && left.index() == right.index();
}

bool IsUnfilled(const v1::MeasureState& state) {
  return !state.is_dropped() && state.next_ticket_id() < state.end_ticket_id();
}

uint32_t FreeNumber(const v1::MeasureStates& states) {
  std::set<uint32_t> taken;
  for (const v1::MeasureState& state : states.measures()) taken.insert(state.number());
  uint32_t number = kMeasureNumberFirst;
  while (taken.contains(number)) ++number;
  return number;
}

}  // namespace

bool IsLater(const v1::Position& position, const v1::Position& than) {
  if (position.commit() != than.commit()) return position.commit() > than.commit();
  return position.index() > than.index();
}

bool IsCounted(const v1::MeasureState& state, const v1::Position& position, uint64_t ticket_id) {
  return IsLater(position, state.since()) || ticket_id < state.next_ticket_id();
}

bool IsFilled(const v1::MeasureStates& states) {
  return std::none_of(
      states.measures().begin(), states.measures().end(),
      [](const v1::MeasureState& state) { return state.is_dropped() || IsUnfilled(state); });
}

const v1::MeasureState* FindState(const v1::MeasureStates& states, absl::string_view version) {
  for (const v1::MeasureState& state : states.measures())
    if (!state.is_dropped() && state.version() == version) return &state;
  return nullptr;
}

storage::CellAddress AddressOf(uint32_t number, const engine::MeasureCells::Place& place) {
  return {number, static_cast<uint32_t>(place.granularity), static_cast<uint32_t>(place.split),
          static_cast<uint32_t>(place.period), place.value};
}

absl::StatusOr<MeasureKeeper::Book*> MeasureKeeper::BookOf(const std::string& tenant,
                                                           const LivePlaybook& live,
                                                           const storage::LedgerReader& reader) {
  const auto [it, is_new] = tenants_.try_emplace(tenant);
  Book& book = it->second;
  if (!is_new && book.playbook == live) return &book;
  ASSIGN_OR_RETURN(book.states, reader.ReadMeasures(tenant));
  RETURN_IF_ERROR(Open(book, live));
  return &book;
}

absl::Status MeasureKeeper::Open(Book& book, const LivePlaybook& live) {
  book.playbook = live;
  book.numbers.clear();
  book.all.reset();
  if (live == nullptr) return absl::OkStatus();
  for (const engine::Measure& measure : live->measures().measures()) {
    const v1::MeasureState* state = FindState(book.states, measure.version);
    if (state == nullptr)
      return absl::DataLossError(
          absl::StrCat("the state of measure ", measure.rule->id(), " is missing"));
    book.all.set(book.numbers.size());
    book.numbers.push_back(state->number());
  }
  book.evaluation = std::make_unique<engine::MeasureEvaluation>(live->measures());
  return absl::OkStatus();
}

absl::Status MeasureKeeper::Add(const std::string& tenant, const LivePlaybook& live,
                                const v1::Ticket* before, const v1::Event& event,
                                const v1::Ticket& after, int32_t record_day,
                                const storage::LedgerReader& reader) {
  if (live == nullptr || live->measures().measures().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(Book* const book, BookOf(tenant, live, reader));
  book->cells.Add(book->evaluation->Evaluate(before, event, after, record_day, book->all));
  return absl::OkStatus();
}

absl::Status MeasureKeeper::Publish(const std::string& tenant, const LivePlaybook& live,
                                    const v1::Position& position, storage::LedgerWriter& writer) {
  const auto known = tenants_.find(tenant);
  if (known != tenants_.end()) RETURN_IF_ERROR(FlushBook(tenant, known->second, writer));
  // Else what is open might come back to the cells of a measure that are deleted by then.
  RETURN_IF_ERROR(cells_.Close(tenant, writer));
  Book& book = tenants_[tenant];
  ASSIGN_OR_RETURN(const v1::MeasureStates before, writer.reader().ReadMeasures(tenant));
  ASSIGN_OR_RETURN(const uint64_t end_ticket_id, writer.NextTicketId(tenant));
  book.states.Clear();
  std::set<uint32_t> kept;
  for (const engine::Measure& measure : live->measures().measures()) {
    const v1::MeasureState* state = FindState(before, measure.version);
    if (state == nullptr) continue;
    kept.insert(state->number());
    *book.states.add_measures() = *state;
  }
  for (const v1::MeasureState& state : before.measures()) {
    if (kept.contains(state.number())) continue;
    *book.states.add_measures() = state;
    book.states.mutable_measures()->rbegin()->set_is_dropped(true);
  }
  for (const engine::Measure& measure : live->measures().measures()) {
    if (FindState(book.states, measure.version) != nullptr) continue;
    const uint32_t number = FreeNumber(book.states);
    v1::MeasureState& state = *book.states.add_measures();
    state.set_version(measure.version);
    state.set_number(number);
    *state.mutable_since() = position;
    state.set_next_ticket_id(1);
    state.set_end_ticket_id(end_ticket_id);
  }
  writer.PutMeasures(tenant, book.states);
  return Open(book, live);
}

absl::Status MeasureKeeper::Fill(const std::string& tenant, const LivePlaybook& live,
                                 storage::LedgerWriter& writer) {
  ASSIGN_OR_RETURN(Book* const book, BookOf(tenant, live, writer.reader()));
  RETURN_IF_ERROR(FlushBook(tenant, *book, writer));
  auto& states = *book->states.mutable_measures();
  for (int i = 0; i < states.size(); ++i) {
    if (!states[i].is_dropped()) continue;
    ASSIGN_OR_RETURN(const size_t deleted,
                     writer.DeleteCells(tenant, states[i].number(), kFillDeletesMax));
    cells_.ForgetStored();
    if (deleted < kFillDeletesMax) states.DeleteSubrange(i, 1);
    writer.PutMeasures(tenant, book->states);
    return absl::OkStatus();
  }
  for (const v1::MeasureState& state : states)
    if (IsUnfilled(state)) return FillTickets(tenant, *book, state, writer);
  return absl::OkStatus();
}

// Measures that were published together are counted together.
absl::Status MeasureKeeper::FillTickets(const std::string& tenant, Book& book,
                                        v1::MeasureState first, storage::LedgerWriter& writer) {
  std::vector<v1::MeasureState*> group;
  engine::MeasureChoice wanted;
  for (v1::MeasureState& state : *book.states.mutable_measures()) {
    if (!IsUnfilled(state) || !IsSame(state.since(), first.since()) ||
        state.next_ticket_id() != first.next_ticket_id())
      continue;
    group.push_back(&state);
    const auto number = std::find(book.numbers.begin(), book.numbers.end(), state.number());
    wanted.set(static_cast<size_t>(number - book.numbers.begin()));
  }
  HistoryReader histories(writer.reader(), tenant);
  size_t events = 0;
  uint64_t id = first.next_ticket_id();
  for (; id < first.end_ticket_id() && events < kFillEventsMax; ++id) {
    ASSIGN_OR_RETURN(const auto ticket, writer.reader().ReadTicket(tenant, id));
    if (!ticket) continue;
    ASSIGN_OR_RETURN(const std::vector<DatedEvent> history, histories.ReadDated(*ticket));
    std::optional<v1::Ticket> before;
    for (const DatedEvent& dated : history) {
      if (IsLater(dated.position, first.since())) break;
      v1::Ticket after = engine::Apply(before.value_or(v1::Ticket()), dated.event);
      book.cells.Add(book.evaluation->Evaluate(before ? &*before : nullptr, dated.event, after,
                                               engine::DayOf(dated.record_time), wanted));
      before = std::move(after);
      ++events;
    }
  }
  for (v1::MeasureState* state : group) state->set_next_ticket_id(id);
  writer.PutMeasures(tenant, book.states);
  return FlushBook(tenant, book, writer);
}

absl::Status MeasureKeeper::FlushBook(const std::string& tenant, Book& book,
                                      storage::LedgerWriter& writer) {
  for (const auto& [place, cell] : book.cells.Take())
    RETURN_IF_ERROR(cells_.Merge(tenant, AddressOf(book.numbers[place.measure], place), cell,
                                 writer.reader()));
  return absl::OkStatus();
}

absl::Status MeasureKeeper::Flush(storage::LedgerWriter& writer) {
  for (auto& [tenant, book] : tenants_) RETURN_IF_ERROR(FlushBook(tenant, book, writer));
  return absl::OkStatus();
}

}  // namespace redress::services
