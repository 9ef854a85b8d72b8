#include "tests/e2e/api_client.h"

#include <grpcpp/create_channel.h>

#include <atomic>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace redress::test {
namespace {

constexpr std::chrono::seconds kCallTimeMax(30);
constexpr int kReconnectMillis = 20;

}  // namespace

std::string Describe(const google::rpc::Status& status) {
  std::string reason = "-";
  std::vector<std::string> fields;
  for (const auto& detail : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest request;
    if (detail.UnpackTo(&info)) reason = info.reason();
    if (!detail.UnpackTo(&request)) continue;
    for (const auto& violation : request.field_violations()) fields.push_back(violation.field());
  }
  std::string line = absl::StrCat(
      absl::StatusCodeToString(static_cast<absl::StatusCode>(status.code())), " ", reason);
  if (!fields.empty()) absl::StrAppend(&line, " ", absl::StrJoin(fields, ","));
  return line;
}

std::string Describe(const grpc::Status& status) {
  if (status.ok()) return "OK";
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return "details cannot be read";
  details.set_code(status.error_code());
  return Describe(details);
}

std::shared_ptr<grpc::Channel> Connect(int port,
                                       std::shared_ptr<grpc::ChannelCredentials> credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectMillis);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMillis);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), credentials, arguments);
}

std::string NewRequestId() {
  static std::atomic<int> last = 0;
  return absl::StrCat("request-", ++last);
}

ApiClient::ApiClient(std::shared_ptr<grpc::Channel> channel, std::string token)
    : channel_(std::move(channel)),
      token_(std::move(token)),
      stubs_(v1::IntakeService::NewStub(channel_), v1::QueueService::NewStub(channel_),
             v1::TicketService::NewStub(channel_), v1::CustomerService::NewStub(channel_),
             v1::AuditService::NewStub(channel_), v1::PlaybookService::NewStub(channel_),
             v1::TrailService::NewStub(channel_), v1::OutboxService::NewStub(channel_),
             v1::AdminService::NewStub(channel_), v1::InspectionService::NewStub(channel_),
             v1::GoalService::NewStub(channel_)) {}

std::unique_ptr<grpc::ClientContext> ApiClient::Context() const {
  auto context = std::make_unique<grpc::ClientContext>();
  if (has_deadlines_) context->set_deadline(std::chrono::system_clock::now() + kCallTimeMax);
  if (!token_.empty()) context->AddMetadata("authorization", absl::StrCat("Bearer ", token_));
  return context;
}

}  // namespace redress::test
