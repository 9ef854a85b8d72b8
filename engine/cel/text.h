// Text by code points, and building text within the limits of an evaluation.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/cel/function.h"
#include "engine/cel/value.h"

namespace redress::cel {

// How many code points valid UTF-8 has.
size_t CodePointCount(absl::string_view text);

// The byte offset of the code point with this index; text.size() for the one after the last; npos
// beyond.
size_t ByteOffset(absl::string_view text, int64_t code_point_index);

// The offset of the first occurrence at or after `from`, or npos. Takes time proportional to the
// text whatever the text.
size_t Find(absl::string_view text, absl::string_view wanted, size_t from = 0);
size_t FindLast(absl::string_view text, absl::string_view wanted);

// left + right in the arena.
Value Concatenate(CallContext& context, absl::string_view left, absl::string_view right);

}  // namespace redress::cel
