// Rows of an import: a mapping and a log, apart by a line "---". Any text gives rows or faults,
// each fault in words.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/check.h"
#include "tests/fuzz/fuzz.h"
#include "tools/history/csv.h"
#include "tools/history/mapping.h"
#include "tools/history/row_reader.h"

namespace redress::history {
namespace {

void ReadLog(const std::string& yaml, const std::string& log) {
  const auto mapping = ParseMapping(yaml);
  if (!mapping.ok()) {
    CHECK(!mapping.status().message().empty());
    return;
  }
  CsvReader rows(log);
  const auto header = rows.Next();
  if (!header) return;
  const auto reader = RowReader::Create(*mapping, header->fields);
  if (!reader.ok()) return;
  while (const auto row = rows.Next()) {
    CHECK(row->line >= 1);
    if (!row->fault.empty()) continue;
    reader->CaseId(row->fields);
    const auto read = reader->Read(row->fields);
    if (!read.ok()) CHECK(!read.status().message().empty());
  }
}

}  // namespace
}  // namespace redress::history

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(redress::fuzz::ViewOf(data, size), absl::MaxSplits("\n---\n", 1));
  redress::history::ReadLog(parts.first, parts.second);
  return 0;
}
