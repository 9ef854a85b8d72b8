// How well tickets are handled, seen by inspectors.
#pragma once

#include <string>

#include "redress/v1/inspection_service.pb.h"
#include "services/backend.h"
#include "services/clock.h"
#include "services/method_set.h"

namespace redress::services {

class InspectionService {
 public:
  explicit InspectionService(Backend& backend);
  const MethodSet& methods() const { return methods_; }

 private:
  void ListPlans(const Caller& caller, v1::ListPlansRequest request,
                 Reply<v1::ListPlansResponse> reply);
  void DrawSample(const Caller& caller, v1::DrawSampleRequest request,
                  Reply<v1::DrawSampleResponse> reply);
  void ListSamples(const Caller& caller, v1::ListSamplesRequest request,
                   Reply<v1::ListSamplesResponse> reply);
  void GetSample(const Caller& caller, v1::GetSampleRequest request,
                 Reply<v1::GetSampleResponse> reply);
  void ListSampledTickets(const Caller& caller, v1::ListSampledTicketsRequest request,
                          Reply<v1::ListSampledTicketsResponse> reply);
  void ListPopulation(const Caller& caller, v1::ListPopulationRequest request,
                      Reply<v1::ListPopulationResponse> reply);
  void RecordInspection(const Caller& caller, v1::RecordInspectionRequest request,
                        Reply<v1::RecordInspectionResponse> reply);
  void DisputeInspection(const Caller& caller, v1::DisputeInspectionRequest request,
                         Reply<v1::DisputeInspectionResponse> reply);
  void DecideInspection(const Caller& caller, v1::DecideInspectionRequest request,
                        Reply<v1::DecideInspectionResponse> reply);
  void GetInspectionReport(const Caller& caller, v1::GetInspectionReportRequest request,
                           Reply<v1::GetInspectionReportResponse> reply);
  void SubmitMysteryIssue(const Caller& caller, v1::SubmitMysteryIssueRequest request,
                          Reply<v1::SubmitMysteryIssueResponse> reply);
  void ListMysteryIssues(const Caller& caller, v1::ListMysteryIssuesRequest request,
                         Reply<v1::ListMysteryIssuesResponse> reply);

  // Hands a finished draw to the executor.
  void RecordDraw(const Caller& caller, v1::DrawSampleRequest request, v1::SampleDrawn draw,
                  Reply<v1::DrawSampleResponse> reply);

  Backend& backend_;
  SystemEntropy entropy_;
  MethodSet methods_;
};

}  // namespace redress::services
