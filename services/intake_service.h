// How issues come in.
#pragma once

#include "redress/v1/intake_service.pb.h"
#include "services/backend.h"
#include "services/method_set.h"

namespace redress::services {

class IntakeService {
 public:
  explicit IntakeService(Backend& backend);
  const MethodSet& methods() const { return methods_; }

 private:
  void SubmitIssue(const Caller& caller, v1::SubmitIssueRequest request,
                   Reply<v1::SubmitIssueResponse> reply);
  void BatchSubmitIssues(const Caller& caller, v1::BatchSubmitIssuesRequest request,
                         Reply<v1::BatchSubmitIssuesResponse> reply);
  void StreamIssues(const Caller& caller, v1::StreamIssuesRequest request,
                    Reply<v1::StreamIssuesResponse> reply);
  void ImportHistory(const Caller& caller, v1::ImportHistoryRequest request,
                     Reply<v1::ImportHistoryResponse> reply);

  Backend& backend_;
  MethodSet methods_;
};

}  // namespace redress::services
