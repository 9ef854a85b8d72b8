// Checks a playbook, and looks among stored tickets for cases that show what it warns of.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/ticket/actor.h"
#include "redress/v1/playbook_service.pb.h"
#include "storage/ledger.h"

namespace redress::services {

// The newest tickets that are looked at for cases.
inline constexpr uint64_t kCaseTicketsMax = 500;

// Faults of a source, or warnings. Tickets of departments that the actor may not act for are not
// named.
absl::StatusOr<v1::CheckPlaybookResponse> CheckSource(const storage::LedgerReader& reader,
                                                      const engine::Actor& actor,
                                                      const std::string& tenant,
                                                      const std::string& source);

}  // namespace redress::services
