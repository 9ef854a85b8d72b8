// The file of an exported trail. Any bytes are a trail or are refused at a line, in words.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "tests/fuzz/fuzz.h"
#include "tools/trail/trail_checker.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = redress::fuzz::ViewOf(data, size);
  redress::trail::TrailChecker checker(redress::trail::FormatOf(text));
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const absl::Status status = checker.Take(line);
    if (status.ok()) continue;
    CHECK(absl::StartsWith(status.message(), "line "));
    return 0;
  }
  const absl::Status status = checker.Finish();
  CHECK(status.ok() || !status.message().empty());
  return 0;
}
