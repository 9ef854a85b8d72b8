// The short reference that people read, type and say: eight characters in two groups, such as
// "K7M2-9QXD".
//
// Seven characters carry the ticket's number, scrambled so that neighbours look different and a
// number of tickets cannot be guessed; the eighth is a check character over GF(32) that finds every
// single wrong character and every swap of two. The alphabet is Crockford's base 32: no I, L, O, U;
// small letters and I, L (1) and O (0) are read as what they look like. A reference holds no
// secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace redress::engine {

// Tickets of one tenant.
inline constexpr uint64_t kTicketIdMax = (uint64_t{1} << 35) - 1;

// REQUIRES: ticket_id within 1 to kTicketIdMax.
std::string MakeReference(uint64_t ticket_id);

// The number behind a reference, or nothing when it is not well formed or its check character is
// wrong.
std::optional<uint64_t> ParseReference(absl::string_view reference);

// A ticket as a caller names it: a decimal id, or a reference. Nothing when it is neither.
std::optional<uint64_t> ParseTicketName(absl::string_view name);

}  // namespace redress::engine
