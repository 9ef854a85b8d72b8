// Why a request for figures is refused.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/measure/report_plan.h"

namespace redress::engine {

// `rule`: what the field must be, to be read after its name.
inline ReportFailure Refuse(absl::string_view field, absl::string_view rule) {
  return {ReportFailure::Kind::kRefused, absl::StrCat(field, ": ", rule), std::string(field)};
}

}  // namespace redress::engine
