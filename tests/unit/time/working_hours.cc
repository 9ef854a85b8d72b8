#include "tests/unit/time/working_hours.h"

#include <cstdio>

#include "absl/strings/str_cat.h"

namespace redress::test {
namespace {

absl::TimeZone Zone(const std::string& name) {
  absl::TimeZone zone;
  CHECK(absl::LoadTimeZone(name, &zone));
  return zone;
}

}  // namespace

engine::Hours ParseHours(const std::string& text) {
  int from_hour = 0, from_minute = 0, to_hour = 0, to_minute = 0;
  CHECK_EQ(std::sscanf(text.c_str(), "%d:%d-%d:%d", &from_hour, &from_minute, &to_hour, &to_minute),
           4);
  return {from_hour * 60 + from_minute, to_hour * 60 + to_minute};
}

std::vector<engine::Hours> ParseHours(std::initializer_list<const char*> texts) {
  std::vector<engine::Hours> hours;
  for (const char* text : texts) hours.push_back(ParseHours(std::string(text)));
  return hours;
}

engine::WorkingHours Weekly(int first_day, int last_day,
                            std::initializer_list<const char*> hours) {
  engine::WorkingHours working;
  for (int day = first_day; day <= last_day; ++day)
    working.week[static_cast<size_t>(day)] = ParseHours(hours);
  return working;
}

engine::Calendar MakeCalendar(const engine::WorkingHours& hours, const std::string& zone) {
  return {hours, *base::ReadZoneRules(zone)};
}

absl::Time At(const std::string& local, const std::string& zone) {
  const std::string full = local.size() == 16 ? absl::StrCat(local, ":00") : local;
  absl::Time at;
  std::string error;
  CHECK(absl::ParseTime("%Y-%m-%d %H:%M:%E*S", full, Zone(zone), &at, &error));
  return at;
}

std::string Shown(absl::Time at, const std::string& zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", at, Zone(zone));
}

}  // namespace redress::test
