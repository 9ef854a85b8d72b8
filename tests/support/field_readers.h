// Readers of fields that are made of generated accessors, held against reflection.
#pragma once

#include "absl/types/span.h"
#include "engine/cel/field_accessor.h"

namespace redress::test {

// Each reader gives what reflection gives of its field, unset and, unless it is a list, set.
void ExpectToReadAsReflection(absl::Span<const cel::KnownField> fields);

}  // namespace redress::test
