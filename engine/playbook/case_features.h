// What can be said of one case in conditions of one term: the words that it has, the values of its
// fields. Two cases that share a condition have the same one.
#pragma once

#include <string>
#include <vector>

#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// Words of a text that become conditions; further ones are passed over.
inline constexpr size_t kFeatureWordsMax = 200;

// The conditions in CEL, sorted, each once. `effects`: what was decided, for what the ticket was
// found to be about.
std::vector<std::string> FeaturesOf(const redress::v1::Issue& issue,
                                    const redress::v1::Effects& effects);

}  // namespace redress::engine
