#include "engine/playbook/yaml_reader.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/rules/enum_names.h"

namespace redress::engine {
namespace {

constexpr int64_t kSpanSecondsMax = int64_t{3650} * 24 * 3600;
constexpr size_t kQuotedBytesMax = 80;
// The last second of the year 9999.
constexpr absl::Time kInstantMax = absl::FromUnixSeconds(253'402'300'799);

// "a map", for what stands where something else is wanted.
absl::string_view Describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlKind::kNothing:
      return "nothing";
    case YamlKind::kScalar:
      return "a text";
    case YamlKind::kSequence:
      return "a list";
    case YamlKind::kMap:
      return "a map";
  }
  return "";
}

size_t CountCharacters(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

// A text in quotes, cut where it is long.
std::string Quoted(absl::string_view text) {
  if (text.size() <= kQuotedBytesMax) return absl::StrCat("'", text, "'");
  size_t end = kQuotedBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat("'", text.substr(0, end), "...'");
}

bool IsName(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return absl::ascii_isalnum(static_cast<unsigned char>(letter)) || letter == '-' ||
           letter == '_';
  });
}

bool HasForm(absl::string_view text, IdForm form) {
  if (form == IdForm::kWord) {
    return IsName(text) && !absl::StrContains(text, '-') &&
           !absl::ascii_isdigit(static_cast<unsigned char>(text[0]));
  }
  if (form == IdForm::kName) return IsName(text);
  for (size_t dot = text.find('.'); dot != absl::string_view::npos; dot = text.find('.')) {
    if (!IsName(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return IsName(text);
}

// The entries, each key once. Keys that are no text or stand twice are reported.
std::vector<YamlEntry> TellKeysApart(YamlReader& reader, YamlId id, absl::string_view what) {
  std::vector<YamlEntry> entries;
  const YamlNode& map = reader[id];
  if (map.kind != YamlKind::kMap) {
    reader.Fail(id, absl::StrCat(what, " must be a map, not ", Describe(map)));
    return entries;
  }
  absl::flat_hash_map<absl::string_view, YamlId> seen;
  for (size_t i = 0; i + 1 < map.children.size(); i += 2) {
    const YamlId key = map.children[i];
    if (reader[key].kind != YamlKind::kScalar) {
      reader.Fail(key, absl::StrCat("a key must be a text, not ", Describe(reader[key])));
    } else if (!seen.emplace(reader[key].text, key).second) {
      reader.Fail(key, absl::StrCat(Quoted(reader[key].text), " is given twice in ", what));
    } else {
      entries.push_back(YamlEntry{key, map.children[i + 1]});
    }
  }
  return entries;
}

}  // namespace

std::string YamlReader::Text(YamlId id, absl::string_view what, size_t size_max) {
  const YamlNode& node = tree_[id];
  if (node.kind != YamlKind::kScalar) {
    Fail(id, absl::StrCat("'", what, "' must be a text, not ", Describe(node)));
    return "";
  }
  if (node.text.empty()) {
    Fail(id, absl::StrCat("'", what, "' must not be empty"));
    return "";
  }
  const size_t size = CountCharacters(node.text);
  if (size > size_max) {
    Fail(id, absl::StrCat("'", what, "' has ", size, " characters; ", size_max, " are allowed"));
    return "";
  }
  return node.text;
}

std::string YamlReader::Id(YamlId id, absl::string_view what, IdForm form) {
  std::string text = Text(id, what, kIdSizeMax);
  if (text.empty() || HasForm(text, form)) return text;
  constexpr absl::string_view kRules[] = {
      "must be letters, digits and underscores, and not begin with a digit",
      "may have letters, digits, dashes and underscores",
      "may have letters, digits, dashes and underscores, and dots between"};
  Fail(id, absl::StrCat("'", what, "' ", kRules[static_cast<size_t>(form)], "; not ",
                        Quoted(text)));
  return "";
}

bool YamlReader::Bool(YamlId id, absl::string_view what) {
  const YamlNode& node = tree_[id];
  if (node.kind == YamlKind::kScalar && node.is_plain) {
    if (node.text == "true") return true;
    if (node.text == "false") return false;
  }
  Fail(id, absl::StrCat("'", what, "' must be true or false"));
  return false;
}

int64_t YamlReader::Int(YamlId id, absl::string_view what, int64_t min, int64_t max) {
  const YamlNode& node = tree_[id];
  int64_t value = 0;
  const bool is_number =
      node.kind == YamlKind::kScalar && node.is_plain && absl::SimpleAtoi(node.text, &value);
  if (is_number && value >= min && value <= max) return value;
  Fail(id, absl::StrCat("'", what, "' must be a whole number from ", min, " to ", max));
  return 0;
}

google::protobuf::Duration YamlReader::Duration(YamlId id, absl::string_view what) {
  google::protobuf::Duration duration;
  const YamlNode& node = tree_[id];
  const std::optional<int64_t> seconds =
      node.kind == YamlKind::kScalar ? ParseSpan(node.text) : std::nullopt;
  if (!seconds.has_value()) {
    Fail(id, absl::StrCat("'", what, "' must be a span such as 30m, 4h or 1d12h",
                          node.kind == YamlKind::kScalar ? ", not " + Quoted(node.text) : ""));
    return duration;
  }
  duration.set_seconds(*seconds);
  return duration;
}

google::protobuf::Timestamp YamlReader::Instant(YamlId id, absl::string_view what) {
  google::protobuf::Timestamp instant;
  const YamlNode& node = tree_[id];
  const bool is_scalar = node.kind == YamlKind::kScalar;
  absl::Time time;
  std::string unused;
  const bool is_read = is_scalar && (absl::ParseTime("%Y-%m-%d", node.text, &time, &unused) ||
                                     absl::ParseTime(absl::RFC3339_sec, node.text, &time, &unused));
  if (!is_read || time < absl::UnixEpoch() || time > kInstantMax) {
    Fail(id, absl::StrCat("'", what,
                          "' must be an instant such as 2026-11-01 or 2026-11-01T09:00:00+08:00",
                          is_scalar ? ", not " + Quoted(node.text) : ""));
    return instant;
  }
  instant.set_seconds(absl::ToUnixSeconds(time));
  return instant;
}

absl::Span<const YamlId> YamlReader::Items(YamlId id, absl::string_view what, size_t size_max) {
  const YamlNode& node = tree_[id];
  if (node.kind != YamlKind::kSequence) {
    Fail(id, absl::StrCat("'", what, "' must be a list, not ", Describe(node)));
    return {};
  }
  if (node.children.size() > size_max) {
    Fail(node.children[size_max], absl::StrCat("'", what, "' has ", node.children.size(),
                                               " items; ", size_max, " are allowed"));
    return {};
  }
  return node.children;
}

int YamlReader::EnumNumber(YamlId id, absl::string_view what,
                           const google::protobuf::EnumDescriptor& type) {
  const YamlNode& node = tree_[id];
  const std::vector<std::string> names = ShortNames(type);
  if (node.kind != YamlKind::kScalar) {
    Fail(id, absl::StrCat("'", what, "' must be one of ", absl::StrJoin(names, ", "), ", not ",
                          Describe(node)));
    return 0;
  }
  const std::optional<int> number = NumberOfShortName(type, node.text);
  if (number.has_value()) return *number;
  Fail(id, absl::StrCat("'", what, "' must be one of ", absl::StrJoin(names, ", "), "; not ",
                        Quoted(node.text), cel::DidYouMean(node.text, names)));
  return 0;
}

YamlMap::YamlMap(YamlReader& reader, YamlId id, absl::string_view what,
                 absl::Span<const absl::string_view> keys)
    : reader_(reader), id_(id), what_(what), is_map_(reader[id].kind == YamlKind::kMap) {
  for (const YamlEntry& entry : TellKeysApart(reader, id, what)) {
    const std::string& key = reader[entry.key].text;
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      const std::vector<std::string> names(keys.begin(), keys.end());
      reader.Fail(entry.key,
                  absl::StrCat(what, " has no key ", Quoted(key), cel::DidYouMean(key, names)));
      if (auto meant = cel::ClosestName(key, names)) reported_keys_.push_back(*std::move(meant));
    } else if (reader[entry.value].kind == YamlKind::kNothing) {
      reader.Fail(entry.key, absl::StrCat("'", key, "' has no value"));
      reported_keys_.push_back(key);
    } else {
      entries_.emplace_back(key, entry.value);
    }
  }
}

std::optional<YamlId> YamlMap::Find(absl::string_view key) const {
  for (const auto& [name, value] : entries_) {
    if (name == key) return value;
  }
  return std::nullopt;
}

bool YamlMap::IsReported(absl::string_view key) const {
  return std::find(reported_keys_.begin(), reported_keys_.end(), key) != reported_keys_.end();
}

std::optional<YamlId> YamlMap::Require(absl::string_view key) {
  const std::optional<YamlId> value = Find(key);
  if (value.has_value() || !is_map_ || IsReported(key)) return value;
  reader_.Fail(id_, absl::StrCat(what_, " needs '", key, "'"));
  return std::nullopt;
}

std::vector<YamlEntry> YamlEntries(YamlReader& reader, YamlId id, absl::string_view what,
                                   size_t size_max) {
  std::vector<YamlEntry> entries = TellKeysApart(reader, id, what);
  if (entries.size() > size_max) {
    reader.Fail(entries[size_max].key, absl::StrCat(what, " has ", entries.size(), " entries; ",
                                                    size_max, " are allowed"));
    entries.clear();
  }
  return entries;
}

std::optional<int64_t> ParseSpan(absl::string_view text) {
  struct Unit {
    char letter;
    int64_t seconds;
  };
  constexpr Unit kUnits[] = {{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}};
  constexpr size_t kDigitsMax = 9;
  int64_t seconds = 0;
  const Unit* unit = std::begin(kUnits);
  while (!text.empty()) {
    size_t digits = 0;
    while (digits < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[digits]))) {
      ++digits;
    }
    int64_t count = 0;
    if (digits == 0 || digits > kDigitsMax || digits == text.size()) return std::nullopt;
    if (!absl::SimpleAtoi(text.substr(0, digits), &count)) return std::nullopt;
    while (unit != std::end(kUnits) && unit->letter != text[digits]) ++unit;
    if (unit == std::end(kUnits)) return std::nullopt;
    seconds += count * unit->seconds;
    if (seconds > kSpanSecondsMax) return std::nullopt;
    ++unit;
    text.remove_prefix(digits + 1);
  }
  if (seconds == 0) return std::nullopt;
  return seconds;
}

}  // namespace redress::engine
