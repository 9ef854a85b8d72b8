// Figures, their members, and the proof that nothing was changed.
#pragma once

#include "redress/v1/audit_service.pb.h"
#include "services/backend.h"
#include "services/method_set.h"

namespace redress::services {

class AuditService {
 public:
  explicit AuditService(Backend& backend);
  const MethodSet& methods() const { return methods_; }

 private:
  void GetReport(const Caller& caller, v1::GetReportRequest request,
                 Reply<v1::GetReportResponse> reply);
  void ListMembers(const Caller& caller, v1::ListMembersRequest request,
                   Reply<v1::ListMembersResponse> reply);
  void VerifyLedger(const Caller& caller, v1::VerifyLedgerRequest request,
                    Stream<v1::VerifyLedgerResponse> stream);

  Backend& backend_;
  MethodSet methods_;
};

}  // namespace redress::services
