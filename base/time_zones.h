// The time-zone rules that this system has.
//
// They change with the world's laws, so whoever computes with them keeps the rules that it read, as
// data, and does not ask again: the same rules always give the same instants.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace redress::base {

// The years for which rules are read. Before and after them, the nearest offset holds.
inline constexpr int kZoneYearMin = 1970;
inline constexpr int kZoneYearMax = 2099;

// How far local time is ahead of UTC, and from when on.
struct ZoneOffset {
  // Seconds since 1970, UTC.
  int64_t from = 0;
  // Seconds, negative west of Greenwich.
  int32_t offset = 0;

  bool operator==(const ZoneOffset&) const = default;
};

// The rules of one zone.
struct ZoneRules {
  // An IANA name, such as "Asia/Shanghai".
  std::string name;
  // The release of the rules, such as "2025b"; "unknown" where the system does not say.
  std::string version;
  // In rising order of `from`, each unlike the one before, at least one. The first holds before its
  // `from` too.
  std::vector<ZoneOffset> offsets;

  bool operator==(const ZoneRules&) const = default;
};

// Reads the rules of a zone. Nothing: this system knows no zone of that name. Names of files and of
// the machine's own zone are no zones.
std::optional<ZoneRules> ReadZoneRules(const std::string& name);

}  // namespace redress::base
