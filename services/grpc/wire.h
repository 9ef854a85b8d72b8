// What gRPC says about a call, in the words of services/.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <optional>
#include <string>

#include "google/protobuf/message.h"
#include "services/failure.h"
#include "services/gate.h"
#include "services/method_set.h"

namespace redress::services {

// Admits one call by its metadata, its certificate and its deadline.
std::variant<Caller, Failure> AdmitCall(Gate& gate, const Method& method,
                                        const grpc::CallbackServerContext& context);

// Parses a serialised request. Nothing: it went well.
std::optional<Failure> ParseRequest(const grpc::ByteBuffer& bytes,
                                    google::protobuf::Message& request);

grpc::ByteBuffer SerializeResponse(const google::protobuf::Message& response);

}  // namespace redress::services
