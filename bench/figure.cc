#include "bench/figure.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/check.h"

namespace redress::bench {
namespace {

std::string Number(double value, absl::string_view unit) {
  const char* const space = unit.empty() ? "" : " ";
  if (value >= 1000) return absl::StrFormat("%.0f%s%s", value, space, unit);
  return absl::StrFormat("%.3g%s%s", value, space, unit);
}

void Print(absl::string_view name, absl::string_view value, absl::string_view aim,
           absl::string_view verdict) {
  absl::PrintF("%-52s %14s  %-14s %s\n", name, value, aim, verdict);
  std::fflush(stdout);
}

}  // namespace

bool Report(absl::string_view name, double value, absl::string_view unit, Aim aim, double bound) {
  const bool is_met = aim == Aim::kAtLeast ? value >= bound : value <= bound;
  Print(name, Number(value, unit),
        absl::StrCat(aim == Aim::kAtLeast ? ">= " : "<= ", Number(bound, unit)),
        is_met ? "ok" : "SHORT");
  return is_met;
}

void Remark(absl::string_view name, double value, absl::string_view unit) {
  Print(name, Number(value, unit), "-", "-");
}

double Median(std::vector<double> values) {
  CHECK(!values.empty());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace redress::bench
