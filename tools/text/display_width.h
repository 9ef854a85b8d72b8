// How many terminal columns a text takes, and texts that are safe to show.
//
// Texts of customers may hold anything: control characters, direction overrides, invalid UTF-8.
// REQUIRES: whatever comes from a server goes through Printable before it is written to a terminal.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace redress::text {

// Columns of a UTF-8 text: two for wide and full-width characters, none for combining and format
// characters.
int DisplayWidth(absl::string_view utf8);

// The same text with every control, direction-override and invalid character replaced by a space or
// U+FFFD.
std::string Printable(absl::string_view utf8);

// The longest prefix that fits, with "…" when something was cut. REQUIRES: columns >= 1.
std::string CutToWidth(absl::string_view utf8, int columns);

}  // namespace redress::text
