// What the complainant sees and says.
#pragma once

#include "absl/status/statusor.h"
#include "redress/v1/customer_service.pb.h"
#include "services/backend.h"
#include "services/method_set.h"

namespace redress::services {

class CustomerService {
 public:
  explicit CustomerService(Backend& backend);
  const MethodSet& methods() const { return methods_; }

 private:
  void GetView(const Caller& caller, v1::GetViewRequest request, Reply<v1::GetViewResponse> reply);
  void ConfirmResolution(const Caller& caller, v1::ConfirmResolutionRequest request,
                         Reply<v1::ConfirmResolutionResponse> reply);
  void DisputeResolution(const Caller& caller, v1::DisputeResolutionRequest request,
                         Reply<v1::DisputeResolutionResponse> reply);

  absl::StatusOr<v1::CustomerView> ViewOf(const std::string& tenant, const v1::Ticket& ticket);
  template <class Response>
  void ExecuteWithView(Order order, Reply<Response> reply);

  Backend& backend_;
  MethodSet methods_;
};

}  // namespace redress::services
