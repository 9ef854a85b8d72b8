// Comma-separated values as RFC 4180 writes them, plain or gzip.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace redress::history {

inline constexpr int64_t kCsvBytesMax = int64_t{2} << 30;  // unpacked

// The whole file, unpacked when it is gzip. Fails when it cannot be read, is damaged or longer than
// kCsvBytesMax.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

struct CsvRow {
  int64_t line = 0;  // where it starts, from 1
  std::vector<std::string> fields;
  std::string fault;  // why it is not a row; empty: it is one
};

// Reads row by row. Fields may be quoted, then "" stands for a quote, and line ends belong to the
// field. Lines end with LF or CRLF; empty lines are left out; a byte order mark at the start is
// left out.
class CsvReader {
 public:
  // REQUIRES: `text` outlives the reader.
  explicit CsvReader(absl::string_view text);

  // The next row; nothing at the end. A fault ends at the end of its line.
  std::optional<CsvRow> Next();

 private:
  std::string TakeField(CsvRow& row);
  std::string TakeQuoted(CsvRow& row);
  void SkipLine();

  absl::string_view text_;
  size_t at_ = 0;
  int64_t line_ = 1;
};

}  // namespace redress::history
