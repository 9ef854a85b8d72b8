// How much an expression can cost at most, before it runs.
//
// For whoever wants to refuse an expression when it is written; nobody does yet. Playbooks go by
// the steps that are taken instead, since most rows of a table are never looked at.
#pragma once

#include <cstdint>

#include "engine/cel/checker.h"

namespace redress::cel {

// What is taken as the number of elements of a list or map, and the bytes of a text, that only an
// evaluation knows.
inline constexpr uint64_t kUnknownSize = 1000;

// An upper bound of the steps that an evaluation takes, as long as what comes from variables has at
// most `unknown_size` elements or bytes. UINT64_MAX stands for that and everything above.
uint64_t EstimateCost(const CheckedAst& checked, uint64_t unknown_size = kUnknownSize);

}  // namespace redress::cel
