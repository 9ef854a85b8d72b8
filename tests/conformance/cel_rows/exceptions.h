// Rows that are known not to pass, each with the reason.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace redress::conformance {

// The reason, or the empty string for a row that is not listed.
std::string ListedReason(absl::string_view file, absl::string_view expression);

}  // namespace redress::conformance
