#include "bench/rounds.h"

#include <sys/resource.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/figure.h"

namespace redress::bench {
namespace {

absl::Duration ProcessorTime() {
  rusage usage = {};
  CHECK_EQ(getrusage(RUSAGE_SELF, &usage), 0);
  return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
}

}  // namespace

void Rounds::Add(const std::function<double()>& work) {
  const absl::Duration used = ProcessorTime();
  const absl::Time start = absl::Now();
  const double count = work();
  per_second_.push_back(count / absl::ToDoubleSeconds(absl::Now() - start));
  processor_us_.push_back(absl::ToDoubleMicroseconds(ProcessorTime() - used) / count);
}

void Rounds::Print(absl::string_view name) const {
  Remark(name, Median(per_second_), "/s");
  Remark(absl::StrCat(name, ", processor time of each"), Median(processor_us_), "us");
}

}  // namespace redress::bench
