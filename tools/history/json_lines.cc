#include "tools/history/json_lines.h"

#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace redress::history {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

// The object of a line, or why it is none.
std::string ParseLine(absl::string_view line, Struct& object) {
  const auto status =
      google::protobuf::util::JsonStringToMessage(std::string(line.data(), line.size()), &object);
  return status.ok() ? "" : absl::StrCat("it is no JSON object: ", status.message().ToString());
}

std::optional<std::string> TextOf(const Value& value) {
  switch (value.kind_case()) {
    case Value::kStringValue:
      return value.string_value();
    case Value::kNumberValue:
      return absl::StrCat(value.number_value());
    case Value::kBoolValue:
      return value.bool_value() ? "true" : "false";
    case Value::kNullValue:
      return "";
    default:
      return std::nullopt;
  }
}

}  // namespace

bool IsJsonLines(absl::string_view text) {
  return absl::StartsWith(absl::StripLeadingAsciiWhitespace(text), "{");
}

JsonLinesReader::JsonLinesReader(absl::string_view text) : text_(text) {
  std::set<std::string> names;
  while (const auto line = NextLine()) {
    Struct object;
    if (!ParseLine(*line, object).empty()) continue;
    for (const auto& [name, value] : object.fields()) names.insert(name);
  }
  columns_.assign(names.begin(), names.end());
  at_ = 0;
  line_ = 0;
}

std::optional<absl::string_view> JsonLinesReader::NextLine() {
  while (at_ < text_.size()) {
    const size_t end = text_.find('\n', at_);
    const absl::string_view line = absl::StripAsciiWhitespace(
        text_.substr(at_, end == absl::string_view::npos ? end : end - at_));
    at_ = end == absl::string_view::npos ? text_.size() : end + 1;
    ++line_;
    if (!line.empty()) return line;
  }
  return std::nullopt;
}

std::optional<CsvRow> JsonLinesReader::Next() {
  CsvRow row;
  if (!std::exchange(is_header_told_, true)) {
    row.fields = columns_;
    return row;
  }
  const auto line = NextLine();
  if (!line) return std::nullopt;
  row.line = line_;
  Struct object;
  row.fault = ParseLine(*line, object);
  for (const std::string& column : columns_) {
    const auto found = object.fields().find(column);
    std::optional<std::string> text =
        found == object.fields().end() ? std::string() : TextOf(found->second);
    if (!text) row.fault = absl::StrCat(column, ": a list or an object is no value of a column");
    row.fields.push_back(std::move(text).value_or(""));
  }
  return row;
}

}  // namespace redress::history
