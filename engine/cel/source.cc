#include "engine/cel/source.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace redress::cel {
namespace {

constexpr size_t kExcerptColumnsMax = 100;

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

size_t CountCodePoints(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !IsContinuation(byte); }));
}

// The length of the valid sequence at text[offset], or 0 if there is none.
size_t ValidSequence(absl::string_view text, size_t offset) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[offset + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || offset + length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[offset + i])) return 0;
  }
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // longer than needed
  if (lead == 0xED && byte(1) > 0x9F) return 0;  // a surrogate
  if (lead == 0xF0 && byte(1) < 0x90) return 0;  // longer than needed
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;  // above U+10FFFF
  return length;
}

}  // namespace

Position PositionAt(absl::string_view text, uint32_t offset) {
  const absl::string_view before = text.substr(0, std::min<size_t>(offset, text.size()));
  const size_t newline = before.rfind('\n');
  const size_t line_start = newline == absl::string_view::npos ? 0 : newline + 1;
  Position position;
  position.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  position.column = 1 + static_cast<int>(CountCodePoints(before.substr(line_start)));
  return position;
}

std::string CaretExcerpt(absl::string_view text, uint32_t offset) {
  const size_t at = std::min<size_t>(offset, text.size());
  const size_t newline = at == 0 ? absl::string_view::npos : text.rfind('\n', at - 1);
  size_t start = newline == absl::string_view::npos ? 0 : newline + 1;
  size_t end = std::min(text.find('\n', at), text.size());
  if (at - start > kExcerptColumnsMax / 2) start = at - kExcerptColumnsMax / 2;
  end = std::min(end, start + kExcerptColumnsMax);
  while (start < at && IsContinuation(text[start])) ++start;
  while (end > at && end < text.size() && IsContinuation(text[end])) --end;
  std::string line(text.substr(start, end - start));
  std::replace(line.begin(), line.end(), '\t', ' ');
  const std::string dots(CountCodePoints(text.substr(start, at - start)), '.');
  return absl::StrCat(" | ", line, "\n | ", dots, "^");
}

size_t FindInvalidUtf8(absl::string_view text) {
  size_t offset = 0;
  while (offset < text.size()) {
    const size_t length = ValidSequence(text, offset);
    if (length == 0) return offset;
    offset += length;
  }
  return text.size();
}

size_t CodePointBytes(absl::string_view text, size_t offset) {
  size_t length = 1;
  while (offset + length < text.size() && IsContinuation(text[offset + length])) ++length;
  return length;
}

}  // namespace redress::cel
