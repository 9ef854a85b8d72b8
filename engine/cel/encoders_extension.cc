// base64.encode and base64.decode.
#include "absl/strings/escaping.h"
#include "engine/cel/environment.h"

namespace redress::cel {
namespace {

using Arguments = absl::Span<const Value>;

Value Encode(CallContext& context, Arguments a) {
  return context.NewString(absl::Base64Escape(a[0].AsBytes()));
}

// With or without padding.
Value Decode(CallContext& context, Arguments a) {
  std::string bytes;
  if (!absl::Base64Unescape(a[0].AsString(), &bytes)) {
    return context.Error("the text is not base64");
  }
  return context.NewBytes(bytes);
}

}  // namespace

void AddEncodersExtension(Environment& environment) {
  environment.AddFunctions({
      {"base64_encode_bytes", "base64.encode(bytes) -> string", Encode},
      {"base64_decode_string", "base64.decode(string) -> bytes", Decode},
  });
}

}  // namespace redress::cel
