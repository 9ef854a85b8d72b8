// The methods of one service, each bound to its handler; what a transport serves.
//
// No protocol is known here, so gRPC and HTTP serve the same set. Bind in the constructor of the
// handlers' class:
//
//     QueueService::QueueService(...) : methods_(*file->FindServiceByName("QueueService")) {
//       methods_.Unary("ExtendLease", this, &QueueService::ExtendLease);
//       methods_.ServerStream("WatchQueue", this, &QueueService::WatchQueue);
//     }
//
// REQUIRES: message types as the service declares them (checked when bound), and every method bound
// before the server starts (checked then). A method whose requests are a stream is bound with
// PerMessage: its handler is called for each message, as if each were a unary call, and one failure
// ends the stream. Answers come in the order in which they are given, which need not be that of the
// requests.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "services/call.h"
#include "services/disguise.h"

namespace redress::services {

// Reads the request from whatever the transport received. Nothing: it went well.
using ReadRequest = absl::FunctionRef<std::optional<Failure>(google::protobuf::Message& request)>;

struct Method {
  const google::protobuf::MethodDescriptor* descriptor;
  // Exactly one of the two is set. Each reads the request, then calls the handler; both end with a
  // failure when the request cannot be read.
  std::function<void(const Caller&, ReadRequest, std::shared_ptr<CallSink>)> start = {};
  std::function<void(const Caller&, ReadRequest, std::shared_ptr<StreamSink>)> start_stream = {};
};

class MethodSet {
 public:
  explicit MethodSet(const google::protobuf::ServiceDescriptor& service);

  template <class Handlers, class Request, class Response>
  void Unary(absl::string_view name, Handlers* handlers,
             void (Handlers::*handler)(const Caller&, Request, Reply<Response>)) {
    BindOneAnswer<Request, Response>(Declared(name, Shape::kUnary), handlers, handler);
  }

  template <class Handlers, class Request, class Response>
  void PerMessage(absl::string_view name, Handlers* handlers,
                  void (Handlers::*handler)(const Caller&, Request, Reply<Response>)) {
    BindOneAnswer<Request, Response>(Declared(name, Shape::kBothStream), handlers, handler);
  }

  template <class Handlers, class Request, class Response>
  void ServerStream(absl::string_view name, Handlers* handlers,
                    void (Handlers::*handler)(const Caller&, Request, Stream<Response>)) {
    const auto* declared = Declared(name, Shape::kServerStream);
    CheckTypes(*declared, *Request::descriptor(), *Response::descriptor());
    const auto disguise = std::make_shared<const Disguise>(*Response::descriptor());
    Bind(declared).start_stream = [handlers, handler, disguise](const Caller& caller,
                                                                ReadRequest read,
                                                                std::shared_ptr<StreamSink> sink) {
      Request request;
      if (std::optional<Failure> failure = read(request)) return sink->Fail(*failure);
      (handlers->*handler)(caller, std::move(request),
                           Stream<Response>(DisguisedFor(caller, disguise, std::move(sink))));
    };
  }

  const google::protobuf::ServiceDescriptor& service() const { return *service_; }
  // In the order of the service's declaration. REQUIRES: every method is bound.
  const std::vector<Method>& methods() const;

 private:
  enum class Shape { kUnary, kServerStream, kBothStream };
  const google::protobuf::MethodDescriptor* Declared(absl::string_view name, Shape shape) const;
  static void CheckTypes(const google::protobuf::MethodDescriptor& declared,
                         const google::protobuf::Descriptor& request,
                         const google::protobuf::Descriptor& response);
  Method& Bind(const google::protobuf::MethodDescriptor* declared);

  template <class Request, class Response, class Handlers>
  void BindOneAnswer(const google::protobuf::MethodDescriptor* declared, Handlers* handlers,
                     void (Handlers::*handler)(const Caller&, Request, Reply<Response>)) {
    CheckTypes(*declared, *Request::descriptor(), *Response::descriptor());
    const auto disguise = std::make_shared<const Disguise>(*Response::descriptor());
    Bind(declared).start = [handlers, handler, disguise](const Caller& caller, ReadRequest read,
                                                         std::shared_ptr<CallSink> sink) {
      Request request;
      if (std::optional<Failure> failure = read(request)) return sink->Fail(*failure);
      (handlers->*handler)(caller, std::move(request),
                           Reply<Response>(DisguisedFor(caller, disguise, std::move(sink))));
    };
  }

  const google::protobuf::ServiceDescriptor* service_;
  std::vector<Method> methods_;
};

// Why these bytes are not a request of this type, once parsing has failed: names the field whose
// text is not UTF-8.
Failure MalformedRequest(absl::string_view bytes, const google::protobuf::Descriptor& type);

}  // namespace redress::services
