#include "engine/cel/time_value.h"

#include <charconv>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace redress::cel {
namespace {

constexpr int64_t kSecondsMin = -62'135'596'800;  // year 1
constexpr int64_t kSecondsMax = 253'402'300'799;  // the end of year 9999

// Reads exactly `digits` digits, at most 9.
std::optional<int> TakeNumber(absl::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (!absl::ascii_isdigit(text[i])) return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return number;
}

// Reads ".5" as 500,000,000 nanoseconds. No fraction is zero; a malformed one is nothing.
std::optional<int> TakeFraction(absl::string_view& text) {
  if (!absl::ConsumePrefix(&text, ".")) return 0;
  size_t digits = 0;
  while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
  if (digits == 0 || digits > 9) return std::nullopt;
  int nanos = *TakeNumber(text, digits);
  for (size_t i = digits; i < 9; ++i) nanos *= 10;
  return nanos;
}

// Reads Z or +08:00, in seconds east of UTC.
std::optional<int> TakeOffset(absl::string_view& text) {
  if (absl::ConsumePrefix(&text, "Z") || absl::ConsumePrefix(&text, "z")) return 0;
  const bool negative = absl::StartsWith(text, "-");
  if (!negative && !absl::StartsWith(text, "+")) return std::nullopt;
  text.remove_prefix(1);
  const std::optional<int> hours = TakeNumber(text, 2);
  if (!hours.has_value() || *hours > 23 || !absl::ConsumePrefix(&text, ":")) return std::nullopt;
  const std::optional<int> minutes = TakeNumber(text, 2);
  if (!minutes.has_value() || *minutes > 59) return std::nullopt;
  const int seconds = *hours * 3600 + *minutes * 60;
  return negative ? -seconds : seconds;
}

struct Unit {
  absl::string_view name;
  int64_t nanos;
};

// "ms" before "m": the longer name first.
constexpr Unit kUnits[] = {
    {"ns", 1},
    {"us", 1'000},
    {"µs", 1'000},
    {"ms", 1'000'000},
    {"s", kNanosPerSecond},
    {"m", 60 * kNanosPerSecond},
    {"h", 3600 * kNanosPerSecond},
};

const Unit* TakeUnit(absl::string_view& text) {
  for (const Unit& unit : kUnits) {
    if (absl::ConsumePrefix(&text, unit.name)) return &unit;
  }
  return nullptr;
}

// Reads one "1.5h" into nanoseconds, as a negative number: the negative range is the larger one.
std::optional<int64_t> TakeTerm(absl::string_view& text) {
  size_t whole_digits = 0;
  int64_t whole = 0;
  for (; !text.empty() && absl::ascii_isdigit(text[0]); text.remove_prefix(1), ++whole_digits) {
    if (__builtin_mul_overflow(whole, 10, &whole)) return std::nullopt;
    if (__builtin_sub_overflow(whole, text[0] - '0', &whole)) return std::nullopt;
  }
  double fraction = 0;
  size_t fraction_digits = 0;
  if (absl::ConsumePrefix(&text, ".")) {
    double scale = 1;
    for (; !text.empty() && absl::ascii_isdigit(text[0]); text.remove_prefix(1)) {
      scale /= 10;
      fraction += (text[0] - '0') * scale;
      ++fraction_digits;
    }
  }
  if (whole_digits + fraction_digits == 0) return std::nullopt;
  const Unit* unit = TakeUnit(text);
  if (unit == nullptr) return std::nullopt;
  int64_t total = 0;
  const auto part = static_cast<int64_t>(std::llround(fraction * static_cast<double>(unit->nanos)));
  if (__builtin_mul_overflow(whole, unit->nanos, &total)) return std::nullopt;
  if (__builtin_sub_overflow(total, part, &total)) return std::nullopt;
  return total;
}

std::string FormatFraction(int64_t nanos) {
  if (nanos == 0) return "";
  std::string digits = absl::StrFormat(".%09d", nanos);
  while (digits.back() == '0') digits.pop_back();
  return digits;
}

}  // namespace

bool IsValid(Instant instant) {
  return instant.seconds >= kSecondsMin && instant.seconds <= kSecondsMax && instant.nanos >= 0 &&
         instant.nanos < kNanosPerSecond;
}

std::optional<Instant> ParseInstant(absl::string_view text) {
  const std::optional<int> year = TakeNumber(text, 4);
  if (!year.has_value() || !absl::ConsumePrefix(&text, "-")) return std::nullopt;
  const std::optional<int> month = TakeNumber(text, 2);
  if (!month.has_value() || !absl::ConsumePrefix(&text, "-")) return std::nullopt;
  const std::optional<int> day = TakeNumber(text, 2);
  if (!day.has_value() || text.empty() || absl::ascii_toupper(text[0]) != 'T') return std::nullopt;
  text.remove_prefix(1);
  const std::optional<int> hour = TakeNumber(text, 2);
  if (!hour.has_value() || !absl::ConsumePrefix(&text, ":")) return std::nullopt;
  const std::optional<int> minute = TakeNumber(text, 2);
  if (!minute.has_value() || !absl::ConsumePrefix(&text, ":")) return std::nullopt;
  const std::optional<int> second = TakeNumber(text, 2);
  if (!second.has_value()) return std::nullopt;
  const std::optional<int> nanos = TakeFraction(text);
  if (!nanos.has_value()) return std::nullopt;
  const std::optional<int> offset = TakeOffset(text);
  if (!offset.has_value() || !text.empty()) return std::nullopt;
  const absl::CivilSecond civil(*year, *month, *day, *hour, *minute, *second);
  // A civil time adjusts what is out of range: the 30th of February would become March.
  const bool is_exact = civil.month() == *month && civil.day() == *day && civil.hour() == *hour &&
                        civil.minute() == *minute && civil.second() == *second;
  if (!is_exact) return std::nullopt;
  const Instant instant{civil - absl::CivilSecond(1970) - *offset, *nanos};
  if (!IsValid(instant)) return std::nullopt;
  return instant;
}

std::string FormatInstant(Instant instant) {
  const absl::CivilSecond civil = absl::CivilSecond(1970) + instant.seconds;
  return absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d%sZ", civil.year(), civil.month(),
                         civil.day(), civil.hour(), civil.minute(), civil.second(),
                         FormatFraction(instant.nanos));
}

std::optional<int64_t> ParseDuration(absl::string_view text) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!negative) absl::ConsumePrefix(&text, "+");
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  int64_t total = 0;  // kept negative, see TakeTerm
  while (!text.empty()) {
    const std::optional<int64_t> term = TakeTerm(text);
    if (!term.has_value() || __builtin_add_overflow(total, *term, &total)) return std::nullopt;
  }
  if (negative) return total;
  if (total == INT64_MIN) return std::nullopt;
  return -total;
}

