// Holds the figures of measures, and what a log holds column by column, against figures that an
// independent program computed from the same log.
//
//     figures ORACLE FIGURES IMPORT MEASURES PROFILE
//
// FIGURES says, line by line, which figure of ours is which of the oracle's:
//
//     path in the oracle | measure ID | split | part | options
//     path in the oracle | profile COLUMN | part | options
//     path in the oracle | import rows
//     path in the oracle | - why it is not compared
//
// A * in a path stands for any key; the keys are the values of the split, and stand for a * in ID.
// Every figure of the oracle must be named by a line. IMPORT, MEASURES and PROFILE are what
// redressctl printed as JSON. Counts and sums must agree to the unit, percentiles within what
// sketches promise. Prints a line per figure; exit 1 if one differs.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "redress/v1/audit_service.pb.h"

namespace {

namespace v1 = redress::v1;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr double kPercentileTolerance = 0.004;  // see engine/measure/sketch.h
constexpr double kDecimalsTolerance = 0.00006;  // the oracle's figures have four decimals
constexpr size_t kInstantDigits = 14;           // of 20161101093000

template <typename Message>
Message ReadJson(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(text.str(), &message);
  if (!status.ok()) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), status.ToString().c_str());
    std::exit(2);
  }
  return message;
}

// One line of FIGURES.
struct Line {
  std::vector<std::string> path;
  std::string source;
  std::string split;
  std::string part;
  std::map<std::string, std::string> options;
  bool is_used = false;
};

std::vector<std::string> SplitTrimmed(const std::string& text, char by) {
  std::vector<std::string> parts;
  for (absl::string_view part : absl::StrSplit(text, by))
    parts.emplace_back(absl::StripAsciiWhitespace(part));
  return parts;
}

Line ParseLine(const std::string& text) {
  std::vector<std::string> fields = SplitTrimmed(text, '|');
  Line line;
  line.path = SplitTrimmed(fields[0], '.');
  line.source = fields.size() > 1 ? fields[1] : "";
  size_t next = 2;
  if (line.source.rfind("measure ", 0) == 0 && fields.size() > next) line.split = fields[next++];
  if (fields.size() > next) line.part = fields[next++];
  for (; next < fields.size(); ++next) {
    const std::pair<std::string, std::string> option =
        absl::StrSplit(fields[next], absl::MaxSplits('=', 1));
    line.options[option.first] = option.second;
  }
  return line;
}

std::vector<Line> ReadLines(const std::string& path) {
  std::ifstream file(path);
  std::vector<Line> lines;
  for (std::string text; std::getline(file, text);) {
    if (text.empty() || text[0] == '#') continue;
    lines.push_back(ParseLine(text));
  }
  return lines;
}

// What the oracle calls missing.
bool IsMissing(const std::string& key) { return key == "?" || key == "(blank)" || key.empty(); }

std::string DigitsOf(const std::string& instant) {
  std::string digits;
  for (const char letter : instant)
    if (absl::ascii_isdigit(letter)) digits += letter;
  return digits.substr(0, kInstantDigits);
}

class Comparison {
 public:
  Comparison(const Struct& oracle, std::vector<Line> lines, const Struct& import,
             v1::GetMeasuresResponse measures, const Struct& profile)
      : oracle_(oracle),
        lines_(std::move(lines)),
        import_(import),
        measures_(std::move(measures)),
        profile_(profile) {}

  // Exit code.
  int Run() {
    for (const auto& [key, value] : Sorted(oracle_)) Walk({key}, value);
    for (const Line& line : lines_) {
      if (line.is_used || line.source[0] == '-') continue;
      Print(absl::StrJoin(line.path, "."), "in the oracle", "not there", false);
    }
    return has_difference_ ? 1 : 0;
  }

 private:
  using Path = std::vector<std::string>;
  using Keys = std::vector<std::string>;

  static std::map<std::string, Value> Sorted(const Struct& part) {
    return {part.fields().begin(), part.fields().end()};
  }

  static bool Matches(const Line& line, const Path& path) {
    if (line.path.size() != path.size()) return false;
    for (size_t i = 0; i < path.size(); ++i)
      if (line.path[i] != "*" && line.path[i] != path[i]) return false;
    return true;
  }

