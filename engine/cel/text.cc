#include "engine/cel/text.h"

#include <string.h>

#include <algorithm>

namespace redress::cel {
namespace {

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace

size_t CodePointCount(absl::string_view text) {
  size_t count = 0;
  for (const char byte : text) count += IsContinuation(byte) ? 0 : 1;
  return count;
}

size_t ByteOffset(absl::string_view text, int64_t code_point_index) {
  if (code_point_index < 0) return absl::string_view::npos;
  int64_t index = -1;
  for (size_t offset = 0; offset < text.size(); ++offset) {
    if (!IsContinuation(text[offset]) && ++index == code_point_index) return offset;
  }
  return index + 1 == code_point_index ? text.size() : absl::string_view::npos;
}

size_t Find(absl::string_view text, absl::string_view wanted, size_t from) {
  if (from > text.size()) return absl::string_view::npos;
  if (wanted.empty()) return from;
  // glibc's memmem is linear in the worst case; string_view::find is not.
  const void* found = memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size());
  if (found == nullptr) return absl::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

size_t FindLast(absl::string_view text, absl::string_view wanted) {
  const std::string reversed(text.rbegin(), text.rend());
  const std::string reversed_wanted(wanted.rbegin(), wanted.rend());
  const size_t found = Find(reversed, reversed_wanted);
  if (found == absl::string_view::npos) return found;
  return text.size() - found - wanted.size();
}

Value Concatenate(CallContext& context, absl::string_view left, absl::string_view right) {
  char* joined = context.arena().AllocateArray<char>(left.size() + right.size());
  if (joined == nullptr) return context.OutOfMemory();
  std::copy(left.begin(), left.end(), joined);
  std::copy(right.begin(), right.end(), joined + left.size());
  return Value::String(absl::string_view(joined, left.size() + right.size()));
}

}  // namespace redress::cel
