#include "tools/trail/trail_csv.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/util/time_util.h"
#include "tools/history/csv.h"
#include "tools/trail/trail_json.h"

namespace redress::trail {
namespace {

// The columns. Which of them a row fills depends on what it is.
enum Column {
  kLine, kCommit, kIndex, kTicket, kFact, kTime, kActor, kEvent, kEvents, kPrevious, kRoot,
  kHash, kStored, kTenant, kFormat, kColumns
};
constexpr std::array<absl::string_view, kColumns> kNames = {
    "line",   "commit",   "index", "ticket", "fact",   "time",   "actor", "event",
    "events", "previous", "root",  "hash",   "stored", "tenant", "format"};

using Row = std::array<std::string, kColumns>;

std::string Quoted(const std::string& field) {
  if (field.find_first_of("\",\r\n") == std::string::npos) return field;
  return absl::StrCat("\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
}

Row RowOf(const v1::TrailStartLine& start) {
  Row row;
  row[kLine] = "start";
  row[kCommit] = absl::StrCat(start.after_commit());
  row[kPrevious] = start.after_hash();
  row[kHash] = start.hash();
  row[kTenant] = start.tenant();
  row[kFormat] = absl::StrCat(start.format());
  return row;
}

Row RowOf(const v1::TrailEventLine& event) {
  Row row;
  row[kLine] = "event";
  row[kCommit] = absl::StrCat(event.commit());
  row[kIndex] = absl::StrCat(event.index());
  row[kTicket] = event.ticket();
  row[kFact] = event.fact();
  row[kTime] = google::protobuf::util::TimeUtil::ToString(event.event().time());
  row[kActor] = event.event().actor();
  row[kEvent] = ToJson(event.event());
  row[kHash] = event.hash();
  row[kStored] = absl::Base64Escape(event.stored());
  return row;
}

Row RowOf(const v1::TrailSealLine& seal) {
  Row row;
  row[kLine] = "seal";
  row[kCommit] = absl::StrCat(seal.commit());
  row[kTime] = absl::StrCat(seal.time_us());
  row[kEvents] = absl::StrCat(seal.events());
  row[kPrevious] = seal.previous();
  row[kRoot] = seal.root();
  row[kHash] = seal.hash();
  return row;
}

Row RowOf(const v1::TrailEndLine& end) {
  Row row;
  row[kLine] = "end";
  row[kCommit] = absl::StrCat(end.commit());
  row[kEvents] = absl::StrCat(end.events());
  row[kHash] = end.hash();
  return row;
}

// Fills a line from a row; false: a number or the bytes cannot be read.
bool Fill(const std::vector<std::string>& row, v1::TrailStartLine& start) {
  uint64_t after = 0;
  uint32_t format = 0;
  if (!absl::SimpleAtoi(row[kCommit], &after) || !absl::SimpleAtoi(row[kFormat], &format))
    return false;
  start.set_format(format);
  start.set_tenant(row[kTenant]);
  start.set_after_commit(after);
  start.set_after_hash(row[kPrevious]);
  start.set_hash(row[kHash]);
  return true;
}

bool Fill(const std::vector<std::string>& row, v1::TrailEventLine& event) {
  uint64_t commit = 0;
  uint32_t index = 0;
  if (!absl::SimpleAtoi(row[kCommit], &commit) || !absl::SimpleAtoi(row[kIndex], &index) ||
      !absl::Base64Unescape(row[kStored], event.mutable_stored()))
    return false;
  event.set_commit(commit);
  event.set_index(index);
  event.set_hash(row[kHash]);
  return true;
}

bool Fill(const std::vector<std::string>& row, v1::TrailSealLine& seal) {
  uint64_t commit = 0;
  uint32_t events = 0;
  int64_t time_us = 0;
  if (!absl::SimpleAtoi(row[kCommit], &commit) || !absl::SimpleAtoi(row[kEvents], &events) ||
      !absl::SimpleAtoi(row[kTime], &time_us))
    return false;
  seal.set_commit(commit);
  seal.set_time_us(time_us);
  seal.set_events(events);
  seal.set_previous(row[kPrevious]);
  seal.set_root(row[kRoot]);
  seal.set_hash(row[kHash]);
  return true;
}

bool Fill(const std::vector<std::string>& row, v1::TrailEndLine& end) {
  uint64_t commit = 0, events = 0;
  if (!absl::SimpleAtoi(row[kCommit], &commit) || !absl::SimpleAtoi(row[kEvents], &events))
    return false;
  end.set_commit(commit);
  end.set_events(events);
  end.set_hash(row[kHash]);
  return true;
}

Row RowOf(const v1::TrailLine& line) {
  switch (line.line_case()) {
    case v1::TrailLine::kStart: return RowOf(line.start());
    case v1::TrailLine::kEvent: return RowOf(line.event());
    case v1::TrailLine::kSeal: return RowOf(line.seal());
    case v1::TrailLine::kEnd: return RowOf(line.end());
    case v1::TrailLine::LINE_NOT_SET: return {};
  }
  return {};
}

}  // namespace

std::string CsvHeader() { return absl::StrJoin(kNames, ","); }

std::string ToCsv(const v1::TrailLine& line) {
  return absl::StrJoin(RowOf(line), ",", [](std::string* out, const std::string& field) {
    absl::StrAppend(out, Quoted(field));
  });
}

absl::StatusOr<v1::TrailLine> FromCsv(absl::string_view text) {
  history::CsvReader reader(text);
  const std::optional<history::CsvRow> row = reader.Next();
  if (!row || !row->fault.empty() || row->fields.size() != kColumns)
    return absl::DataLossError("it is not a row of a trail");
  const std::string& kind = row->fields[kLine];
  v1::TrailLine line;
  const bool is_filled = kind == "start"   ? Fill(row->fields, *line.mutable_start())
                         : kind == "event" ? Fill(row->fields, *line.mutable_event())
                         : kind == "seal"  ? Fill(row->fields, *line.mutable_seal())
                         : kind == "end"   ? Fill(row->fields, *line.mutable_end())
                                           : false;
  if (!is_filled) return absl::DataLossError("it cannot be read");
  return line;
}

}  // namespace redress::trail
