#include "services/grpc/method_service.h"

#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>

#include "absl/strings/str_cat.h"
#include "services/grpc/reactor.h"

namespace redress::services {
namespace {

using grpc::internal::RpcMethod;

grpc::internal::MethodHandler* UnaryHandler(Gate* gate, const Method& method) {
  return new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
      [gate, &method](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                      grpc::ByteBuffer* response) {
        return UnaryReactor::Start(gate, method, context, request, response);
      });
}

grpc::internal::MethodHandler* StreamHandler(Gate* gate, const Method& method) {
  return new grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
      [gate, &method](grpc::CallbackServerContext* context) {
        return StreamReactor::Start(gate, method, context);
      });
}

}  // namespace

MethodService::MethodService(const MethodSet& methods, Gate* gate) {
  paths_.reserve(methods.methods().size());
  for (const Method& method : methods.methods()) {
    paths_.push_back(
        absl::StrCat("/", methods.service().full_name(), "/", method.descriptor->name()));
    // A stream of answers to one request is served as a stream both ways of which one message is
    // read.
    const bool is_unary = !method.descriptor->server_streaming();
    const int index = static_cast<int>(paths_.size()) - 1;
    AddMethod(new grpc::internal::RpcServiceMethod(
        paths_.back().c_str(), is_unary ? RpcMethod::NORMAL_RPC : RpcMethod::BIDI_STREAMING,
        nullptr));
    MarkMethodRawCallback(index,
                          is_unary ? UnaryHandler(gate, method) : StreamHandler(gate, method));
  }
}

}  // namespace redress::services
