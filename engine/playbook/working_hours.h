// A calendar as written, made ready to compute with.
#pragma once

#include "engine/time/calendar.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// Each holiday and exception of the years 1970 to 2099 as a date; an exception wins over a holiday.
// REQUIRES: as read without a fault.
WorkingHours ToWorkingHours(const redress::v1::Calendar& calendar);

}  // namespace redress::engine
