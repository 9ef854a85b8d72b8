// Holds calendar arithmetic against business-time figures of other systems.
//
//     real_calendars DIR
//
// DIR holds folders biz, boston and rabobank, or some of them. Prints each row that differs and a
// table; exit 1 if a row differs that no known disagreement explains, 2 if there is nothing to
// read.
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "engine/time/due.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace redress {
namespace {

namespace fs = std::filesystem;
using engine::Calendar;
using engine::Hours;
using engine::WorkingHours;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr int kExitDiffers = 1;
constexpr int kExitNothing = 2;
constexpr char kUtc[] = "UTC";

// The one known disagreement. A budget that ends at closing time ends there here; these systems
// answer the next opening. Ours is right for a promise: the department has had its whole budget at
// closing time, and an answer at the next opening would be late by everybody's clock. It explains a
// row only when nothing is open between the two answers.
constexpr char kClosingTime[] = "ends at closing time, theirs at the next opening";

std::string ReadFile(const fs::path& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  CHECK(file != nullptr);
  std::string content;
  char buffer[1 << 16];
  int size = 0;
  while ((size = gzread(file, buffer, sizeof(buffer))) > 0)
    content.append(buffer, static_cast<size_t>(size));
  CHECK_EQ(size, 0);
  gzclose(file);
  return content;
}

std::vector<fs::path> FilesIn(const fs::path& folder, absl::string_view kind) {
  std::vector<fs::path> paths;
  if (!fs::is_directory(folder)) return paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (absl::EndsWith(name, kind) || absl::EndsWith(name, absl::StrCat(kind, ".gz")))
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Struct ParseJson(const std::string& text) {
  Struct object;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &object);
  if (!status.ok()) base::CheckFailed(__FILE__, __LINE__, status.ToString() + " in " + text);
  return object;
}

std::string Text(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  CHECK(found != object.fields().end());
  return found->second.string_value();
}

int64_t Whole(const Struct& object, const std::string& name) {
  return std::llround(object.fields().at(name).number_value());
}

// "09:30" as minutes.
int MinuteOf(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  int hour = 0;
  int minute = 0;
  CHECK(parts.size() >= 2 && absl::SimpleAtoi(parts[0], &hour) &&
        absl::SimpleAtoi(parts[1], &minute));
  return hour * 60 + minute;
}

void AddHolidays(const Struct& object, WorkingHours& hours) {
  for (const Value& day : object.fields().at("holidays").list_value().values()) {
    absl::CivilDay date;
    CHECK(absl::ParseCivilTime(day.string_value(), &date));
    hours.dated.push_back({date, {}});
  }
  std::sort(hours.dated.begin(), hours.dated.end(),
            [](const auto& a, const auto& b) { return a.day < b.day; });
}

absl::Time ParseInstant(absl::string_view text) {
  absl::Time at;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &at, &error))
    base::CheckFailed(__FILE__, __LINE__, absl::StrCat(error, ": ", text));
  return at;
}

// A wall clock's time without a zone, such as "2015-01-01T00:25:23".
absl::Time ParseWall(const std::string& text, const absl::TimeZone& zone) {
  absl::CivilSecond shown;
  if (!absl::ParseCivilTime(text, &shown)) base::CheckFailed(__FILE__, __LINE__, text);
  return absl::FromCivil(shown, zone);
}

std::string Shown(absl::Time at) {
  return absl::FormatTime(absl::RFC3339_sec, at, absl::UTCTimeZone());
}

// Counts rows by what they are, and prints those that differ.
class Table {
 public:
  void Agree(const std::string& kind) { ++counts_[kind].agree; }

  // A row whose answers are instants. `theirs` may be as far off as `tolerance`.
  void Compare(const std::string& kind, const std::string& row, const Calendar& calendar,
               absl::Time ours, absl::Time theirs, absl::Duration tolerance) {
    if (absl::AbsDuration(ours - theirs) <= tolerance) return Agree(kind);
    const bool is_closing_time =
        ours < theirs &&
        engine::Elapsed(ours, theirs + tolerance, calendar, {}) <= 2 * tolerance &&
        engine::Elapsed(ours - absl::Microseconds(1), ours, calendar, {}) > absl::ZeroDuration();
    if (is_closing_time) {
      ++counts_[kind].listed;
      return;
    }
    Differ(kind, row, Shown(ours), Shown(theirs));
  }

