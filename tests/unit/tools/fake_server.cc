#include "tests/unit/tools/fake_server.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tools/redressctl/run.h"

namespace redress::ctl {

grpc::Status MakeError(grpc::StatusCode code, const std::string& reason, const std::string& message,
                       const std::string& field, int retry_seconds) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(code));
  status.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("redress");
  status.add_details()->PackFrom(info);
  if (!field.empty()) {
    google::rpc::BadRequest bad_request;
    auto* violation = bad_request.add_field_violations();
    violation->set_field(field);
    violation->set_description("must not be empty");
    status.add_details()->PackFrom(bad_request);
  }
  if (retry_seconds > 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(retry_seconds);
    status.add_details()->PackFrom(retry);
  }
  return {code, message, status.SerializeAsString()};
}

grpc::Status FakeTickets::Take(const grpc::ServerContext& context,
                               const google::protobuf::Message& request) {
  requests.push_back(request.ShortDebugString());
  for (const auto& [name, value] : context.client_metadata()) {
    metadata[std::string(name.data(), name.size())] = std::string(value.data(), value.size());
  }
  if (next.empty()) return grpc::Status::OK;
  const grpc::Status status = next.front();
  next.erase(next.begin());
  return status;
}

grpc::Status FakeTickets::GetTicket(grpc::ServerContext* context,
                                    const v1::GetTicketRequest* request,
                                    v1::GetTicketResponse* response) {
  response->mutable_ticket()->set_reference("K7M2-9QXD");
  response->mutable_ticket()->set_id(7);
  response->mutable_ticket()->set_state(v1::TICKET_STATE_QUEUED);
  response->mutable_ticket()->set_title("重复扣款\x1b[31m");
  return Take(*context, *request);
}

grpc::Status FakeTickets::ListTickets(grpc::ServerContext* context,
                                      const v1::ListTicketsRequest* request,
                                      v1::ListTicketsResponse* response) {
  if (empty_pages > 0) {
    --empty_pages;
    response->set_next_page_token("one");
    return Take(*context, *request);
  }
  const bool is_second = request->page_token() == "two";
  v1::Ticket& ticket = *response->add_tickets();
  ticket.set_reference(is_second ? "BBBB-BBBB" : "AAAA-AAAA");
  ticket.set_department("billing");
  if (!is_second) response->set_next_page_token("two");
  return Take(*context, *request);
}

grpc::Status FakeTickets::ResolveTicket(grpc::ServerContext* context,
                                        const v1::ResolveTicketRequest* request,
                                        v1::ResolveTicketResponse* response) {
  response->mutable_ticket()->set_reference(request->ticket());
  response->mutable_ticket()->set_state(v1::TICKET_STATE_RESOLVED);
  return Take(*context, *request);
}

bool FakeIntake::TakeId(const std::string& id) {
  if (std::find(taken.begin(), taken.end(), id) != taken.end()) {
    ++repeated;
    return false;
  }
  taken.push_back(id);
  return true;
}

v1::SubmitResult FakeIntake::TakeIssue(const v1::SubmitIssueRequest& request) {
  v1::SubmitResult result;
  if (request.issue().channel().empty()) {
    const grpc::Status error = MakeError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID",
                                         "a field is wrong", "issue.channel");
    result.mutable_error()->ParseFromString(error.error_details());
    return result;
  }
  TakeId(request.request_id());
  result.mutable_response()->set_joined(!request.issue().key().empty());
  return result;
}

grpc::Status FakeIntake::BatchSubmitIssues(grpc::ServerContext* context,
                                           const v1::BatchSubmitIssuesRequest* request,
                                           v1::BatchSubmitIssuesResponse* response) {
  for (const auto& issue : request->requests()) *response->add_results() = TakeIssue(issue);
  return grpc::Status::OK;
}

grpc::Status FakeIntake::StreamIssues(grpc::ServerContext* context, IssueStream* stream) {
  ++streams;
  v1::StreamIssuesRequest request;
  for (int index = 0; stream->Read(&request); ++index) {
    if (streams == 1 && break_after > 0 && index == break_after) {
      return {grpc::StatusCode::UNAVAILABLE, "gone"};
    }
    v1::StreamIssuesResponse response;
    response.set_index(static_cast<uint64_t>(index));
    *response.mutable_result() = TakeIssue(request.request());
    stream->Write(response);
  }
  return grpc::Status::OK;
}

