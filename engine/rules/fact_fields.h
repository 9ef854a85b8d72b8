// The fields that conditions look at, read by the generated accessors of their messages instead of
// by reflection, which takes several times as long.
//
// A field that is not here is read by reflection, and means the same.
#pragma once

#include "absl/types/span.h"
#include "engine/cel/field_accessor.h"

namespace redress::engine {

// The texts, numbers and enums of an issue, the ticket's facts and the customer's, and the messages
// that they are in.
absl::Span<const cel::KnownField> FactFieldReaders();

// nullptr: the field is not among them.
cel::FieldReader FindFactFieldReader(const google::protobuf::FieldDescriptor* field);

}  // namespace redress::engine