  void Differ(const std::string& kind, const std::string& row, const std::string& ours,
              const std::string& theirs) {
    ++counts_[kind].differ;
    std::printf("%s: %s: ours %s, theirs %s\n", kind.c_str(), row.c_str(), ours.c_str(),
                theirs.c_str());
  }

  int Print() const {
    std::printf("%-18s %8s %8s %8s\n", "rows", "agree", "listed", "differ");
    int listed = 0;
    int differ = 0;
    for (const auto& [kind, count] : counts_) {
      std::printf("%-18s %8d %8d %8d\n", kind.c_str(), count.agree, count.listed, count.differ);
      listed += count.listed;
      differ += count.differ;
    }
    std::printf("listed: %d, all for one reason: %s\n", listed, kClosingTime);
    return differ == 0 ? 0 : kExitDiffers;
  }

  bool is_empty() const { return counts_.empty(); }

 private:
  struct Count {
    int agree = 0;
    int listed = 0;
    int differ = 0;
  };
  std::map<std::string, Count> counts_;
};

Calendar ReadSchedule(const Struct& schedule) {
  constexpr const char* kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  WorkingHours hours;
  const Struct& week = schedule.fields().at("hours").struct_value();
  for (size_t day = 0; day < std::size(kDays); ++day) {
    const auto found = week.fields().find(kDays[day]);
    if (found == week.fields().end()) continue;
    for (const auto& [from, to] : found->second.struct_value().fields())
      hours.week[day].push_back({MinuteOf(from), MinuteOf(to.string_value())});
  }
  AddHolidays(schedule, hours);
  return {hours, *base::ReadZoneRules(Text(schedule, "tz"))};
}

// The last instant from which on so much is open up to `end`: where a budget was begun at the
// latest. The product asks this nowhere; it is the same table read the other way round.
absl::Time LatestStart(absl::Time end, absl::Duration budget, const Calendar& calendar) {
  const int64_t open = calendar.OpenBefore(absl::ToUnixMicros(end)) -
                       absl::ToInt64Microseconds(budget);
  return absl::FromUnixMicros(calendar.WhenOpen(open + 1) - 1);
}

void CompareVector(const Struct& vector, const std::string& line, const Calendar& calendar,
                   Table& table) {
  const std::string kind = Text(vector, "kind");
  const std::string name = absl::StrCat("biz ", kind);
  if (kind == "within") {
    const int64_t ours = absl::ToInt64Seconds(engine::Elapsed(
        ParseInstant(Text(vector, "a")), ParseInstant(Text(vector, "b")), calendar, {}));
    const int64_t theirs = Whole(vector, "seconds");
    if (ours == theirs) return table.Agree(name);
    return table.Differ(name, line, absl::StrCat(ours), absl::StrCat(theirs));
  }
  const absl::Time at = ParseInstant(Text(vector, "t"));
  if (kind == "in_hours") {
    const bool ours = calendar.OpenSpanAt(absl::ToUnixMicros(at)).start <= absl::ToUnixMicros(at);
    const bool theirs = vector.fields().at("result").bool_value();
    if (ours == theirs) return table.Agree(name);
    return table.Differ(name, line, ours ? "open" : "closed", theirs ? "open" : "closed");
  }
  const absl::Duration budget = absl::Minutes(Whole(vector, "minutes"));
  const absl::Time ours = kind == "after" ? engine::Due(at, budget, calendar, {})
                                          : LatestStart(at, budget, calendar);
  table.Compare(name, line, calendar, ours, ParseInstant(Text(vector, "result")),
                absl::ZeroDuration());
}

