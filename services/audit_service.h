// Figures, their members, and the proof that nothing was changed.
#pragma once

#include <string>

#include "redress/v1/audit_service.pb.h"
#include "services/backend.h"
#include "services/members.h"
#include "services/method_set.h"

namespace redress::services {

class AuditService {
 public:
  explicit AuditService(Backend& backend);
  const MethodSet& methods() const { return methods_; }

 private:
  void GetReport(const Caller& caller, v1::GetReportRequest request,
                 Reply<v1::GetReportResponse> reply);
  void GetMeasures(const Caller& caller, v1::GetMeasuresRequest request,
                   Reply<v1::GetMeasuresResponse> reply);
  void ListMembers(const Caller& caller, v1::ListMembersRequest request,
                   Reply<v1::ListMembersResponse> reply);
  void VerifyLedger(const Caller& caller, v1::VerifyLedgerRequest request,
                    Stream<v1::VerifyLedgerResponse> stream);

  // audit_findings.cc
  void GetFindings(const Caller& caller, v1::GetFindingsRequest request,
                   Reply<v1::GetFindingsResponse> reply);
  void ListFindings(const Caller& caller, v1::ListFindingsRequest request,
                    Reply<v1::ListFindingsResponse> reply);
  void ListReads(const Caller& caller, v1::ListReadsRequest request,
                 Reply<v1::ListReadsResponse> reply);

  void ListOfMeasure(const Caller& caller, const v1::ListMembersRequest& request, uint64_t first,
                     int size, Reply<v1::ListMembersResponse> reply);
  void ListOfCounter(const Caller& caller, const v1::ListMembersRequest& request, uint64_t first,
                     int size, Reply<v1::ListMembersResponse> reply);
  // Shows the page once that is recorded.
  void ShowMembers(const Caller& caller, const v1::ListMembersRequest& request, MemberPage page,
                   const Reply<v1::ListMembersResponse>& reply);

  Backend& backend_;
  MethodSet methods_;
};

}  // namespace redress::services
