// Passing absl::Status up. Statuses are for what the world did (disk, network); a user's mistake is
// a value, see engine/ticket/rejection.h.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns the status from the enclosing function unless it is OK.
#define RETURN_IF_ERROR(expression)                                      \
  do {                                                                   \
    ::absl::Status return_if_error_status = (expression);                \
    if (!return_if_error_status.ok()) return return_if_error_status;     \
  } while (false)

#define REDRESS_CONCAT_INNER(left, right) left##right
#define REDRESS_CONCAT(left, right) REDRESS_CONCAT_INNER(left, right)

// Declares or assigns `target` from a StatusOr, or returns its status from the enclosing function.
#define ASSIGN_OR_RETURN(target, expression) \
  ASSIGN_OR_RETURN_INNER(REDRESS_CONCAT(status_or_, __LINE__), target, expression)
#define ASSIGN_OR_RETURN_INNER(temporary, target, expression) \
  auto temporary = (expression);                              \
  if (!temporary.ok()) return temporary.status();             \
  target = *std::move(temporary)
