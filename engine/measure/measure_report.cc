#include "engine/measure/measure_report.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "engine/measure/day.h"
#include "engine/measure/measure_cells.h"
#include "engine/measure/report_refusal.h"
#include "engine/measure/sketch.h"

namespace redress::engine {
namespace {

// Fewer than this say too little to rank.
constexpr int64_t kRankCountMin = 10;
constexpr int32_t kMillion = 1'000'000;
// z of 95 percent, in millionths, and its square, in units.
constexpr int64_t kWilsonZ = 1'959'964;
constexpr int64_t kWilsonUnit = 1'000'000'000'000'000;
constexpr int64_t kWilsonZ2 = 3'841'458'881'296'000;

ReportFailure Contradicts(const Measure& measure, absl::string_view what) {
  return {ReportFailure::Kind::kCheckFailed, absl::StrCat(measure.rule->id(), ": ", what)};
}

// The first day of the part of the period that holds a day.
int32_t PartOf(v1::MeasureSeries series, int32_t day) {
  constexpr int32_t kFirstMonday = 4;  // 1970-01-05
  if (series == v1::MEASURE_SERIES_MONTH) return FirstDayOf(MonthOf(day));
  if (series == v1::MEASURE_SERIES_WEEK)
    return day < kFirstMonday ? 0 : day - (day - kFirstMonday) % 7;
  return day;
}

// The first day of the part after the one that begins on `day`.
int32_t NextPart(v1::MeasureSeries series, int32_t day) {
  constexpr int32_t kLongest = 31;
  int32_t next = day + 1;
  while (next < day + kLongest && PartOf(series, next) == day) ++next;
  return next;
}

bool IsStock(const Measure& measure) { return measure.rule->basis() == v1::MEASURE_BASIS_STOCK; }

// Whether an entry of a cell belongs to the figure. `first_day` and `last_day` are the cell's.
bool IsWithin(const MeasureEntry& entry, int32_t last_day, const MeasurePeriod& period) {
  if (entry.event_day >= period.to_day) return false;
  const int32_t recorded =
      entry.record_day != 0 ? entry.record_day : std::max(last_day, entry.event_day);
  return recorded <= period.as_of_day;
}

// The greatest whole number whose square is not more.
__int128 RootOf(__int128 square) {
  __int128 root = 0;
  for (int bit = 62; bit >= 0; --bit) {
    const __int128 next = root + (static_cast<__int128>(1) << bit);
    if (next * next <= square) root = next;
  }
  return root;
}

int BandOf(int64_t count) {
  int band = 0;
  for (; count >= 10; count /= 10) ++band;
  return band;
}

}  // namespace

std::variant<MeasurePeriod, ReportFailure> ReadPeriod(const MeasureQuery& query) {
  const auto read = [](const std::string& text, int32_t otherwise) {
    return text.empty() ? std::optional<int32_t>(otherwise) : ParseDay(text);
  };
  const std::optional<int32_t> as_of = read(query.as_of_day, kDayLast);
  if (!as_of) return Refuse("as_of_day", "must be a day such as 2026-11-01");
  // Not the day of asking, or a report as of a day would say something else later.
  const int32_t last_day = std::min(*as_of, query.today);
  const std::optional<int32_t> from = read(query.from_day, std::min(query.first_day, last_day));
  if (!from) return Refuse("from_day", "must be a day such as 2026-11-01");
  const std::optional<int32_t> to = read(query.to_day, last_day + 1);
  if (!to) return Refuse("to_day", "must be a day such as 2026-11-01");
  if (*from >= *to)
    return Refuse("from_day", absl::StrCat(FormatDay(*from), " is not before to_day ",
                                           FormatDay(*to), ", which is the day after the last"));
  if (*to - *from > kReportDaysMax)
    return Refuse("to_day", absl::StrCat("the period has ", *to - *from, " days; ", kReportDaysMax,
                                         " are allowed; ask for a shorter one"));
  if (!v1::MeasureSeries_IsValid(query.series)) return Refuse("series", "has no such value");
  const bool by_day = query.series == v1::MEASURE_SERIES_DAY;
  if (by_day && *to - *from > kReportDayRowsMax)
    return Refuse("series", absl::StrCat("by day at most ", kReportDayRowsMax,
                                         " days are shown; ask for a shorter period, or by week"));
  return MeasurePeriod{*from, *to, *as_of, query.series};
}

void MeasureReportBuilder::Sums::Merge(const Sums& other) {
  count += other.count;
  share += other.share;
  sum += other.sum;
  for (const auto& [bucket, times] : other.buckets)
    if ((buckets[bucket] += times) == 0) buckets.erase(bucket);
}

MeasureReportBuilder::MeasureReportBuilder(const Measure& measure, const MeasurePeriod& period,
                                           std::vector<int> splits, bool is_ranked)
    : measure_(measure), period_(period), splits_(std::move(splits)), is_ranked_(is_ranked) {
  AddRanges(0);
  for (const int split : splits_) {
    tables_[split];
    AddRanges(split);
    if (HasWorstWeeks())
      ranges_.push_back({split, Granularity::kDay, period_.from_day, period_.to_day, true});
  }
  if (period_.series != v1::MEASURE_SERIES_UNSPECIFIED) {
    const int32_t from = IsStock(measure_) ? kDayFirst : period_.from_day;
    ranges_.push_back({0, Granularity::kDay, from, period_.to_day, true});
  }
  if (period_.series == v1::MEASURE_SERIES_UNSPECIFIED || !IsStock(measure_)) return;
  // What stands does so on days too on which nothing changes. ReadPeriod bounds the parts.
  for (int32_t day = PartOf(period_.series, period_.from_day); day < period_.to_day;
       day = NextPart(period_.series, day))
    series_[day];
}

bool MeasureReportBuilder::HasWorstWeeks() const {
  return is_ranked_ && !IsStock(measure_) && (measure_.share || measure_.value);
}

// Months only where all of a month was recorded by the day of which the report is.
void MeasureReportBuilder::AddRanges(int split) {
  const int32_t from = IsStock(measure_) ? kDayFirst : period_.from_day;
  const int32_t whole_to = std::max(from, std::min(period_.to_day, period_.as_of_day + 1));
  const auto add = [&](Granularity granularity, int32_t from_period, int32_t to_period) {
    if (from_period < to_period) ranges_.push_back({split, granularity, from_period, to_period});
  };
  ForMonthsAndDays(from, whole_to, add);
  add(Granularity::kDay, whole_to, period_.to_day);
}

void MeasureReportBuilder::AddCell(const Cell& cell, int32_t last_day, Sums& sums) const {
  for (const Cell::Entry& stored : cell.entries()) {
    const MeasureEntry entry = MeasureEntry::Unpack(stored.key);
    if (!IsWithin(entry, last_day, period_)) continue;
    switch (entry.slot) {
      case MeasureSlot::kCount:
        sums.count += stored.value;
        break;
      case MeasureSlot::kShare:
        sums.share += stored.value;
        break;
      case MeasureSlot::kSum:
        sums.sum += stored.value;
        break;
      case MeasureSlot::kBucket:
        if ((sums.buckets[entry.bucket] += stored.value) == 0) sums.buckets.erase(entry.bucket);
        break;
    }
  }
}

void MeasureReportBuilder::Add(const MeasureRange& range, int32_t period, const std::string& value,
                               const Cell& cell) {
  CHECK(range.from_period <= period && period < range.to_period);
  const bool is_month = range.granularity == Granularity::kMonth;
  const int32_t last_day = is_month ? FirstDayOf(period + 1) - 1 : period;
  if (range.is_series && range.split != 0) {
    const int32_t monday = PartOf(v1::MEASURE_SERIES_WEEK, period);
    return AddCell(cell, last_day, weeks_[range.split][value][monday]);
  }
  if (range.is_series) return AddCell(cell, last_day, series_[PartOf(period_.series, period)]);
  AddCell(cell, last_day, range.split == 0 ? total_ : tables_.at(range.split)[value]);
}

std::string MeasureReportBuilder::CheckSums(const Sums& sums) const {
  if (sums.count < 0 || sums.share < 0)
    return absl::StrCat("counts ", std::min(sums.count, sums.share), ", which is less than 0");
  if (sums.share > sums.count)
    return absl::StrCat("its share, ", sums.share, ", is more than its count, ", sums.count);
  int64_t in_buckets = 0;
  for (const auto& [bucket, times] : sums.buckets) {
    if (times < 0) return absl::StrCat("bucket ", bucket, " holds ", times);
    in_buckets += times;
  }
  if (measure_.value && in_buckets != sums.count)
    return absl::StrCat("its buckets hold ", in_buckets, ", not its count, ", sums.count);
  return "";
}

v1::MeasureRow MeasureReportBuilder::ToRow(const Sums& sums) const {
  v1::MeasureRow row;
  row.set_count(sums.count);
  if (measure_.share) {
    row.set_share(sums.share);
    if (sums.count > 0) *row.mutable_interval() = WilsonInterval(sums.share, sums.count);
  }
  if (!measure_.value) return row;
  const std::vector<std::pair<uint32_t, int64_t>> counts(sums.buckets.begin(), sums.buckets.end());
  v1::Durations& values = *row.mutable_values_added();
  values.set_count(sums.count);
  values.set_sum_seconds(sums.sum);
  values.set_p50_seconds(PercentileSeconds(counts, 50));
  values.set_p75_seconds(PercentileSeconds(counts, 75));
  values.set_p90_seconds(PercentileSeconds(counts, 90));
  values.set_p95_seconds(PercentileSeconds(counts, 95));
  values.set_p99_seconds(PercentileSeconds(counts, 99));
  values.set_max_seconds(PercentileSeconds(counts, 100));
  return row;
}

std::variant<v1::MeasureTable, ReportFailure> MeasureReportBuilder::BuildTable(int split) const {
  v1::MeasureTable table;
  table.set_by(measure_.SplitName(split - 1));
  const Table& rows = tables_.at(split);
  if (rows.size() > kReportRowsMax)
    return ReportFailure{
        ReportFailure::Kind::kTooLarge,
        absl::StrCat("by: ", measure_.rule->id(), " has ", rows.size(), " values by ", table.by(),
                     "; a table shows at most ", kReportRowsMax,
                     "; ask for a shorter period or by fewer dimensions"),
        "by"};
  Sums sum;
  for (const auto& [value, sums] : rows) {
    if (sums.IsBlank()) continue;
    if (const std::string wrong = CheckSums(sums); !wrong.empty())
      return Contradicts(measure_, absl::StrCat(table.by(), " \"", value, "\" ", wrong));
    sum.Merge(sums);
    v1::MeasureRow& row = *table.add_rows();
    row = ToRow(sums);
    for (std::string& part : SplitValues(value)) row.add_values(std::move(part));
    if (HasWorstWeeks()) SetWorstWeek(split, value, row);
  }
  if (!(sum == total_))
    return Contradicts(measure_, absl::StrCat("its values by ", table.by(), " count ", sum.count,
                                              ", its total ", total_.count));
  if (is_ranked_) Rank(table);
  return table;
}

bool MeasureReportBuilder::IsWorse(const v1::MeasureRow& row, const v1::MeasureRow& than) const {
  const auto cross = [](int64_t a, int64_t b) { return static_cast<__int128>(a) * b; };
  if (measure_.value)
    return cross(row.values_added().sum_seconds(), than.count()) >
           cross(than.values_added().sum_seconds(), row.count());
  if (measure_.share) return cross(row.share(), than.count()) < cross(than.share(), row.count());
  return row.count() > than.count();
}

void MeasureReportBuilder::Rank(v1::MeasureTable& table) const {
  std::map<int, std::vector<v1::MeasureRow*>> bands;
  for (v1::MeasureRow& row : *table.mutable_rows()) {
    row.set_band(BandOf(row.count()));
    if (row.count() >= kRankCountMin) bands[row.band()].push_back(&row);
  }
  for (const auto& [band, rows] : bands) {
    if (rows.size() < 2) continue;
    for (v1::MeasureRow* row : rows)
      row->set_rank(1 + static_cast<int32_t>(std::count_if(
                            rows.begin(), rows.end(),
                            [&](const v1::MeasureRow* other) { return IsWorse(*row, *other); })));
  }
}

// Weeks with few counts say too little, as rows do.
void MeasureReportBuilder::SetWorstWeek(int split, const std::string& value,
                                        v1::MeasureRow& row) const {
  const auto rows = weeks_.find(split);
  if (rows == weeks_.end() || !rows->second.contains(value)) return;
  std::optional<v1::MeasureRow> worst;
  int32_t worst_monday = 0;
  for (const auto& [monday, sums] : rows->second.at(value)) {
    if (sums.count < kRankCountMin) continue;
    v1::MeasureRow week = ToRow(sums);
    if (worst && !IsWorse(week, *worst)) continue;
    worst = std::move(week);
    worst_monday = monday;
  }
  if (!worst) return;
  row.mutable_worst()->set_from_day(FormatDay(worst_monday));
  row.mutable_worst()->set_count(worst->count());
  row.mutable_worst()->set_share(worst->share());
  row.mutable_worst()->set_sum(worst->values_added().sum_seconds());
}

std::string MeasureReportBuilder::BuildSeries(v1::MeasureReport& report) const {
  Sums sum;
  const v1::MeasureRow* worst = nullptr;
  for (const auto& [day, sums] : series_) {
    sum.Merge(sums);
    const Sums& shown = IsStock(measure_) ? sum : sums;
    const bool is_before = day < PartOf(period_.series, period_.from_day);
    if (is_before || (!IsStock(measure_) && shown.IsBlank())) continue;
    if (std::string wrong = CheckSums(shown); !wrong.empty())
      return absl::StrCat("the part from ", FormatDay(day), " ", wrong);
    v1::MeasureRow& row = *report.add_series();
    row = ToRow(shown);
    row.add_values(FormatDay(day));
  }
  if (!(sum == total_))
    return absl::StrCat("its parts count ", sum.count, ", its total ", total_.count);
  if (period_.series != v1::MEASURE_SERIES_WEEK || (!measure_.share && !measure_.value)) return "";
  for (const v1::MeasureRow& row : report.series())
    if (row.count() > 0 && (worst == nullptr || IsWorse(row, *worst))) worst = &row;
  if (worst != nullptr) report.mutable_total()->set_worst_week(worst->values(0));
  return "";
}

std::variant<v1::MeasureReport, ReportFailure> MeasureReportBuilder::Build() const {
  if (const std::string wrong = CheckSums(total_); !wrong.empty())
    return Contradicts(measure_, absl::StrCat("its total ", wrong));
  v1::MeasureReport report;
  report.set_id(measure_.rule->id());
  report.set_title(measure_.rule->title());
  report.set_basis(measure_.rule->basis());
  report.set_version(measure_.version);
  report.set_is_share(measure_.share.has_value());
  if (measure_.value)
    report.set_value(measure_.value->type().Is(cel::TypeKind::kDuration)
                         ? v1::MEASURE_VALUE_SECONDS
                         : v1::MEASURE_VALUE_NUMBER);
  *report.mutable_total() = ToRow(total_);
  for (const int split : splits_) {
    auto table = BuildTable(split);
    if (auto* failure = std::get_if<ReportFailure>(&table)) return std::move(*failure);
    *report.add_tables() = std::get<v1::MeasureTable>(std::move(table));
  }
  if (period_.series != v1::MEASURE_SERIES_UNSPECIFIED) {
    const std::string wrong = BuildSeries(report);
    if (!wrong.empty()) return Contradicts(measure_, wrong);
  }
  return report;
}

int64_t MemberAmount(const MeasureDelta& delta, const Measure& measure, const MeasurePeriod& period,
                     v1::MeasurePart part) {
  if (delta.day >= period.to_day || (!IsStock(measure) && delta.day < period.from_day)) return 0;
  if (!IsWithin(delta.days, delta.day, period)) return 0;
  if (part == v1::MEASURE_PART_SHARE) return delta.is_share ? delta.sign : 0;
  if (part == v1::MEASURE_PART_SUM) return delta.sign * delta.value.value_or(0);
  return delta.sign;
}

// In integers, so that every machine says the same. With p = share / count and n = count, the
// bounds are (p n + z^2 / 2 -+ z sqrt(p (1 - p) n + z^2 / 4)) / (n + z^2).
v1::Interval WilsonInterval(int64_t share, int64_t count) {
  CHECK(0 <= share && share <= count && count > 0);
  const __int128 unit = kWilsonUnit;
  const __int128 root = RootOf(
      static_cast<__int128>(share) * (count - share) * unit * 1000 / count + kWilsonZ2 * 1000 / 4);
  const __int128 middle = share * unit + kWilsonZ2 / 2;
  const __int128 half = kWilsonZ * root;
  const __int128 whole = count * unit + kWilsonZ2;
  const auto millionths = [&](__int128 bound) {
    return static_cast<int32_t>((std::max<__int128>(bound, 0) * kMillion + whole / 2) / whole);
  };
  v1::Interval interval;
  interval.set_low(millionths(middle - half));
  interval.set_high(std::min<int32_t>(kMillion, millionths(middle + half)));
  return interval;
}

}  // namespace redress::engine
