// Fatal and general error rates of inspected tickets.
//
// fatal error rate = inspected tickets with at least one fatal defect / inspected tickets
// general error rate = non-fatal defects / opportunities for them
//
// Only tickets that were drawn count, each once. What a dispute came to counts as soon as it is
// decided; items that did not apply count in neither.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "redress/v1/event.pb.h"
#include "redress/v1/inspection.pb.h"
#include "redress/v1/inspection_service.pb.h"

namespace redress::engine {

// The results that count: those of the verdict where it overturned the inspection, else the first.
const google::protobuf::RepeatedPtrField<redress::v1::ItemResult>& FinalResults(
    const redress::v1::Inspection& inspection);

class ErrorTally {
 public:
  // A sample: its strata and the tickets that were drawn.
  void AddSample(const redress::v1::SampleDrawn& draw);

  // The inspection of one of its tickets. REQUIRES: the sample was added, and the inspection is of
  // it.
  void AddInspection(const redress::v1::SampleDrawn& draw,
                     const redress::v1::SampledTicket& ticket,
                     const redress::v1::Inspection& inspection);

  // The rates with their intervals; position and number of samples are left to the caller.
  redress::v1::GetInspectionReportResponse Report() const;

 private:
  using Values = std::vector<std::string>;
  using Table = std::map<Values, redress::v1::ErrorRates>;

  void AddItems(const redress::v1::Inspection& inspection);

  redress::v1::ErrorRates total_;
  Table strata_;
  Table departments_;
  Table inspectors_;
  Table items_;
};

}  // namespace redress::engine
