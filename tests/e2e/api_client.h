// A client of the whole API, and its refusals as one line of text.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/string_view.h"
#include "redress/v1/admin_service.grpc.pb.h"
#include "redress/v1/audit_service.grpc.pb.h"
#include "redress/v1/customer_service.grpc.pb.h"
#include "redress/v1/goal_service.grpc.pb.h"
#include "redress/v1/inspection_service.grpc.pb.h"
#include "redress/v1/intake_service.grpc.pb.h"
#include "redress/v1/playbook_service.grpc.pb.h"
#include "redress/v1/outbox_service.grpc.pb.h"
#include "redress/v1/queue_service.grpc.pb.h"
#include "redress/v1/ticket_service.grpc.pb.h"
#include "redress/v1/trail_service.grpc.pb.h"

namespace redress::test {

using Intake = v1::IntakeService::Stub;
using Queue = v1::QueueService::Stub;
using Tickets = v1::TicketService::Stub;
using Customers = v1::CustomerService::Stub;
using Audit = v1::AuditService::Stub;
using Playbooks = v1::PlaybookService::Stub;
using Trails = v1::TrailService::Stub;
using Outbox = v1::OutboxService::Stub;
using Admin = v1::AdminService::Stub;
using Inspections = v1::InspectionService::Stub;
using Goals = v1::GoalService::Stub;

// "CODE REASON field,field" with the fields that the details name, or "OK".
std::string Describe(const grpc::Status& status);
// The same for one result among several.
std::string Describe(const google::rpc::Status& status);

// A connection of its own.
std::shared_ptr<grpc::Channel> Connect(
    int port, std::shared_ptr<grpc::ChannelCredentials> credentials =
                  grpc::InsecureChannelCredentials());

// Each call gets an id that no other call of this process has.
std::string NewRequestId();

class ApiClient {
 public:
  explicit ApiClient(std::shared_ptr<grpc::Channel> channel, std::string token = "");
  explicit ApiClient(int port, std::string token = "")
      : ApiClient(Connect(port), std::move(token)) {}

  template <class Stub>
  Stub& StubOf() const {
    return *std::get<std::unique_ptr<Stub>>(stubs_);
  }
  // Calls wait as long as it takes from here on. For servers whose clock is not the system's.
  void SetNoDeadlines() { has_deadlines_ = false; }
  // With the token, and a deadline that no healthy call meets.
  std::unique_ptr<grpc::ClientContext> Context() const;

  template <class Stub, class Request, class Response>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

  template <class Stub, class Request, class Response>
  grpc::Status Call(Method<Stub, Request, Response> method, const Request& request,
                    Response* response) const {
    return (StubOf<Stub>().*method)(Context().get(), request, response);
  }
  // What became of it; see Describe.
  template <class Stub, class Request, class Response>
  std::string Try(Method<Stub, Request, Response> method, const Request& request) const {
    Response response;
    return Describe(Call(method, request, &response));
  }
  // The answer; the test fails when there is none.
  template <class Stub, class Request, class Response>
  Response Must(Method<Stub, Request, Response> method, const Request& request) const {
    Response response;
    const grpc::Status status = Call(method, request, &response);
    EXPECT_TRUE(status.ok()) << Describe(status) << ": " << status.error_message();
    return response;
  }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  const std::string token_;
  bool has_deadlines_ = true;
  std::tuple<std::unique_ptr<Intake>, std::unique_ptr<Queue>, std::unique_ptr<Tickets>,
             std::unique_ptr<Customers>, std::unique_ptr<Audit>, std::unique_ptr<Playbooks>,
             std::unique_ptr<Trails>, std::unique_ptr<Outbox>, std::unique_ptr<Admin>,
             std::unique_ptr<Inspections>, std::unique_ptr<Goals>>
      stubs_;
};

}  // namespace redress::test
