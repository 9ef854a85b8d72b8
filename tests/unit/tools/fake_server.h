// A server that answers from scripts, in the test's own process, and a redressctl to run against
// it.
#pragma once

#include <grpcpp/server.h>

#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "redress/v1/audit_service.grpc.pb.h"
#include "redress/v1/intake_service.grpc.pb.h"
#include "redress/v1/playbook_service.grpc.pb.h"
#include "redress/v1/queue_service.grpc.pb.h"
#include "redress/v1/ticket_service.grpc.pb.h"

namespace redress::ctl {

// An error as the real server sends it.
grpc::Status MakeError(grpc::StatusCode code, const std::string& reason, const std::string& message,
                       const std::string& field = "", int retry_seconds = 0);

class FakeTickets : public v1::TicketService::Service {
 public:
  grpc::Status GetTicket(grpc::ServerContext* context, const v1::GetTicketRequest* request,
                         v1::GetTicketResponse* response) override;
  grpc::Status ListTickets(grpc::ServerContext* context, const v1::ListTicketsRequest* request,
                           v1::ListTicketsResponse* response) override;
  grpc::Status ResolveTicket(grpc::ServerContext* context, const v1::ResolveTicketRequest* request,
                             v1::ResolveTicketResponse* response) override;

  // Answers of the next calls; OK when there are none left.
  std::vector<grpc::Status> next;
  // The next pages of a list have nothing, but are not the last.
  int empty_pages = 0;
  // What came in.
  std::vector<std::string> requests;
  std::map<std::string, std::string> metadata;

 private:
  grpc::Status Take(const grpc::ServerContext& context, const google::protobuf::Message& request);
};

// Takes every issue and fact, but for those that the test names.
class FakeIntake : public v1::IntakeService::Service {
 public:
  grpc::Status BatchSubmitIssues(grpc::ServerContext* context,
                                 const v1::BatchSubmitIssuesRequest* request,
                                 v1::BatchSubmitIssuesResponse* response) override;
  using IssueStream = grpc::ServerReaderWriter<v1::StreamIssuesResponse, v1::StreamIssuesRequest>;
  grpc::Status StreamIssues(grpc::ServerContext* context, IssueStream* stream) override;
  using FactStream = grpc::ServerReaderWriter<v1::ImportHistoryResponse, v1::ImportHistoryRequest>;
  grpc::Status ImportHistory(grpc::ServerContext* context, FactStream* stream) override;

  int break_after = 0;       // the first stream breaks after this many replies; 0: never
  std::string refused_case;  // facts of this case are refused
  int streams = 0;
  std::vector<std::string> taken;  // request ids, each once
  int repeated = 0;

 private:
  v1::SubmitResult TakeIssue(const v1::SubmitIssueRequest& request);
  bool TakeId(const std::string& id);
};

class FakeAudit : public v1::AuditService::Service {
 public:
  grpc::Status GetReport(grpc::ServerContext* context, const v1::GetReportRequest* request,
                         v1::GetReportResponse* response) override;
  grpc::Status VerifyLedger(grpc::ServerContext* context, const v1::VerifyLedgerRequest* request,
                            grpc::ServerWriter<v1::VerifyLedgerResponse>* writer) override;
  grpc::Status GetMeasures(grpc::ServerContext* context, const v1::GetMeasuresRequest* request,
                           v1::GetMeasuresResponse* response) override;
  bool is_clean = true;
  std::vector<std::string> measures;  // that the last call asked for
};

class FakePlaybooks : public v1::PlaybookService::Service {
 public:
  grpc::Status CheckPlaybook(grpc::ServerContext* context, const v1::CheckPlaybookRequest* request,
                             v1::CheckPlaybookResponse* response) override;
  grpc::Status GetPlaybook(grpc::ServerContext* context, const v1::GetPlaybookRequest* request,
                           v1::GetPlaybookResponse* response) override;
  std::string live;  // version 3
};

class FakeServer {
 public:
  FakeServer();
  ~FakeServer();

  const std::string& address() const { return address_; }

  FakeTickets tickets;
  FakeIntake intake;
  FakeAudit audit;
  FakePlaybooks playbooks;

 private:
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

// What one run of redressctl did.
struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

// Runs it with "--server ADDRESS" added, unless the address is empty. Pauses are not slept.
Outcome RunCtl(const std::string& address, std::vector<std::string> arguments,
               const std::map<std::string, std::string>& environment = {},
               const std::string& input = "");

}  // namespace redress::ctl