void CompareBiz(const fs::path& folder, Table& table) {
  for (const fs::path& path : FilesIn(folder, ".jsonl")) {
    std::map<std::string, Calendar> calendars;
    const std::string content = ReadFile(path);
    for (const absl::string_view line : absl::StrSplit(content, '\n', absl::SkipEmpty())) {
      const Struct object = ParseJson(std::string(line));
      if (Text(object, "kind") == "schedule")
        calendars.insert_or_assign(Text(object, "name"), ReadSchedule(object));
      else
        CompareVector(object, std::string(line), calendars.at(Text(object, "s")), table);
    }
  }
}

// The hours of a log: the same from Monday to Friday, with holidays.
Calendar ReadLogCalendar(const fs::path& folder, const std::string& zone) {
  const Struct object = ParseJson(ReadFile(folder / "calendar.json"));
  CHECK_EQ(Text(object, "days"), "Mon-Fri");
  WorkingHours hours;
  for (size_t day = 0; day < 5; ++day)
    hours.week[day] = {{MinuteOf(Text(object, "open")), MinuteOf(Text(object, "close"))}};
  AddHolidays(object, hours);
  return {hours, *base::ReadZoneRules(zone)};
}

// The rows of a log as its first columns, which are never quoted, without the headings.
std::vector<std::vector<std::string>> RowsOf(const fs::path& path, absl::string_view headings) {
  const std::string content = ReadFile(path);
  std::vector<std::string> lines = absl::StrSplit(content, '\n', absl::SkipEmpty());
  CHECK(!lines.empty() && absl::StartsWith(lines[0], headings));
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 1; i < lines.size(); ++i) rows.push_back(absl::StrSplit(lines[i], ','));
  return rows;
}

// A target is so many business days after the start, each as long as the hours of a day.
void CompareBoston(const fs::path& folder, Table& table) {
  const char* zone_name = "America/New_York";
  absl::TimeZone zone;
  CHECK(absl::LoadTimeZone(zone_name, &zone));
  for (const fs::path& path : FilesIn(folder, ".csv")) {
    const Calendar calendar = ReadLogCalendar(folder, zone_name);
    const Struct object = ParseJson(ReadFile(folder / "calendar.json"));
    const absl::Duration day =
        absl::Minutes(MinuteOf(Text(object, "close")) - MinuteOf(Text(object, "open")));
    const absl::Duration tolerance = absl::Seconds(Whole(object, "tolerance_seconds"));
    for (const auto& row : RowsOf(path, "case_id,open,business_days,target")) {
      int days = 0;
      CHECK(absl::SimpleAtoi(row[2], &days));
      table.Compare("boston", row[0], calendar,
                    engine::Due(ParseWall(row[1], zone), day * days, calendar, {}),
                    ParseWall(row[3], zone), tolerance);
    }
  }
}

// Business hours from opening to closing.
void CompareRabobank(const fs::path& folder, Table& table) {
  for (const fs::path& path : FilesIn(folder, ".csv")) {
    const Calendar calendar = ReadLogCalendar(folder, kUtc);
    const Struct object = ParseJson(ReadFile(folder / "calendar.json"));
    const double tolerance = object.fields().at("tolerance_hours").number_value();
    for (const auto& row : RowsOf(path, "incident_id,open,close,handle_hours")) {
      double theirs = 0;
      CHECK(absl::SimpleAtod(row[3], &theirs));
      const absl::Duration elapsed =
          engine::Elapsed(ParseWall(row[1], absl::UTCTimeZone()),
                          ParseWall(row[2], absl::UTCTimeZone()), calendar, {});
      const double ours = absl::ToDoubleHours(elapsed);
      if (std::abs(ours - theirs) <= tolerance) table.Agree("rabobank");
      else table.Differ("rabobank", row[0], absl::StrCat(ours), absl::StrCat(theirs));
    }
  }
}

int Main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: real_calendars DIR\n");
    return kExitNothing;
  }
  const fs::path folder = argv[1];
  Table table;
  CompareBiz(folder / "biz", table);
  CompareBoston(folder / "boston", table);
  CompareRabobank(folder / "rabobank", table);
  if (table.is_empty()) {
    std::fprintf(stderr, "%s holds no rows of biz, boston or rabobank\n", argv[1]);
    return kExitNothing;
  }
  return table.Print();
}

}  // namespace
}  // namespace redress

int main(int argc, char** argv) { return redress::Main(argc, argv); }
