#include "tools/redressctl/measure_figure.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/text/duration_text.h"

namespace redress::ctl {
namespace {

using text::FormatCount;

constexpr int64_t kMillion = 1'000'000;

int64_t MeanOf(const v1::MeasureRow& row) {
  const v1::Durations& values = row.values_added();
  return values.count() == 0 ? 0 : values.sum_seconds() / values.count();
}

}  // namespace

std::string ValuesText(const v1::MeasureRow& row) {
  return absl::StrJoin(row.values(), " / ", [](std::string* out, const std::string& value) {
    out->append(value.empty() ? "(none)" : value);
  });
}

std::string PercentText(int64_t millionths) {
  return absl::StrFormat("%.1f%%", static_cast<double>(millionths) / 10'000);
}

std::string RateText(const v1::MeasureRow& row) {
  return row.count() == 0 ? "-" : text::FormatShare(row.share(), row.count());
}

std::string ValueText(const v1::MeasureReport& measure, int64_t value) {
  return measure.value() == v1::MEASURE_VALUE_SECONDS ? text::FormatDuration(value)
                                                      : FormatCount(value);
}

std::string TotalText(const v1::MeasureReport& measure) {
  const v1::MeasureRow& total = measure.total();
  std::string line = FormatCount(total.count());
  if (measure.is_share() && total.count() > 0) {
    line = absl::StrCat(RateText(total), "  (", FormatCount(total.share()), " of ",
                        FormatCount(total.count()), "; 95% sure within ",
                        PercentText(total.interval().low()), " and ",
                        PercentText(total.interval().high()), ")");
  }
  if (measure.value() != v1::MEASURE_VALUE_UNSPECIFIED && total.count() > 0) {
    const v1::Durations& values = total.values_added();
    line = absl::StrCat(
        "median ", ValueText(measure, values.p50_seconds()), ", mean ",
        ValueText(measure, MeanOf(total)), ", 90th ", ValueText(measure, values.p90_seconds()),
        ", sum ", ValueText(measure, values.sum_seconds()), "  (", FormatCount(total.count()), ")");
  }
  if (!total.worst_week().empty()) absl::StrAppend(&line, "; worst week ", total.worst_week());
  return line;
}

int64_t ChartedValue(const v1::MeasureReport& measure, const v1::MeasureRow& row) {
  if (measure.is_share()) return row.count() == 0 ? 0 : row.share() * kMillion / row.count();
  if (measure.value() != v1::MEASURE_VALUE_UNSPECIFIED) return MeanOf(row);
  return row.count();
}

std::string ChartedText(const v1::MeasureReport& measure, const v1::MeasureRow& row) {
  if (measure.is_share()) return RateText(row);
  if (measure.value() != v1::MEASURE_VALUE_UNSPECIFIED) return ValueText(measure, MeanOf(row));
  return FormatCount(row.count());
}

}  // namespace redress::ctl