grpc::Status FakeIntake::ImportHistory(grpc::ServerContext* context, FactStream* stream) {
  ++streams;
  v1::ImportHistoryRequest request;
  for (int index = 0; stream->Read(&request); ++index) {
    v1::ImportHistoryResponse response;
    response.set_index(static_cast<uint64_t>(index));
    if (request.external_id() == refused_case) {
      const grpc::Status error =
          MakeError(grpc::StatusCode::FAILED_PRECONDITION, "IMPORT_ORDER", "too early");
      response.mutable_error()->ParseFromString(error.error_details());
    } else {
      response.mutable_fact()->set_repeated(!TakeId(request.request_id()));
    }
    // The fact is taken, but its reply is lost.
    if (streams == 1 && break_after > 0 && index == break_after) {
      return {grpc::StatusCode::UNAVAILABLE, "gone"};
    }
    stream->Write(response);
  }
  return grpc::Status::OK;
}

grpc::Status FakeAudit::GetReport(grpc::ServerContext* context, const v1::GetReportRequest* request,
                                  v1::GetReportResponse* response) {
  v1::Report& report = *response->mutable_report();
  report.set_from_day("2026-11-01");
  report.set_to_day("2026-11-08");
  report.set_commit(12);
  report.set_commit_hash("\x01\x02\x03\x04\x05\x06\x07");
  v1::ReportRow& total = *report.mutable_total();
  total.mutable_flow()->set_created(1200);
  total.mutable_flow()->set_closed(1000);
  total.mutable_flow()->set_reopened(10);
  total.mutable_flow()->set_open_end(210);
  total.mutable_flow()->set_tickets(1200);
  total.mutable_closure_cohort()->set_numerator(990);
  total.mutable_closure_cohort()->set_denominator(1200);
  total.mutable_time_to_close()->set_count(1000);
  total.mutable_time_to_close()->set_sum_seconds(1000 * 90000);
  total.mutable_time_to_close()->set_p50_seconds(2 * 86400 + 3 * 3600);
  for (const int dimension : request->by()) {
    v1::ReportTable& table = *report.add_tables();
    table.set_dimension(static_cast<v1::Dimension>(dimension));
    table.add_rows()->set_value("billing");
  }
  return grpc::Status::OK;
}

grpc::Status FakeAudit::VerifyLedger(grpc::ServerContext* context,
                                     const v1::VerifyLedgerRequest* request,
                                     grpc::ServerWriter<v1::VerifyLedgerResponse>* writer) {
  v1::VerifyLedgerResponse response;
  response.set_percent(50);
  writer->Write(response);
  response.set_percent(100);
  response.set_done(true);
  response.set_clean(is_clean);
  response.set_commits(3);
  response.set_events(1500);
  if (!is_clean) response.set_first_difference("commit 2: its hash differs");
  writer->Write(response);
  return grpc::Status::OK;
}

grpc::Status FakeAudit::GetMeasures(grpc::ServerContext* context,
                                    const v1::GetMeasuresRequest* request,
                                    v1::GetMeasuresResponse* response) {
  measures.assign(request->measures().begin(), request->measures().end());
  return grpc::Status::OK;
}

grpc::Status FakePlaybooks::GetPlaybook(grpc::ServerContext* context,
                                        const v1::GetPlaybookRequest* request,
                                        v1::GetPlaybookResponse* response) {
  response->mutable_version()->set_version(3);
  response->mutable_version()->set_source(live);
  return grpc::Status::OK;
}

grpc::Status FakePlaybooks::CheckPlaybook(grpc::ServerContext* context,
                                          const v1::CheckPlaybookRequest* request,
                                          v1::CheckPlaybookResponse* response) {
  if (request->source().find("fault") == std::string::npos) return grpc::Status::OK;
  auto* finding = response->add_findings();
  finding->set_line(3);
  finding->set_column(7);
  finding->set_message("no such field");
  finding->set_excerpt("when: isue.text\n      ^");
  return grpc::Status::OK;
}

FakeServer::FakeServer() {
  grpc::EnableDefaultHealthCheckService(true);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&tickets);
  builder.RegisterService(&intake);
  builder.RegisterService(&audit);
  builder.RegisterService(&playbooks);
  server_ = builder.BuildAndStart();
  address_ = absl::StrCat("127.0.0.1:", port);
}

FakeServer::~FakeServer() { server_->Shutdown(std::chrono::system_clock::now()); }

Outcome RunCtl(const std::string& address, std::vector<std::string> arguments,
               const std::map<std::string, std::string>& environment, const std::string& input) {
  if (!address.empty()) arguments.insert(arguments.end(), {"--server", address});
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  Terminal terminal{in, out, err};
  terminal.environment = [&](const char* name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
  terminal.now = absl::Now;
  terminal.sleep = [](absl::Duration) {};
  Outcome outcome;
  outcome.code = Run(arguments, terminal);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

}  // namespace redress::ctl
