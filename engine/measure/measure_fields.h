// The fields that conditions of measures commonly look at, read by the generated accessors of their
// messages instead of by reflection.
//
// A field that is not here is read by reflection, and means the same.
#pragma once

#include "absl/types/span.h"
#include "engine/cel/field_accessor.h"

namespace redress::engine {

// Of tickets and what is in them, and of events and their facts.
absl::Span<const cel::KnownField> MeasureFields();

}  // namespace redress::engine
