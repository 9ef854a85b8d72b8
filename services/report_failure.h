// Figures that are not served, as failures that a caller is told.
#pragma once

#include "engine/measure/report_plan.h"
#include "services/failure.h"

namespace redress::services {

// What a report that is not served answers.
Failure ToFailure(const engine::ReportFailure& failure);

}  // namespace redress::services
