// The functions that only measures have.
#pragma once

#include "engine/cel/environment.h"
#include "engine/measure/measure.h"

namespace redress::engine {

inline constexpr absl::string_view kOpenTimeFunction = "open_time";

// ticket.attribute(name) and open_time(calendar, from, to). `open_time` must outlive the
// environment.
void AddMeasureFunctions(const OpenTime& open_time, cel::Environment& environment);

}  // namespace redress::engine
