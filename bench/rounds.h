// What a repeated load came to, round by round, and what it took of the processors.
#pragma once

#include <functional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace redress::bench {

class Rounds {
 public:
  // `work` returns how often it did what is counted. The processor time is that of all threads of
  // this process, and so, of the server, the caller and the database's own threads.
  void Add(const std::function<double()>& work);

  // Of the last round.
  double per_second() const { return per_second_.back(); }
  // The medians.
  void Print(absl::string_view name) const;

 private:
  std::vector<double> per_second_;
  std::vector<double> processor_us_;  // of each
};

}  // namespace redress::bench
