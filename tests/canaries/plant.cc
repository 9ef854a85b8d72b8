#include "tests/canaries/plant.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace redress::canary {
namespace {

constexpr absl::string_view kDeclaration =
    "namespace redress::canary { bool IsPlanted(const char* name); }\n";

absl::Status TakeLine(absl::string_view line, std::vector<Canary>& canaries) {
  if (line.empty() || line[0] == '#') return absl::OkStatus();
  if (absl::ConsumePrefix(&line, "canary ")) {
    canaries.emplace_back().name = std::string(line);
    return absl::OkStatus();
  }
  if (canaries.empty()) return absl::InvalidArgumentError("a block begins with canary NAME");
  Canary& canary = canaries.back();
  const char sign = line[0];
  if (canary.file.empty()) {
    if (absl::ConsumePrefix(&line, "in ")) canary.file = std::string(line);
    else absl::StrAppend(&canary.story, canary.story.empty() ? "" : " ", line);
    return absl::OkStatus();
  }
  if (sign != ' ' && sign != '-' && sign != '+')
    return absl::InvalidArgumentError("a line of a change begins with a space, - or +");
  // A line of context is stored without the diff's own column, as the changed ones are.
  line.remove_prefix(1);
  if (sign != '+') absl::StrAppend(&canary.old_text, line, "\n");
  if (sign != '-') absl::StrAppend(&canary.new_text, line, "\n");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Canary>> ParseCanaries(absl::string_view text) {
  std::vector<Canary> canaries;
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const absl::Status status = TakeLine(line, canaries);
    if (!status.ok())
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": ", status.message()));
  }
  return canaries;
}

bool Fits(const Canary& canary, absl::string_view source) {
  const size_t first = source.find(canary.old_text);
  return !canary.old_text.empty() && first != absl::string_view::npos &&
         source.find(canary.old_text, first + 1) == absl::string_view::npos;
}

std::string Plant(const std::vector<Canary>& canaries, std::string source) {
  for (const Canary& canary : canaries) {
    if (!Fits(canary, source)) continue;
    const std::string call = absl::StrCat("::redress::canary::IsPlanted(\"", canary.name, "\")");
    const std::string planted = absl::StrReplaceAll(canary.new_text, {{"CANARY", call}});
    source.replace(source.find(canary.old_text), canary.old_text.size(), planted);
  }
  return absl::StrCat(kDeclaration, source);
}

}  // namespace redress::canary
