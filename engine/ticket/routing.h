// Routing a ticket by the playbook, and the promises that follow.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "engine/ticket/decision.h"
#include "engine/ticket/draft.h"

namespace redress::engine {

// The key by which issues join an open ticket: the issue's own, or for an alert without one its
// source, name and labels, in the order of the labels' names. Empty: never joins.
std::string IssueKey(const v1::Issue& issue);

// Who gets what no other row routes.
const std::string& CatchAllDepartment(const Playbook& playbook);

// How a new issue is decided at `now`, from what the issue and the facts say.
v1::Decision RouteIssue(const Facts& facts, const v1::Issue& issue, absl::Time now);

// Opens the draft's ticket again in a new cycle and routes it with what is now known. It never goes
// below its present level, and one above it when the customer says for the second time that it was
// not fixed (SEMANTICS 7). REQUIRES: facts hold the issue and a playbook; the ticket is RESOLVED or
// CLOSED.
void Reopen(const Facts& facts, Draft& draft, v1::ReopenCause cause, const std::string& note,
            const std::string& personal_hash);

}  // namespace redress::engine
