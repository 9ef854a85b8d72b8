// Rows that are known not to pass, each with the reason.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace redress::conformance {

// The reason, or the empty string for a row that is not listed. Rows without a name are listed by their expression.
std::string ListedReason(absl::string_view file, absl::string_view section, absl::string_view name,
                         absl::string_view expression);

}  // namespace redress::conformance
