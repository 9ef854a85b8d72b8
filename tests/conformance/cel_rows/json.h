// The types and values of conformance rows, from protobuf's JSON to ours.
#pragma once

#include <optional>
#include <string>

#include "engine/cel/function.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"
#include "tests/conformance/cel_rows/rows.h"

namespace redress::conformance {

// A declared type.
cel::Type TypeFromJson(const Json& json);

// A value; text points into `json`.
cel::Value ValueFromJson(const Json& json, cel::CallContext& context);

// A form that tells 1, 1u and 1.0 apart. -0.0 and 0.0 are the same, as they are in the rows.
std::string Canonical(const cel::Value& value);

}  // namespace redress::conformance