  Line* FindLine(const Path& path) {
    for (Line& line : lines_)
      if (Matches(line, path)) return &line;
    return nullptr;
  }

  void Walk(const Path& path, const Value& value) {
    if (Line* line = FindLine(path)) {
      line->is_used = true;
      return Compare(*line, path, value);
    }
    if (value.has_struct_value()) {
      for (const auto& [key, child] : Sorted(value.struct_value())) {
        Path below = path;
        below.push_back(key);
        Walk(below, child);
      }
      return;
    }
    for (int i = 0; i < value.list_value().values_size(); ++i) {
      Path below = path;
      below.push_back(absl::StrCat(i));
      Walk(below, value.list_value().values(i));
    }
    if (!value.has_list_value()) Print(absl::StrJoin(path, "."), "compared", "no line", false);
  }

  void Compare(const Line& line, const Path& path, const Value& value) {
    if (line.source[0] == '-') return;
    Keys keys;
    for (size_t i = 0; i < path.size(); ++i)
      if (line.path[i] == "*") keys.push_back(path[i]);
    const std::string name = absl::StrJoin(path, ".");
    if (line.source.rfind("import ", 0) == 0)
      return Count(name, value.number_value(),
                   import_.fields().at(line.source.substr(7)).number_value());
    if (line.source.rfind("profile ", 0) == 0)
      return CompareProfile(name, line, keys, value, line.source.substr(8));
    CompareMeasure(name, line, keys, value, line.source.substr(8));
  }

  void CompareProfile(const std::string& name, const Line& line, const Keys& keys,
                      const Value& value, const std::string& column) {
    const Struct& profile = profile_.fields().at(column).struct_value();
    const Struct& rows = profile.fields().at("rows").struct_value();
    if (line.part == "least" || line.part == "greatest") {
      std::set<std::string> texts;
      for (const auto& [text, count] : rows.fields())
        if (!text.empty()) texts.insert(text);
      const std::string& text = line.part == "least" ? *texts.begin() : *texts.rbegin();
      return Print(name, value.string_value(), text,
                   DigitsOf(value.string_value()) == DigitsOf(text));
    }
    Count(name, value.number_value(), ProfileFigure(profile, rows, line, keys));
  }

  static double ProfileFigure(const Struct& profile, const Struct& rows, const Line& line,
                              const Keys& keys) {
    double sum = 0;
    if (line.part == "given") {
      for (const auto& [text, count] : rows.fields())
        sum += text.empty() ? 0 : count.number_value();
      return sum;
    }
    if (line.part == "repeated" || line.part == "lasts") {
      const char* part = line.part == "lasts" ? "last" : "cases";
      const double least = line.part == "lasts" ? 1 : 2;
      for (const auto& [text, count] : profile.fields().at(part).struct_value().fields())
        sum += count.number_value() >= least ? 1 : 0;
      return sum;
    }
    const Value& figure = profile.fields().at(line.part);
    if (!figure.has_struct_value()) return figure.number_value();
    const auto option = line.options.find("value");
    std::string key = option != line.options.end() ? option->second : keys.back();
    if (IsMissing(key)) key.clear();
    const auto found = figure.struct_value().fields().find(key);
    return found == figure.struct_value().fields().end() ? 0 : found->second.number_value();
  }

  const v1::MeasureReport& ReportOf(const std::string& id) const {
    for (const v1::MeasureReport& report : measures_.measures())
      if (report.id() == id) return report;
    std::fprintf(stderr, "no measure is named %s\n", id.c_str());
    std::exit(2);
  }

  static const google::protobuf::RepeatedPtrField<v1::MeasureRow>& RowsOf(
      const v1::MeasureReport& report, const std::string& split) {
    for (const v1::MeasureTable& table : report.tables())
      if (table.by() == split) return table.rows();
    std::fprintf(stderr, "%s is not split by %s\n", report.id().c_str(), split.c_str());
    std::exit(2);
  }

