// A user's mistake, as a value: why a command was refused. Nothing was changed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "redress/v1/error.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// One field that breaks one rule.
struct FieldViolation {
  // As a path, such as "issue.score.value".
  std::string field;
  // The rule, such as "must be 0 to 10 for NPS".
  std::string rule;
};

struct Rejection {
  v1::ErrorReason reason;
  // One sentence for people: what was wrong and what to do.
  std::string message;
  // The same facts for programs.
  std::vector<std::pair<std::string, std::string>> metadata;
  // Only for FIELD_INVALID.
  std::vector<FieldViolation> violations;
};

// FIELD_INVALID with a message that lists the violations. REQUIRES: at least one.
Rejection InvalidFields(std::vector<FieldViolation> violations);
Rejection InvalidField(absl::string_view field, absl::string_view rule);

Rejection TicketNotFound(absl::string_view name);
// `action` completes "cannot ...", such as "be resolved".
Rejection WrongState(const v1::Ticket& ticket, absl::string_view action);
Rejection EtagMismatch(const v1::Ticket& ticket, absl::string_view given);
Rejection NotHolder(const v1::Ticket& ticket);
Rejection LeaseLost(const v1::Ticket& ticket, uint64_t given_token);
Rejection PlaybookMissing();
Rejection DepartmentNotYours(absl::string_view department);

// "QUEUED" for TICKET_STATE_QUEUED, and so on for every enum of the API.
std::string ShortName(v1::TicketState state);
std::string ShortName(v1::Level level);
std::string ShortName(v1::ErrorReason reason);

}  // namespace redress::engine
