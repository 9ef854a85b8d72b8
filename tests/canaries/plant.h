// Bugs to plant, and how they come into a copy of a source.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace redress::canary {

// One block of a file *.canaries; product.canaries tells the format.
struct Canary {
  std::string name;
  // What the bug does.
  std::string story;
  // The source, from the top of the repository.
  std::string file;
  // The lines as they are, and as the bug has them.
  std::string old_text;
  std::string new_text;
};

// Fails with INVALID_ARGUMENT, which names the line and what is wrong with it.
absl::StatusOr<std::vector<Canary>> ParseCanaries(absl::string_view text);

// Whether the old lines stand exactly once in the source.
bool Fits(const Canary& canary, absl::string_view source);

// The source with the bugs that fit, each asleep until it is the planted one.
std::string Plant(const std::vector<Canary>& canaries, std::string source);

}  // namespace redress::canary
