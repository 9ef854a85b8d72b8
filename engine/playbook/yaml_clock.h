// A row of a playbook's clocks table, as YAML.
#pragma once

#include <string>

#include "engine/playbook/yaml_names.h"
#include "engine/playbook/yaml_reader.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// What a clocks row may name.
struct ClockNames {
  YamlNames& calendars;
  YamlNames& categories;
  YamlNames& departments;
};

// A calendar must not be named like this: in a clocks row these words mean something else.
bool IsClockWord(absl::string_view calendar);

// Reads what a row of the clocks or of the chains table fits. Names are noted as used.
redress::v1::ClockMatch ReadClockMatch(YamlReader& reader, YamlId id, ClockNames names);

// What a row says of its calendar.
struct CalendarChoice {
  // Empty with `by_department` false: elapsed time.
  std::string calendar;
  bool by_department = false;
};
CalendarChoice ReadCalendarChoice(YamlReader& reader, YamlId id, YamlNames& calendars);

// The shortest span that may be counted on a calendar, in seconds: the shortest hours there are.
inline constexpr int64_t kHoursSecondsMin = 60;

// The keys of a row.
absl::Span<const absl::string_view> ClockKeys();

// Reads a row but for its id. Names are noted as used.
redress::v1::ClockRule ReadClockRule(YamlReader& reader, YamlMap& row, ClockNames names);

}  // namespace redress::engine
