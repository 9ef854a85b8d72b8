#include "engine/rules/zone_functions.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace redress::engine {
namespace {

using Arguments = absl::Span<const cel::Value>;

constexpr absl::string_view kParts[][2] = {
    {"getFullYear", "timestamp_to_year"},
    {"getMonth", "timestamp_to_month"},
    {"getDate", "timestamp_to_day_of_month_1_based"},
    {"getDayOfMonth", "timestamp_to_day_of_month"},
    {"getDayOfWeek", "timestamp_to_day_of_week"},
    {"getDayOfYear", "timestamp_to_day_of_year"},
    {"getHours", "timestamp_to_hours"},
    {"getMinutes", "timestamp_to_minutes"},
    {"getSeconds", "timestamp_to_seconds"},
    {"getMilliseconds", "timestamp_to_milliseconds"},
};

bool IsOffset(absl::string_view zone) {
  return !zone.empty() && (zone[0] == '+' || zone[0] == '-' || (zone[0] >= '0' && zone[0] <= '9'));
}

// How far local time is ahead at an instant, in seconds.
int64_t OffsetAt(const std::vector<base::ZoneOffset>& offsets, int64_t seconds) {
  const auto after =
      std::upper_bound(offsets.begin(), offsets.end(), seconds,
                       [](int64_t at, const base::ZoneOffset& offset) { return at < offset.from; });
  return after == offsets.begin() ? offsets.front().offset : std::prev(after)->offset;
}

cel::Native FindUtc(const cel::Environment& environment, absl::string_view method,
                    absl::string_view id) {
  for (const cel::Overload* overload : *environment.FindFunction(method))
    if (overload->id == id) return overload->native;
  CHECK(false);  // the standard library has it
  return nullptr;
}

// The part of the local time: that of UTC, moved by the offset.
cel::Native InZone(cel::Native utc, std::vector<base::ZoneOffset> offsets) {
  return [utc = std::move(utc), offsets = std::move(offsets)](cel::CallContext& context,
                                                              Arguments arguments) {
    cel::Instant instant = arguments[0].AsTimestamp();
    instant.seconds += OffsetAt(offsets, instant.seconds);
    const cel::Value moved = cel::Value::Timestamp(instant);
    return utc(context, absl::MakeConstSpan(&moved, 1));
  };
}

}  // namespace

void UseKeptZones(cel::Environment& environment, const ZoneFinder& finder) {
  for (const auto& [method, id] : kParts) {
    const cel::Native utc = FindUtc(environment, method, id);
    environment.WrapPrepare(method, absl::StrCat(id, "_with_tz"), [&](cel::Prepare own) {
      return [own = std::move(own), utc,
              &finder](absl::Span<const cel::Value* const> arguments) -> cel::Prepared {
        if (arguments[1] == nullptr)
          return {nullptr, "the zone must be written out, so that its rules can be kept", 1};
        const std::string zone(arguments[1]->AsString());
        if (IsOffset(zone)) return own(arguments);
        const base::ZoneRules* rules = finder(zone);
        if (rules == nullptr)
          return {nullptr, absl::StrCat("no time zone is named '", zone.substr(0, 100), "'"), 1};
        return {InZone(utc, rules->offsets), "", 0};
      };
    });
  }
}

}  // namespace redress::engine
