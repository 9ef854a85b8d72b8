// A figure of a workload beside its aim, printed as one line.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace redress::bench {

enum class Aim { kAtLeast, kAtMost };

// Prints "name  value  aim  ok" or "... SHORT", and returns whether the aim is met.
bool Report(absl::string_view name, double value, absl::string_view unit, Aim aim, double bound);

// Prints a value that has no aim and explains one that has.
void Remark(absl::string_view name, double value, absl::string_view unit);

// REQUIRES: not empty.
double Median(std::vector<double> values);

}  // namespace redress::bench
