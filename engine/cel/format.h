// "%s has %d".format([...]).
#pragma once

#include "absl/types/span.h"
#include "engine/cel/function.h"
#include "engine/cel/value.h"

namespace redress::cel {

// Replaces clauses by the elements of the list: %s any value, %d a number, %f and %e with an
// optional precision, %b %o %x %X other bases, %% a percent sign.
Value Format(CallContext& context, absl::Span<const Value> arguments);

// Finds a malformed clause in a constant format.
Prepared CheckFormat(absl::Span<const Value* const> constants);

}  // namespace redress::cel
