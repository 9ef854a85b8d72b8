#include "services/grpc/wire.h"

#include <grpcpp/security/auth_context.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <chrono>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace redress::services {
namespace {

absl::string_view View(const grpc::string_ref& ref) { return {ref.data(), ref.size()}; }

// Two headers of this name are answered like a wrong one: which of them counts must not be a matter
// of order.
absl::string_view Authorization(const grpc::CallbackServerContext& context) {
  const auto [first, last] = context.client_metadata().equal_range("authorization");
  if (first == last) return "";
  if (std::next(first) != last) return "ambiguous";
  return View(first->second);
}

std::string VerifiedCommonName(const grpc::CallbackServerContext& context) {
  const std::shared_ptr<const grpc::AuthContext> peer = context.auth_context();
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return "";
  const std::vector<grpc::string_ref> names = peer->FindPropertyValues("x509_common_name");
  return names.size() == 1 ? std::string(View(names[0])) : "";
}

absl::Time Deadline(const grpc::CallbackServerContext& context) {
  const std::chrono::system_clock::time_point deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return absl::FromChrono(deadline);
}

std::string Flatten(const grpc::ByteBuffer& bytes) {
  grpc::Slice slice;
  if (!bytes.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

}  // namespace

std::variant<Caller, Failure> AdmitCall(Gate& gate, const Method& method,
                                        const grpc::CallbackServerContext& context) {
  const absl::string_view authorization = Authorization(context);
  const std::string common_name = authorization.empty() ? VerifiedCommonName(context) : "";
  const std::string peer = context.peer();
  return gate.Admit({.method = method.descriptor->full_name(),
                     .authorization = authorization,
                     .common_name = common_name,
                     .peer = peer,
                     .deadline = Deadline(context),
                     .is_stream = method.descriptor->server_streaming()});
}

std::optional<Failure> ParseRequest(const grpc::ByteBuffer& bytes,
                                    google::protobuf::Message& request) {
  grpc::ByteBuffer shared = bytes;  // the reader wants a mutable one; the slices are shared
  bool is_parsed = false;
  {
    grpc::ProtoBufferReader reader(&shared);
    is_parsed = reader.status().ok() && request.ParseFromZeroCopyStream(&reader);
  }
  if (is_parsed) return std::nullopt;
  return MalformedRequest(Flatten(bytes), *request.GetDescriptor());
}

grpc::ByteBuffer SerializeResponse(const google::protobuf::Message& response) {
  const size_t size = response.ByteSizeLong();
  grpc::Slice slice(size);
  response.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace redress::services
