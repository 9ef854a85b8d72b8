#include "tools/text/progress_bar.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/text/duration_text.h"

namespace redress::text {
namespace {

constexpr int kBarColumns = 24;
constexpr int kLineColumns = 80;
constexpr absl::Duration kDrawInterval = absl::Milliseconds(100);

}  // namespace

std::string ProgressLine(const Progress& progress, int columns) {
  const double share =
      progress.total <= 0
          ? 0.0
          : std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
  const int filled = static_cast<int>(share * kBarColumns);
  std::string bar(static_cast<size_t>(filled), '=');
  if (filled < kBarColumns) bar += '>';
  bar.resize(kBarColumns, ' ');
  std::string line = absl::StrFormat("[%s] %3d%%", bar, static_cast<int>(share * 100));
  const bool has_counts = !progress.label.empty();
  if (has_counts)
    absl::StrAppend(&line, "  ", FormatCount(progress.done), "/", FormatCount(progress.total), " ",
                    progress.label);
  const double seconds = absl::ToDoubleSeconds(progress.elapsed);
  if (seconds > 0 && progress.done > 0) {
    const double rate = static_cast<double>(progress.done) / seconds;
    const auto left = static_cast<int64_t>(
        static_cast<double>(std::max<int64_t>(0, progress.total - progress.done)) / rate + 0.5);
    if (has_counts)
      absl::StrAppend(&line, "  ", FormatCount(static_cast<int64_t>(rate)), " ", progress.label,
                      "/s");
    absl::StrAppend(&line, "  ", FormatDuration(left), " left");
  }
  return line.substr(0, static_cast<size_t>(columns));
}

ProgressBar::~ProgressBar() {
  if (is_drawn_) out_ << "\r\x1b[K" << std::flush;
}

void ProgressBar::Show(int64_t done, absl::Time now) {
  if (!is_shown_ || now < next_draw_) return;
  next_draw_ = now + kDrawInterval;
  is_drawn_ = true;
  out_ << "\r" << ProgressLine({label_, done, total_, now - start_}, kLineColumns - 1) << "\x1b[K"
       << std::flush;
}

}  // namespace redress::text