  // The row of the keys; an empty one when nothing was counted.
  static v1::MeasureRow RowOf(const v1::MeasureReport& report, const Line& line, const Keys& keys) {
    if (line.split == "total") return report.total();
    const auto missing = line.options.find("missing");
    const auto value = line.options.find("value");
    Keys wanted = keys;
    if (line.options.contains("pair")) wanted = PairOf(keys.back());
    if (value != line.options.end()) wanted.push_back(value->second);
    for (std::string& key : wanted)
      if (IsMissing(key)) key = missing == line.options.end() ? "" : missing->second;
    for (const v1::MeasureRow& row : RowsOf(report, line.split))
      if (Keys(row.values().begin(), row.values().end()) == wanted) return row;
    return {};
  }

  // "flag=A computed=B".
  static Keys PairOf(const std::string& key) {
    Keys values;
    for (const absl::string_view part : absl::StrSplit(key, ' '))
      values.emplace_back(part.substr(part.find('=') + 1));
    return values;
  }

  void CompareMeasure(const std::string& name, const Line& line, const Keys& keys,
                      const Value& value, std::string id) {
    if (id.find('*') != std::string::npos) id = absl::StrReplaceAll(id, {{"*", keys.front()}});
    if (line.part == "until") return CompareUntil(name, line, keys, value, id);
    const v1::MeasureReport& report = ReportOf(id);
    if (line.part == "concentration") return CompareConcentration(name, line, value, report);
    if (line.options.contains("map")) return CompareMapped(name, line, keys, report);
    if (line.part == "rows")
      return Count(name, value.number_value(), RowsOf(report, line.split).size());
    if (line.part == "below")
      return Count(name, value.number_value(), CountBelow(report, line.split));
    const v1::MeasureRow row = RowOf(report, line, keys);
    const double count = static_cast<double>(row.count());
    const double share = static_cast<double>(row.share());
    if (line.part == "hours" || line.part == "days")
      return CompareSpans(name, value.struct_value(), row.values_added(),
                          line.part == "hours" ? 3600 : 86400);
    if (line.part == "rate")
      return Near(name, value.number_value(), count == 0 ? 0 : share / count, kDecimalsTolerance);
    Count(name, value.number_value(),
          line.part == "share" ? share
          : line.part == "sum" ? static_cast<double>(row.values_added().sum_seconds())
                               : count);
  }

  static double CountBelow(const v1::MeasureReport& report, const std::string& split) {
    double below = 0;
    for (const v1::MeasureRow& row : RowsOf(report, split))
      if (row.values(0)[0] == '-') below += static_cast<double>(row.count());
    return below;
  }

  // "A - B": of both, everything up to the key; the difference.
  void CompareUntil(const std::string& name, const Line& line, const Keys& keys, const Value& value,
                    const std::string& ids) {
    const std::vector<std::string> measures = absl::StrSplit(ids, " - ");
    const std::vector<std::string> splits = absl::StrSplit(line.split, " - ");
    double stock = 0;
    for (size_t i = 0; i < measures.size(); ++i)
      for (const v1::MeasureRow& row : RowsOf(ReportOf(measures[i]), splits[i]))
        if (!row.values(0).empty() && row.values(0) <= keys.back())
          stock += (i == 0 ? 1 : -1) * static_cast<double>(row.count());
    Count(name, value.number_value(), stock);
  }

  // Several values of the oracle may be one of ours; they are compared once, at the first of them.
  void CompareMapped(const std::string& name, const Line& line, const Keys& keys,
                     const v1::MeasureReport& report) {
    std::map<std::string, std::string> meaning;
    for (const absl::string_view pair : absl::StrSplit(line.options.at("map"), ';')) {
      const size_t colon = pair.find(':');
      meaning.emplace(std::string(pair.substr(0, colon)), std::string(pair.substr(colon + 1)));
    }
    const std::string ours = meaning[keys.back()];
    const std::string group = absl::StrCat(line.path[0], ".", ours);
    if (!mapped_.insert(group).second) return;
    double expected = 0;
    for (const auto& [key, count] : Sorted(oracle_.fields().at(line.path[0]).struct_value()))
      expected += meaning[key] == ours ? count.number_value() : 0;
    Line plain = line;
    plain.options.clear();
    Count(absl::StrCat(name, " as ", ours), expected,
          static_cast<double>(RowOf(report, plain, {ours}).count()));
  }

