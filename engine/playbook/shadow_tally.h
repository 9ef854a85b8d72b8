// Counts what a candidate decides otherwise than the live playbook did.
//
// Pure, and bounded: what is listed has limits, the rest is only counted.
#pragma once

#include <string>

#include "redress/v1/rule_review.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// Differences listed, and kinds of moves counted apart.
inline constexpr int kShadowDifferencesMax = 200;
inline constexpr int kShadowMovesMax = 500;

// Counts one decision and what the candidate made of it. `time`: when it was made.
void CountShadow(redress::v1::Shadow& shadow, const std::string& reference,
                 const google::protobuf::Timestamp& time, const redress::v1::Decision& live,
                 const redress::v1::Decision& candidate);

}  // namespace redress::engine
