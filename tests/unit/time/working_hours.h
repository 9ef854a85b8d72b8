// Working hours for tests.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/time_zones.h"
#include "engine/time/calendar.h"

namespace redress::test {

// "09:00-17:30" as minutes; an end past 24:00 is on the next day.
engine::Hours ParseHours(const std::string& text);
std::vector<engine::Hours> ParseHours(std::initializer_list<const char*> texts);

// The same hours on some days, Monday is 0.
engine::WorkingHours Weekly(int first_day, int last_day, std::initializer_list<const char*> hours);

engine::Calendar MakeCalendar(const engine::WorkingHours& hours, const std::string& zone);

// "2026-10-05 09:00" or with seconds, on the wall of a zone. CHECKs that it is one.
absl::Time At(const std::string& local, const std::string& zone);
// The other way round, always with seconds.
std::string Shown(absl::Time at, const std::string& zone);

}  // namespace redress::test