  // Rows of [A, B, all, how many C, the greatest share of a C in percent].
  void CompareConcentration(const std::string& name, const Line& line, const Value& value,
                            const v1::MeasureReport& report) {
    struct Group {
      int64_t all = 0, members = 0, greatest = 0;
    };
    std::map<std::pair<std::string, std::string>, Group> groups;
    for (const v1::MeasureRow& row : RowsOf(report, line.split)) {
      Group& group = groups[{row.values(0), row.values(1)}];
      group.all += row.count();
      ++group.members;
      group.greatest = std::max(group.greatest, row.count());
    }
    Count(name + ", groups", value.list_value().values_size(), static_cast<double>(groups.size()));
    for (const Value& item : value.list_value().values()) {
      const auto& parts = item.list_value().values();
      const Group group = groups[{parts[0].string_value(), parts[1].string_value()}];
      const std::string of =
          absl::StrCat(name, ".", parts[0].string_value(), ".", parts[1].string_value());
      Count(of + ".all", parts[2].number_value(), static_cast<double>(group.all));
      Count(of + ".members", parts[3].number_value(), static_cast<double>(group.members));
      const double percent = group.all == 0 ? 0
                                            : 100.0 * static_cast<double>(group.greatest) /
                                                  static_cast<double>(group.all);
      Near(of + ".highest_percent", parts[4].number_value(), percent, 0.5 + kDecimalsTolerance);
    }
  }

  void CompareSpans(const std::string& name, const Struct& expected, const v1::Durations& got,
                    double unit) {
    const auto& fields = expected.fields();
    Count(name + ".n", fields.at("n").number_value(), static_cast<double>(got.count()));
    if (got.count() == 0) return;
    Near(name + ".mean", fields.at("mean").number_value(),
         static_cast<double>(got.sum_seconds()) / unit / static_cast<double>(got.count()),
         kDecimalsTolerance);
    const std::pair<const char*, int64_t> percentiles[] = {
        {"p50", got.p50_seconds()}, {"p75", got.p75_seconds()}, {"p90", got.p90_seconds()},
        {"p95", got.p95_seconds()}, {"p99", got.p99_seconds()}, {"max", got.max_seconds()}};
    for (const auto& [percentile, seconds] : percentiles) {
      const double spans = fields.at(percentile).number_value();
      Near(absl::StrCat(name, ".", percentile), spans, static_cast<double>(seconds) / unit,
           std::abs(spans) * kPercentileTolerance + kDecimalsTolerance);
    }
  }

  void Count(const std::string& name, double expected, double got) {
    Print(name, absl::StrFormat("%.0f", expected), absl::StrFormat("%.0f", got), expected == got);
  }

  void Near(const std::string& name, double expected, double got, double tolerance) {
    Print(name, absl::StrFormat("%.4f", expected), absl::StrFormat("%.4f", got),
          std::abs(expected - got) <= tolerance);
  }

  void Print(const std::string& name, const std::string& expected, const std::string& got,
             bool is_equal) {
    std::printf("%-52s %14s %14s  %s\n", name.c_str(), expected.c_str(), got.c_str(),
                is_equal ? "ok" : "DIFFERS");
    has_difference_ |= !is_equal;
  }

  const Struct& oracle_;
  std::vector<Line> lines_;
  const Struct& import_;
  const v1::GetMeasuresResponse measures_;
  const Struct& profile_;
  std::set<std::string> mapped_;
  bool has_difference_ = false;
};

// The columns that FIGURES names, for redressctl import --profile.
void PrintColumns(const std::vector<Line>& lines) {
  std::set<std::string> columns;
  for (const Line& line : lines)
    if (line.source.rfind("profile ", 0) == 0) columns.insert(line.source.substr(8));
  std::printf("%s\n", absl::StrJoin(columns, ",").c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "columns") {
    PrintColumns(ReadLines(argv[2]));
    return 0;
  }
  if (argc != 6) {
    std::fprintf(
        stderr,
        "usage: figures columns FIGURES | figures ORACLE FIGURES IMPORT MEASURES PROFILE\n");
    return 2;
  }
  const auto oracle = ReadJson<Struct>(argv[1]);
  const auto import = ReadJson<Struct>(argv[3]);
  const auto profile = ReadJson<Struct>(argv[5]);
  return Comparison(oracle, ReadLines(argv[2]), import, ReadJson<v1::GetMeasuresResponse>(argv[4]),
                    profile)
      .Run();
}
