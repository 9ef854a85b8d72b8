// Values as text.
#include <google/protobuf/message.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/cel/text.h"
#include "engine/cel/time_value.h"
#include "engine/cel/value.h"

namespace redress::cel {
namespace {

std::string Quoted(absl::string_view text) {
  return absl::StrCat("'", absl::Utf8SafeCEscape(text), "'");
}

std::string ListText(absl::Span<const Value> elements) {
  return absl::StrCat("[",
                      absl::StrJoin(elements, ", ",
                                    [](std::string* out, const Value& element) {
                                      absl::StrAppend(out, ToString(element));
                                    }),
                      "]");
}

std::string MapText(absl::Span<const MapEntry> entries) {
  return absl::StrCat("{",
                      absl::StrJoin(entries, ", ",
                                    [](std::string* out, const MapEntry& entry) {
                                      absl::StrAppend(out, ToString(entry.key), ": ",
                                                      ToString(entry.value));
                                    }),
                      "}");
}

}  // namespace

std::string ToString(const Value& value) {
  switch (value.kind()) {
    case Kind::kAbsent:
      return "absent";
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
      return Quoted(value.AsString());
    case Kind::kBytes:
      return absl::StrCat("b'", absl::CHexEscape(value.AsBytes()), "'");
    case Kind::kTimestamp:
      return absl::StrCat("timestamp('", FormatInstant(value.AsTimestamp()), "')");
    case Kind::kDuration:
      return absl::StrCat("duration('", FormatDuration(value.AsDuration()), "')");
    case Kind::kType:
      return std::string(value.AsType());
    case Kind::kList:
      return ListText(value.AsList());
    case Kind::kMap:
      return MapText(value.AsMap());
    case Kind::kMessage:
      return absl::StrCat(TypeName(value), "{", value.AsMessage().ShortDebugString(), "}");
    case Kind::kOptional:
      if (value.AsOptional() == nullptr) return "optional.none()";
      return absl::StrCat("optional.of(", ToString(*value.AsOptional()), ")");
    case Kind::kError:
      return absl::StrCat("error(", value.AsError().message, ")");
  }
  return "";
}

}  // namespace redress::cel
