// Values as text.
#include <google/protobuf/message.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/cel/text.h"
#include "engine/cel/time_value.h"
#include "engine/cel/value.h"

namespace redress::cel {
namespace {

// Values may share their parts, so that their text is much longer than they are.
constexpr size_t kTextBytesMax = 1 << 16;

void Append(const Value& value, std::string& out);

void AppendList(absl::Span<const Value> elements, std::string& out) {
  out += '[';
  for (size_t i = 0; i < elements.size() && out.size() < kTextBytesMax; ++i) {
    if (i > 0) out += ", ";
    Append(elements[i], out);
  }
  out += ']';
}

void AppendMap(absl::Span<const MapEntry> entries, std::string& out) {
  out += '{';
  for (size_t i = 0; i < entries.size() && out.size() < kTextBytesMax; ++i) {
    if (i > 0) out += ", ";
    Append(entries[i].key, out);
    out += ": ";
    Append(entries[i].value, out);
  }
  out += '}';
}

void AppendOptional(const Value* value, std::string& out) {
  if (value == nullptr) {
    out += "optional.none()";
    return;
  }
  out += "optional.of(";
  Append(*value, out);
  out += ')';
}

std::string ScalarText(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return value.AsBool() ? "true" : "false";
    case Kind::kInt:
      return absl::StrCat(value.AsInt());
    case Kind::kUint:
      return absl::StrCat(value.AsUint(), "u");
    case Kind::kDouble:
      return FormatDouble(value.AsDouble());
    case Kind::kString:
      return absl::StrCat("'", absl::Utf8SafeCEscape(value.AsString()), "'");
    case Kind::kBytes:
      return absl::StrCat("b'", absl::CHexEscape(value.AsBytes()), "'");
    case Kind::kTimestamp:
      return absl::StrCat("timestamp('", FormatInstant(value.AsTimestamp()), "')");
    case Kind::kDuration:
      return absl::StrCat("duration('", FormatDuration(value.AsDuration()), "')");
    case Kind::kType:
      return std::string(value.AsType());
    case Kind::kMessage:
      return absl::StrCat(TypeName(value), "{", value.AsMessage().ShortDebugString(), "}");
    case Kind::kError:
      return absl::StrCat("error(", value.AsError().message, ")");
    default:
      return "absent";
  }
}

void Append(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Kind::kList:
      return AppendList(value.AsList(), out);
    case Kind::kMap:
      return AppendMap(value.AsMap(), out);
    case Kind::kOptional:
      return AppendOptional(value.AsOptional(), out);
    default:
      out += ScalarText(value);
  }
}

}  // namespace

std::string ToString(const Value& value) {
  std::string text;
  Append(value, text);
  if (text.size() < kTextBytesMax) return text;
  return absl::StrCat(text.substr(0, kTextBytesMax), "...");
}

}  // namespace redress::cel
