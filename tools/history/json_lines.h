// JSON lines as rows: one flat object per line, whose names are the columns.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/history/csv.h"

namespace redress::history {

// Whether a file holds JSON lines: it begins with a brace.
bool IsJsonLines(absl::string_view text);

// Reads line by line; the first row is the header, of every name that any line has, in their order.
// A value that is an object or a list is a fault of its line; null is the empty text. Empty lines
// are left out.
class JsonLinesReader {
 public:
  // REQUIRES: `text` outlives the reader.
  explicit JsonLinesReader(absl::string_view text);

  // The next row; nothing at the end.
  std::optional<CsvRow> Next();

 private:
  std::optional<absl::string_view> NextLine();

  absl::string_view text_;
  size_t at_ = 0;
  int64_t line_ = 0;
  bool is_header_told_ = false;
  std::vector<std::string> columns_;
};

}  // namespace redress::history
