#include "engine/ticket/rejection.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/check.h"

namespace redress::engine {
namespace {

std::string WithoutPrefix(absl::string_view name, absl::string_view prefix) {
  return std::string(absl::StripPrefix(name, prefix));
}

std::string HolderName(const v1::Ticket& ticket) {
  return ticket.has_hold() ? ticket.hold().handler() : "nobody";
}

}  // namespace

Rejection InvalidFields(std::vector<FieldViolation> violations) {
  CHECK(!violations.empty());
  const std::string list =
      absl::StrJoin(violations, "; ", [](std::string* out, const FieldViolation& violation) {
        absl::StrAppend(out, violation.field, " ", violation.rule);
      });
  return {v1::ERROR_REASON_FIELD_INVALID, list, {}, std::move(violations)};
}

Rejection InvalidField(absl::string_view field, absl::string_view rule) {
  return InvalidFields({{std::string(field), std::string(rule)}});
}

Rejection TicketNotFound(absl::string_view name) {
  return {v1::ERROR_REASON_TICKET_NOT_FOUND,
          absl::StrCat("There is no ticket \"", name, "\". Give its id or its reference."),
          {{"ticket", std::string(name)}},
          {}};
}

Rejection WrongState(const v1::Ticket& ticket, absl::string_view action) {
  return {v1::ERROR_REASON_WRONG_STATE,
          absl::StrCat("Ticket ", ticket.reference(), " is ", ShortName(ticket.state()),
                       " and cannot ", action, "."),
          {{"ticket", ticket.reference()}, {"state", ShortName(ticket.state())}},
          {}};
}

Rejection EtagMismatch(const v1::Ticket& ticket, absl::string_view given) {
  return {v1::ERROR_REASON_ETAG_MISMATCH,
          absl::StrCat("Ticket ", ticket.reference(), " has changed: its etag is ", ticket.etag(),
                       ", not ", given, ". Read it again and decide again."),
          {{"ticket", ticket.reference()}, {"etag", ticket.etag()}},
          {}};
}

Rejection NotHolder(const v1::Ticket& ticket) {
  return {v1::ERROR_REASON_NOT_HOLDER,
          absl::StrCat("Ticket ", ticket.reference(), " is held by ", HolderName(ticket),
                       ". Pull it from its queue first."),
          {{"ticket", ticket.reference()}, {"holder", HolderName(ticket)}},
          {}};
}

Rejection LeaseLost(const v1::Ticket& ticket, uint64_t given_token) {
  return {v1::ERROR_REASON_LEASE_LOST,
          absl::StrCat("Lease ", given_token, " of ticket ", ticket.reference(),
                       " has ended; the ticket is held by ", HolderName(ticket), "."),
          {{"ticket", ticket.reference()}, {"holder", HolderName(ticket)}},
          {}};
}

Rejection PlaybookMissing() {
  return {v1::ERROR_REASON_PLAYBOOK_MISSING,
          "This tenant has no playbook. Publish one first.",
          {},
          {}};
}

Rejection DepartmentNotYours(absl::string_view department) {
  return {v1::ERROR_REASON_DEPARTMENT_NOT_YOURS,
          absl::StrCat("Your credentials do not cover department \"", department, "\"."),
          {{"department", std::string(department)}},
          {}};
}

std::string ShortName(v1::TicketState state) {
  return WithoutPrefix(v1::TicketState_Name(state), "TICKET_STATE_");
}

std::string ShortName(v1::Level level) {
  return WithoutPrefix(v1::Level_Name(level), "LEVEL_");
}

std::string ShortName(v1::ErrorReason reason) {
  return WithoutPrefix(v1::ErrorReason_Name(reason), "ERROR_REASON_");
}

}  // namespace redress::engine
