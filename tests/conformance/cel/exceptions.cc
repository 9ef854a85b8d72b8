#include "tests/conformance/cel/exceptions.h"

namespace redress::conformance {
namespace {

struct Listed {
  absl::string_view file;
  absl::string_view section;
  absl::string_view name;  // or the expression
  absl::string_view reason;
};

constexpr Listed kListed[] = {
    {"", "", "", ""},
};

}  // namespace

std::string ListedReason(absl::string_view file, absl::string_view section, absl::string_view name,
                         absl::string_view expression) {
  for (const Listed& listed : kListed) {
    if (listed.file != file || listed.section != section) continue;
    if (listed.name == (name.empty() ? expression : name)) return std::string(listed.reason);
  }
  return "";
}

}  // namespace redress::conformance
