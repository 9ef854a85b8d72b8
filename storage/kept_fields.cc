#include "storage/kept_fields.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>

#include "absl/functional/function_ref.h"

namespace redress::storage {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Shows the number and the bytes, tag and all, of each field. False: they are no message.
bool ForEachField(absl::string_view message,
                  absl::FunctionRef<void(int number, absl::string_view bytes)> visit) {
  CodedInputStream input(reinterpret_cast<const uint8_t*>(message.data()),
                         static_cast<int>(message.size()));
  while (true) {
    const int start = input.CurrentPosition();
    const uint32_t tag = input.ReadTag();
    if (tag == 0) return static_cast<size_t>(start) == message.size();
    if (!WireFormatLite::SkipField(&input, tag)) return false;
    visit(WireFormatLite::GetTagFieldNumber(tag),
          message.substr(static_cast<size_t>(start),
                         static_cast<size_t>(input.CurrentPosition() - start)));
  }
}

// What stands behind the tag and the size of a field; nothing when it has no size.
std::optional<absl::string_view> ContentOf(absl::string_view field) {
  CodedInputStream input(reinterpret_cast<const uint8_t*>(field.data()),
                         static_cast<int>(field.size()));
  uint32_t size = 0;
  const bool has_size = WireFormatLite::GetTagWireType(input.ReadTag()) ==
                            WireFormatLite::WIRETYPE_LENGTH_DELIMITED &&
                        input.ReadVarint32(&size);
  if (!has_size) return std::nullopt;
  return field.substr(field.size() - size);
}

}  // namespace

std::optional<std::string> KeepFields(absl::string_view message, absl::Span<const int> fields) {
  std::string kept;
  const bool is_whole = ForEachField(message, [&](int number, absl::string_view bytes) {
    if (std::find(fields.begin(), fields.end(), number) != fields.end())
      kept.append(bytes.data(), bytes.size());
  });
  if (!is_whole) return std::nullopt;
  return kept;
}

std::optional<absl::string_view> FindField(absl::string_view message, int field) {
  std::optional<absl::string_view> found = absl::string_view();
  const bool is_whole = ForEachField(message, [&](int number, absl::string_view bytes) {
    if (number == field) found = ContentOf(bytes);
  });
  return is_whole ? found : std::nullopt;
}

std::optional<absl::string_view> FindEntry(absl::string_view message, int field, size_t index) {
  std::optional<absl::string_view> found;
  size_t passed = 0;
  const bool is_whole = ForEachField(message, [&](int number, absl::string_view bytes) {
    if (number == field && passed++ == index) found = ContentOf(bytes);
  });
  return is_whole ? found : std::nullopt;
}

}  // namespace redress::storage
