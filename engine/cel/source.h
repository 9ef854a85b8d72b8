// The text of an expression, and where in it an offset lies.
//
// Lines and columns count from 1, as editors do. A column counts code points, not bytes.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace redress::cel {

struct Position {
  int line = 1;
  int column = 1;
};

// Where the byte at `offset` of `text` lies. An offset past the end is the end.
Position PositionAt(absl::string_view text, uint32_t offset);

// The line around `offset` and a caret below the column, two lines without a newline at the end:
//
//      | customer.segmnt == "vip"
//      | ........^
//
// A line longer than a screen is cut to the part around the caret.
std::string CaretExcerpt(absl::string_view text, uint32_t offset);

// The byte offset of the first byte that is not part of valid UTF-8, or text.size().
size_t FindInvalidUtf8(absl::string_view text);

// The length in bytes of the code point that starts at text[offset]. REQUIRES: offset <
// text.size(), valid UTF-8.
size_t CodePointBytes(absl::string_view text, size_t offset);

}  // namespace redress::cel
