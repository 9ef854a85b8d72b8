#include "services/utf8.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "google/protobuf/unknown_field_set.h"

namespace redress::services {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// How many bytes the character at the start of `text` takes; 0 when it is not one.
size_t CharacterSize(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
  if (lead == 0xED && byte(1) > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && byte(1) < 0x90) return 0;  // overlong
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;  // above U+10FFFF
  return size;
}

std::optional<std::string> FindIn(const UnknownFieldSet& fields, const Descriptor& type, int depth);

// What is wrong below one field, as the rest of a path; "" stands for the field itself.
std::optional<std::string> FindBelow(const UnknownField& field, const FieldDescriptor& declared,
                                     int depth) {
  if (field.type() != UnknownField::TYPE_LENGTH_DELIMITED) return std::nullopt;
  if (declared.type() == FieldDescriptor::TYPE_STRING) {
    if (IsUtf8(field.length_delimited())) return std::nullopt;
    return "";
  }
  if (declared.type() != FieldDescriptor::TYPE_MESSAGE) return std::nullopt;
  UnknownFieldSet inner;
  if (!inner.ParseFromString(field.length_delimited())) return std::nullopt;
  std::optional<std::string> path = FindIn(inner, *declared.message_type(), depth + 1);
  if (path.has_value()) return absl::StrCat(".", *path);
  return std::nullopt;
}

std::optional<std::string> FindIn(const UnknownFieldSet& fields, const Descriptor& type,
                                  int depth) {
  constexpr int kDepthMax = 100;  // protobuf's own limit on nesting
  if (depth > kDepthMax) return std::nullopt;
  std::map<int, int> positions;  // by field number, of the repeated ones
  for (int i = 0; i < fields.field_count(); ++i) {
    const FieldDescriptor* declared = type.FindFieldByNumber(fields.field(i).number());
    if (declared == nullptr) continue;
    const int position = positions[declared->number()]++;
    const std::optional<std::string> below = FindBelow(fields.field(i), *declared, depth);
    if (!below.has_value()) continue;
    const std::string index = declared->is_repeated() ? absl::StrCat("[", position, "]") : "";
    return absl::StrCat(declared->name(), index, *below);
  }
  return std::nullopt;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const size_t size = CharacterSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::optional<std::string> FindFieldNotUtf8(absl::string_view bytes, const Descriptor& type) {
  UnknownFieldSet fields;
  if (!fields.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return FindIn(fields, type, 0);
}

}  // namespace redress::services
