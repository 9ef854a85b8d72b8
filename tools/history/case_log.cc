#include "tools/history/case_log.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "tools/history/csv.h"
#include "tools/history/json_lines.h"
#include "tools/history/row_reader.h"

namespace redress::history {
namespace {

// A case while its rows come in.
struct Gathered {
  Case rows;
  Refusal damaged;  // the first; line 0: none
};

class Gatherer {
 public:
  Gathered& Find(const std::string& case_id) {
    const auto [found, is_new] = positions_.emplace(case_id, gathered_.size());
    if (is_new) gathered_.push_back({{case_id, {}}, {}});
    return gathered_[found->second];
  }
  std::vector<Gathered> Take() { return std::move(gathered_); }

 private:
  std::vector<Gathered> gathered_;
  absl::flat_hash_map<std::string, size_t> positions_;
};

void TakeRow(const RowReader& reader, CsvRow row, Gatherer& gatherer, CaseLog& log) {
  const std::string case_id = reader.CaseId(row.fields);
  absl::StatusOr<CaseRow> read =
      row.fault.empty() ? reader.Read(row.fields) : absl::InvalidArgumentError(row.fault);
  if (read.ok()) {
    read->line = row.line;
    gatherer.Find(case_id).rows.rows.push_back(*std::move(read));
    return;
  }
  log.refusals.push_back({row.line, case_id, std::string(read.status().message())});
  if (case_id.empty()) return;
  Gathered& gathered = gatherer.Find(case_id);
  if (gathered.damaged.line == 0) gathered.damaged = log.refusals.back();
}

void LeaveOut(const Gathered& gathered, CaseLog& log) {
  for (const CaseRow& row : gathered.rows.rows) {
    log.refusals.push_back({row.line, gathered.rows.id,
                            absl::StrCat("left out, since line ", gathered.damaged.line,
                                         " of the same case is damaged")});
  }
}

void SortRows(bool has_order, Case& rows) {
  std::sort(rows.rows.begin(), rows.rows.end(),
            [has_order](const CaseRow& left, const CaseRow& right) {
              if (has_order && left.order != right.order) return left.order < right.order;
              if (!has_order && left.time != right.time) return left.time < right.time;
              return left.line < right.line;
            });
}

void CarryStates(Case& rows) {
  StateMeaning state;
  for (CaseRow& row : rows.rows) {
    if (row.state.kind == StateMeaning::Kind::kSame) row.state = state;
    state = row.state;
  }
}

template <typename Lines>
absl::StatusOr<CaseLog> ReadLines(const Mapping& mapping, Lines lines) {
  const std::optional<CsvRow> header = lines.Next();
  if (!header.has_value()) return absl::InvalidArgumentError("the file is empty");
  if (!header->fault.empty()) return absl::InvalidArgumentError("the header: " + header->fault);
  absl::StatusOr<RowReader> reader = RowReader::Create(mapping, header->fields);
  if (!reader.ok()) return reader.status();

  CaseLog log;
  Gatherer gatherer;
  while (std::optional<CsvRow> row = lines.Next()) {
    if (++log.rows > kRowsMax) return absl::ResourceExhaustedError("more than 20,000,000 rows");
    TakeRow(*reader, *std::move(row), gatherer, log);
  }
  for (Gathered& gathered : gatherer.Take()) {
    if (gathered.damaged.line != 0) {
      LeaveOut(gathered, log);
      continue;
    }
    SortRows(!mapping.order.empty(), gathered.rows);
    CarryStates(gathered.rows);
    log.cases.push_back(std::move(gathered.rows));
  }
  std::sort(log.refusals.begin(), log.refusals.end(),
            [](const Refusal& left, const Refusal& right) { return left.line < right.line; });
  return log;
}

}  // namespace

absl::StatusOr<CaseLog> ReadCaseLog(const Mapping& mapping, absl::string_view text) {
  if (IsJsonLines(text)) return ReadLines(mapping, JsonLinesReader(text));
  return ReadLines(mapping, CsvReader(text));
}

}  // namespace redress::history
