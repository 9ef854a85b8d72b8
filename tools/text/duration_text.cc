#include "tools/text/duration_text.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace redress::text {
namespace {

constexpr int64_t kSecondsMax = int64_t{100} * 366 * 86400;

struct Unit {
  char letter;
  int64_t seconds;
};
constexpr std::array<Unit, 5> kUnits = {
    {{'w', 7 * 86400}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};

// Digits at the start of `text`, taken off. Nothing when there are none or too many.
std::optional<int64_t> TakeNumber(absl::string_view& text) {
  size_t length = 0;
  int64_t number = 0;
  while (length < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[length]))) {
    if (length >= 12) return std::nullopt;
    number = number * 10 + (text[length++] - '0');
  }
  if (length == 0) return std::nullopt;
  text.remove_prefix(length);
  return number;
}

}  // namespace

std::optional<absl::Duration> ParseDuration(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (text == "0") return absl::ZeroDuration();
  if (text.empty()) return std::nullopt;
  int64_t total = 0;
  size_t unit = 0;
  while (!text.empty()) {
    const std::optional<int64_t> number = TakeNumber(text);
    if (!number.has_value() || text.empty()) return std::nullopt;
    while (unit < kUnits.size() && kUnits[unit].letter != absl::ascii_tolower(text[0])) ++unit;
    if (unit == kUnits.size() || *number > kSecondsMax / kUnits[unit].seconds) return std::nullopt;
    total += *number * kUnits[unit++].seconds;
    if (total > kSecondsMax) return std::nullopt;
    text = absl::StripLeadingAsciiWhitespace(text.substr(1));
  }
  return absl::Seconds(total);
}

std::string FormatDuration(int64_t seconds) {
  if (seconds < 0) return "-" + FormatDuration(-seconds);
  for (size_t i = 1; i + 1 < kUnits.size(); ++i) {  // weeks are read, but not written
    if (seconds < kUnits[i].seconds) continue;
    const Unit& large = kUnits[i];
    const Unit& small = kUnits[i + 1];
    const int64_t rest = seconds % large.seconds / small.seconds;
    std::string out = absl::StrFormat("%d%c", seconds / large.seconds, large.letter);
    if (rest > 0) absl::StrAppendFormat(&out, " %d%c", rest, small.letter);
    return out;
  }
  return absl::StrCat(seconds, "s");
}

std::string FormatDuration(const google::protobuf::Duration& duration) {
  return FormatDuration(duration.seconds());
}

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(absl::ToUnixSeconds(time));
  stamp.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(stamp.seconds()))));
  return stamp;
}

google::protobuf::Duration ToProtoDuration(absl::Duration duration) {
  google::protobuf::Duration out;
  out.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  out.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  return out;
}

std::string FormatTime(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

std::string FormatCount(int64_t count) {
  std::string digits = absl::StrCat(count < 0 ? -count : count);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return count < 0 ? "-" + digits : digits;
}

std::string FormatShare(int64_t part, int64_t whole) {
  if (whole == 0) return "-";
  return absl::StrFormat("%.1f%%", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace redress::text
