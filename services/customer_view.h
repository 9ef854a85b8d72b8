// A ticket in plain words for its customer.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "redress/v1/customer_service.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::services {

// Pure. `answers`: what the customer was told, oldest first. `now` decides whether disputing is
// still possible.
v1::CustomerView MakeCustomerView(const v1::Ticket& ticket, std::vector<std::string> answers,
                                  absl::Time now);

}  // namespace redress::services
