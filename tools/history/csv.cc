#include "tools/history/csv.h"

#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace redress::history {
namespace {

constexpr int kReadBytes = 1 << 18;

struct CloseGzip {
  void operator()(gzFile file) const { gzclose(file); }
};

}  // namespace

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  errno = 0;
  std::unique_ptr<std::remove_pointer_t<gzFile>, CloseGzip> file(gzopen(path.c_str(), "rb"));
  if (file == nullptr) return absl::NotFoundError(absl::StrCat(path, ": ", std::strerror(errno)));
  std::string text;
  std::string buffer(kReadBytes, '\0');
  for (;;) {
    const int length = gzread(file.get(), buffer.data(), kReadBytes);
    if (length < 0) {
      int code = 0;
      const std::string why = gzerror(file.get(), &code);
      return absl::DataLossError(
          absl::StrCat(path, ": ", code == Z_ERRNO ? std::strerror(errno) : why));
    }
    if (length == 0) break;
    text.append(buffer, 0, static_cast<size_t>(length));
    if (static_cast<int64_t>(text.size()) > kCsvBytesMax) {
      return absl::ResourceExhaustedError(absl::StrCat(path, ": longer than 2 GiB"));
    }
  }
  int code = 0;
  gzerror(file.get(), &code);
  if (code == Z_BUF_ERROR) {
    return absl::DataLossError(absl::StrCat(path, ": the gzip file ends too early"));
  }
  return text;
}

CsvReader::CsvReader(absl::string_view text) : text_(text) {
  if (absl::StartsWith(text_, "\xEF\xBB\xBF")) text_.remove_prefix(3);
}

std::optional<CsvRow> CsvReader::Next() {
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
    if (text_[at_++] == '\n') ++line_;
  }
  if (at_ >= text_.size()) return std::nullopt;
  CsvRow row;
  row.line = line_;
  for (;;) {
    row.fields.push_back(TakeField(row));
    if (!row.fault.empty()) {
      SkipLine();
      return row;
    }
    if (at_ >= text_.size() || text_[at_] != ',') break;
    ++at_;
  }
  SkipLine();
  return row;
}

std::string CsvReader::TakeField(CsvRow& row) {
  if (at_ < text_.size() && text_[at_] == '"') return TakeQuoted(row);
  const size_t start = at_;
  while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n') ++at_;
  absl::string_view field = text_.substr(start, at_ - start);
  if (absl::EndsWith(field, "\r") && (at_ >= text_.size() || text_[at_] == '\n')) {
    field.remove_suffix(1);
  }
  return std::string(field);
}

std::string CsvReader::TakeQuoted(CsvRow& row) {
  std::string field;
  const size_t start = at_;
  const int64_t start_line = line_;
  ++at_;
  while (at_ < text_.size()) {
    const char letter = text_[at_++];
    if (letter == '\n') ++line_;
    if (letter != '"') {
      field += letter;
    } else if (at_ < text_.size() && text_[at_] == '"') {
      field += text_[at_++];
    } else {
      const bool is_end = at_ >= text_.size() || text_[at_] == ',' || text_[at_] == '\n' ||
                          absl::StartsWith(text_.substr(at_), "\r\n") || text_.substr(at_) == "\r";
      if (!is_end) row.fault = "text follows a closing quote";
      return field;
    }
  }
  // Back to the line of the quote, so that one stray quote does not swallow the rest of the file.
  row.fault = "a quote is opened and never closed";
  at_ = start;
  line_ = start_line;
  return field;
}

void CsvReader::SkipLine() {
  while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  if (at_ < text_.size()) {
    ++at_;
    ++line_;
  }
}

}  // namespace redress::history
