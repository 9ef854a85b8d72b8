#include "tests/e2e/generic_call.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <chrono>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/notification.h"
#include "base/check.h"
#include "tests/e2e/api_client.h"

namespace redress::test {
namespace {

using google::protobuf::MethodDescriptor;

grpc::ByteBuffer RequestOf(const MethodDescriptor& method, const std::string& text) {
  const std::unique_ptr<google::protobuf::Message> request(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(method.input_type())
          ->New());
  const bool is_read = google::protobuf::TextFormat::ParseFromString(text, request.get());
  if (!is_read) base::CheckFailed(__FILE__, __LINE__, absl::StrCat("cannot read ", text));
  const auto* request_id = method.input_type()->FindFieldByName("request_id");
  if (request_id != nullptr && !absl::StrContains(text, "request_id"))
    request->GetReflection()->SetString(request.get(), request_id, NewRequestId());
  const grpc::Slice slice(request->SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

// The refusal of one fact stands in the answer, not in the status of the stream.
std::string Result(const MethodDescriptor& method, const grpc::Status& status,
                   const grpc::ByteBuffer& response) {
  if (!status.ok() || method.output_type() != v1::ImportHistoryResponse::descriptor())
    return Describe(status);
  grpc::Slice slice;
  CHECK(response.DumpToSingleSlice(&slice).ok());
  v1::ImportHistoryResponse answer;
  CHECK(answer.ParseFromArray(slice.begin(), static_cast<int>(slice.size())));
  return answer.has_error() ? Describe(answer.error()) : "OK";
}

}  // namespace

std::string CallByName(const std::shared_ptr<grpc::Channel>& channel, const std::string& token,
                       absl::string_view method_name, const std::string& request_text) {
  const std::string name = absl::StrCat("redress.v1.", method_name);
  const MethodDescriptor* method =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
  if (method == nullptr) base::CheckFailed(__FILE__, __LINE__, absl::StrCat("no method ", name));
  const grpc::ByteBuffer request = RequestOf(*method, request_text);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  if (!token.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  const std::string path = absl::StrCat("/", method->service()->full_name(), "/", method->name());

  grpc::GenericStub stub(channel);
  grpc::ByteBuffer response;
  grpc::Status status;
  absl::Notification is_done;
  stub.UnaryCall(&context, path, grpc::StubOptions(), &request, &response,
                 [&](grpc::Status given) {
                   status = std::move(given);
                   is_done.Notify();
                 });
  is_done.WaitForNotification();
  return Result(*method, status, response);
}

}  // namespace redress::test
