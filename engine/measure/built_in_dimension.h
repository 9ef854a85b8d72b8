// The dimensions that every playbook has, and what a ticket's value in each of them is.
#pragma once

#include <bitset>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// Fields of tickets have numbers below this.
inline constexpr int kTicketFieldsMax = 128;
// Of some fields of a ticket, by their numbers.
using TicketFields = std::bitset<kTicketFieldsMax>;

// Their names; a dimension is known by its place among them.
std::vector<std::string> BuiltInDimensions();

// The fields of a ticket that a dimension's value follows from. REQUIRES: `place` is one in
// BuiltInDimensions.
TicketFields BuiltInDimensionReads(int place);

// The value of a dimension; empty where the ticket has none. Points into the ticket or to what
// lives for ever. REQUIRES: `place` is one in BuiltInDimensions.
absl::string_view BuiltInDimensionOf(int place, const v1::Ticket& ticket);

// The same by its name. REQUIRES: it is one of BuiltInDimensions.
absl::string_view BuiltInDimensionOf(absl::string_view name, const v1::Ticket& ticket);

}  // namespace redress::engine
