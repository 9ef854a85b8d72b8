// Checks of single fields, each adding a violation that names the field and the rule.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/ticket/rejection.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "redress/v1/types.pb.h"

namespace redress::engine {

class FieldCheck {
 public:
  explicit FieldCheck(absl::string_view path) : path_(path) {}

  // 1 to `chars_max` characters.
  void Required(absl::string_view field, absl::string_view value, int chars_max);
  // At most `chars_max` characters.
  void Optional(absl::string_view field, absl::string_view value, int chars_max);
  void Range(absl::string_view field, int64_t value, int64_t min, int64_t max);
  // `known` tells whether the number has a name; zero is refused when `required`.
  void Enum(absl::string_view field, int value, bool known, bool required);
  void Span(absl::string_view field, const google::protobuf::Duration& span, absl::Duration min,
            absl::Duration max);
  void Instant(absl::string_view field, const google::protobuf::Timestamp& time);
  void Attributes(absl::string_view field,
                  const google::protobuf::RepeatedPtrField<v1::Attribute>& attributes);
  void Break(absl::string_view field, absl::string_view rule);

  const std::string& path() const { return path_; }
  std::vector<FieldViolation> Take() && { return std::move(violations_); }
  void Add(std::vector<FieldViolation> violations);

 private:
  std::string path_;
  std::vector<FieldViolation> violations_;
};

}  // namespace redress::engine
