// One line on standard error that shows how far long work is. Only on a terminal: elsewhere it
// prints nothing.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/time/time.h"

namespace redress::text {

struct Progress {
  std::string label;  // "rows"; empty: what is done are percent, and no counts are shown
  int64_t done = 0;
  int64_t total = 0;
  absl::Duration elapsed = absl::ZeroDuration();
};

// "[=====>     ]  41%  8,532/20,810 rows  12,411 rows/s  1s left", as it fits into the columns.
std::string ProgressLine(const Progress& progress, int columns);

class ProgressBar {
 public:
  // REQUIRES: `out` outlives the bar.
  ProgressBar(std::ostream& out, bool is_shown, std::string label, int64_t total, absl::Time start)
      : out_(out), is_shown_(is_shown), label_(std::move(label)), total_(total), start_(start) {}
  // Takes the line off the screen.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Draws ten times a second at most.
  void Show(int64_t done, absl::Time now);

 private:
  std::ostream& out_;
  const bool is_shown_;
  const std::string label_;
  const int64_t total_;
  const absl::Time start_;
  absl::Time next_draw_ = absl::InfinitePast();
  bool is_drawn_ = false;
};

}  // namespace redress::text
