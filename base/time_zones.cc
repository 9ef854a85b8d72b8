#include "base/time_zones.h"

#include <algorithm>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace redress::base {
namespace {

constexpr char kVersionFile[] = "/usr/share/zoneinfo/tzdata.zi";
constexpr char kVersionMark[] = "# version ";

// Letters, digits and the four marks that IANA names have, with a capital first. So neither a path
// nor a name with a meaning of its own to the library ("localtime", "Fixed/UTC+1") gets through.
bool IsZoneName(const std::string& name) {
  const auto is_allowed = [](unsigned char letter) {
    return absl::ascii_isalnum(letter) || letter == '/' || letter == '_' || letter == '-' ||
           letter == '+';
  };
  if (name.empty() || !absl::ascii_isupper(static_cast<unsigned char>(name[0]))) return false;
  return std::all_of(name.begin(), name.end(), is_allowed) && !absl::StartsWith(name, "Fixed/");
}

std::string ReadVersion() {
  std::ifstream file(kVersionFile);
  std::string line;
  if (!std::getline(file, line) || !absl::StartsWith(line, kVersionMark)) return "unknown";
  return line.substr(sizeof(kVersionMark) - 1);
}

}  // namespace

std::optional<ZoneRules> ReadZoneRules(const std::string& name) {
  absl::TimeZone zone;
  if (!IsZoneName(name) || !absl::LoadTimeZone(name, &zone)) return std::nullopt;
  const absl::Time first = absl::FromCivil(absl::CivilYear(kZoneYearMin), absl::UTCTimeZone());
  const absl::Time end = absl::FromCivil(absl::CivilYear(kZoneYearMax + 1), absl::UTCTimeZone());
  ZoneRules rules{name, ReadVersion(), {}};
  rules.offsets.push_back({absl::ToUnixSeconds(first), zone.At(first).offset});
  absl::TimeZone::CivilTransition change;
  for (absl::Time at = first; zone.NextTransition(at, &change);) {
    at = zone.At(change.to).trans;
    if (at >= end) break;
    const int32_t offset = zone.At(at).offset;
    if (offset == rules.offsets.back().offset) continue;  // only its name changes
    rules.offsets.push_back({absl::ToUnixSeconds(at), offset});
  }
  return rules;
}

}  // namespace redress::base
