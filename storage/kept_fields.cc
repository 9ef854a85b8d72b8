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
  absl::string_view found;
  bool is_text = true;
  const bool is_whole = ForEachField(message, [&](int number, absl::string_view bytes) {
    if (number != field) return;
    CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()),
                           static_cast<int>(bytes.size()));
    uint32_t size = 0;
    is_text = WireFormatLite::GetTagWireType(input.ReadTag()) ==
                  WireFormatLite::WIRETYPE_LENGTH_DELIMITED &&
              input.ReadVarint32(&size);
    if (is_text) found = bytes.substr(bytes.size() - size);
  });
  if (!is_whole || !is_text) return std::nullopt;
  return found;
}

}  // namespace redress::storage