std::string FormatDuration(int64_t nanos) {
  const int64_t seconds = nanos / kNanosPerSecond;
  const int64_t rest = nanos % kNanosPerSecond;
  const bool negative = nanos < 0;
  return absl::StrCat(negative && seconds == 0 ? "-" : "", seconds,
                      FormatFraction(negative ? -rest : rest), "s");
}

std::optional<Instant> Add(Instant instant, int64_t nanos) {
  int64_t seconds = instant.seconds + nanos / kNanosPerSecond;
  int64_t rest = instant.nanos + nanos % kNanosPerSecond;
  if (rest < 0) {
    rest += kNanosPerSecond;
    --seconds;
  }
  if (rest >= kNanosPerSecond) {
    rest -= kNanosPerSecond;
    ++seconds;
  }
  const Instant sum{seconds, static_cast<int32_t>(rest)};
  if (!IsValid(sum)) return std::nullopt;
  return sum;
}

std::optional<int64_t> Subtract(Instant left, Instant right) {
  int64_t nanos = 0;
  if (__builtin_mul_overflow(left.seconds - right.seconds, kNanosPerSecond, &nanos)) {
    return std::nullopt;
  }
  if (__builtin_add_overflow(nanos, left.nanos - right.nanos, &nanos)) return std::nullopt;
  return nanos;
}

std::string FormatDouble(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char buffer[64];
  // Exponents only where the plain digits would be long.
  const double size = std::fabs(value);
  const bool plain = size == 0 || (size >= 1e-6 && size < 1e21);
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, format).ptr;
  return std::string(buffer, end);
}

}  // namespace redress::cel
