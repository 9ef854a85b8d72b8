#include "engine/ticket/field_check.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

// Code points: bytes that do not continue a character. REQUIRES: UTF-8, which the wire format
// guarantees.
int CountChars(absl::string_view text) {
  int count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

}  // namespace

void FieldCheck::Break(absl::string_view field, absl::string_view rule) {
  violations_.push_back({absl::StrCat(path_, field), std::string(rule)});
}

void FieldCheck::Add(std::vector<FieldViolation> violations) {
  for (FieldViolation& violation : violations) violations_.push_back(std::move(violation));
}

void FieldCheck::Required(absl::string_view field, absl::string_view value, int chars_max) {
  if (value.empty()) Break(field, "is required");
  Optional(field, value, chars_max);
}

void FieldCheck::Optional(absl::string_view field, absl::string_view value, int chars_max) {
  if (value.size() <= static_cast<size_t>(chars_max)) return;
  const int chars = CountChars(value);
  if (chars > chars_max)
    Break(field, absl::StrCat("must have at most ", chars_max, " characters, not ", chars));
}

void FieldCheck::Range(absl::string_view field, int64_t value, int64_t min, int64_t max) {
  if (value < min || value > max)
    Break(field, absl::StrCat("must be ", min, " to ", max, ", not ", value));
}

void FieldCheck::Enum(absl::string_view field, int value, bool known, bool required) {
  if (!known) Break(field, absl::StrCat("has no value ", value));
  if (required && value == 0) Break(field, "is required");
}

void FieldCheck::Span(absl::string_view field, const google::protobuf::Duration& span,
                      absl::Duration min, absl::Duration max) {
  if (!IsValid(span) || ToSpan(span) < min || ToSpan(span) > max)
    Break(field, absl::StrCat("must be ", absl::FormatDuration(min), " to ",
                              absl::FormatDuration(max)));
}

void FieldCheck::Instant(absl::string_view field, const google::protobuf::Timestamp& time) {
  if (!IsValid(time)) Break(field, "must be within years 1 to 9999");
}

void FieldCheck::Attributes(absl::string_view field,
                            const google::protobuf::RepeatedPtrField<v1::Attribute>& attributes) {
  if (attributes.size() > kAttributesMax)
    Break(field, absl::StrCat("must have at most ", kAttributesMax, " entries"));
  std::set<std::string> names;
  for (const v1::Attribute& attribute : attributes) {
    Required(absl::StrCat(field, ".name"), attribute.name(), kNameCharsMax);
    Optional(absl::StrCat(field, ".value"), attribute.value(), kAttributeValueCharsMax);
    if (!names.insert(attribute.name()).second)
      Break(field, absl::StrCat("names \"", attribute.name(), "\" twice"));
  }
}

}  // namespace redress::engine
