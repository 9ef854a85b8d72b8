#include "services/measure_driver.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "services/backend.h"
#include "services/measure_keeper.h"

namespace redress::services {

absl::Status MeasureDriver::Tick(absl::Time now) {
  // A clock that was set back must not put it off for long.
  next_look_ = std::min(next_look_, now + kFillLookEvery);
  if (is_busy() || now < next_look_) return absl::OkStatus();
  std::vector<std::string> unfilled;
  {
    const LedgerView view(kv_);
    ASSIGN_OR_RETURN(const std::vector<std::string> tenants, view.reader().ListTenants());
    for (const std::string& tenant : tenants) {
      ASSIGN_OR_RETURN(const v1::MeasureStates states, view.reader().ReadMeasures(tenant));
      if (!IsFilled(states)) unfilled.push_back(tenant);
    }
  }
  next_look_ = unfilled.empty() ? now + kFillLookEvery : now;
  in_flight_ = unfilled.size();
  for (std::string& tenant : unfilled) {
    Order order;
    order.tenant = std::move(tenant);
    order.actor.id = "timer";
    order.actor.all_departments = true;
    order.command.mutable_fill_measures();
    order.done = [this](const Outcome&) { --in_flight_; };
    executor_.Submit(std::move(order));
  }
  return absl::OkStatus();
}

}  // namespace redress::services
