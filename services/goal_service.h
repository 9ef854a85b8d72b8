// What departments want to reach in a month.
#pragma once

#include "redress/v1/goal_service.pb.h"
#include "services/backend.h"
#include "services/method_set.h"

namespace redress::services {

class GoalService {
 public:
  explicit GoalService(Backend& backend);
  const MethodSet& methods() const { return methods_; }

 private:
  void ListGoals(const Caller& caller, v1::ListGoalsRequest request,
                 Reply<v1::ListGoalsResponse> reply);
  void RecordGoalEvidence(const Caller& caller, v1::RecordGoalEvidenceRequest request,
                          Reply<v1::RecordGoalEvidenceResponse> reply);

  Backend& backend_;
  MethodSet methods_;
};

}  // namespace redress::services
