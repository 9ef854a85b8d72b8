#include "services/range_replay.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/cell_cache.h"
#include "services/parted_work.h"
#include "storage/tables.h"

namespace redress::services {
namespace {

using storage::Table;

}  // namespace

RangeReplay::RangeReplay(const RangeQuery& query)
    : query_(query),
      shared_{query.reader, query.tenant, query.measures, query.samples, first_},
      pages_(query.reader, query.tenant, query.head.commit()),
      ledger_(query.reader, query.tenant, query.samples, first_) {
  const size_t parts = query.helpers == nullptr ? 1 : 1 + kPartedHelpers;
  for (size_t part = 0; part < parts; ++part)
    parts_.emplace_back(shared_, query.ids, part, parts, query.tickets_max);
}

absl::Status RangeReplay::Run(absl::FunctionRef<bool()> go_on) {
  PartedWork<CommitPage>::Steps steps;
  steps.read = [this]() -> std::unique_ptr<CommitPage> {
    if (shared_.is_too_much || first_.IsBefore({VerifyStage::kHead})) return nullptr;
    return pages_.Read();
  };
  steps.prepare = [this](CommitPage& page) { pages_.Prepare(page, query_.ids); };
  steps.take = [this](size_t part, const CommitPage& page) { TakeShare(part, page); };
  bool is_cancelled = false;
  PartedWork<CommitPage>::Run(query_.helpers, parts_.size(), std::move(steps), [&] {
    is_cancelled = !go_on();
    return !is_cancelled;
  });
  if (is_cancelled) return absl::CancelledError("nobody waits for the finding any more");
  if (shared_.is_too_much) return absl::ResourceExhaustedError("too many tickets must be held");
  if (query_.ids.first == 1)
    first_.Note({VerifyStage::kHead}, ledger_.CheckHead(query_.head));
  for (VerifyPart& part : parts_) part.Finish();
  first_.Note({VerifyStage::kTickets}, FindStrangers());
  return first_.status();
}

void RangeReplay::TakeShare(size_t part, const CommitPage& page) {
  parts_[part].Take(page);
  if (part != 0) return;
  // What belongs to no ticket is done along with the first part.
  if (query_.ids.first == 1) ledger_.Take(page);
  const uint64_t end = page.first + page.commits.size();
  first_.Note({VerifyStage::kLedger, end, DifferencePlace::kWholeCommit}, page.failure);
  commits_ = end - 1;
  for (const uint64_t id : page.strangers) NoteStranger(id);
  for (const IdRange& range : page.read) {
    if (!read_.empty() && read_.back().end == range.first) read_.back().end = range.end;
    else read_.push_back(range);
  }
}

void RangeReplay::NoteStranger(uint64_t ticket_id) {
  first_.Note({VerifyStage::kTickets, ticket_id},
              absl::DataLossError(absl::StrCat("ticket ", ticket_id, " has no events")));
}

absl::Status RangeReplay::FindStrangers() {
  const auto is_before = [](const IdRange& a, const IdRange& b) { return a.first < b.first; };
  std::sort(read_.begin(), read_.end(), is_before);
  const std::string table = storage::TableKey(query_.tenant, Table::kTicket).Take();
  std::string from =
      query_.ids.first == 1 ? table : storage::TicketKey(query_.tenant, query_.ids.first);
  for (const IdRange& range : read_) {
    RETURN_IF_ERROR(FindStranger(from, storage::TicketKey(query_.tenant, range.first)));
    from = storage::TicketKey(query_.tenant, range.end);
  }
  const bool is_last = query_.ids.end > query_.head.last_ticket_id();
  return FindStranger(from, is_last ? storage::PrefixEnd(table)
                                    : storage::TicketKey(query_.tenant, query_.ids.end));
}

absl::Status RangeReplay::FindStranger(const std::string& from, const std::string& to) {
  if (from >= to) return absl::OkStatus();
  const size_t skip = storage::TableKey(query_.tenant, Table::kTicket).key().size();
  const auto take = [&](absl::string_view key, absl::string_view) {
    NoteStranger(TicketIdOfKey(key, skip));
    return false;
  };
  return query_.reader.reader().Scan({from, to}, 1, storage::Direction::kForward, take).status();
}

void RangeReplay::AddCellsTo(std::map<std::string, engine::Cell>& cells) {
  for (VerifyPart& part : parts_) {
    for (const engine::CellDelta& delta : part.TakeCells())
      cells[storage::CellKeyOf(query_.tenant, AddressOf(delta.key))].Merge(delta.cell);
    for (const auto& [address, cell] : part.TakeMeasures())
      cells[storage::CellKeyOf(query_.tenant, address)].Merge(cell);
  }
}

KeySum RangeReplay::index_keys() const {
  KeySum keys;
  for (const VerifyPart& part : parts_) keys.Add(part.index_keys());
  return keys;
}

}  // namespace redress::services
