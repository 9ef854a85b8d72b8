// The shape of a command: required fields, lengths, ranges, known enum numbers. What depends on the
// state of a ticket or on the playbook is decided later.
#pragma once

#include <vector>

#include "engine/ticket/rejection.h"
#include "redress/v1/command.pb.h"

namespace redress::engine {

// Every rule that the command breaks, each with its field; empty: well formed.
std::vector<FieldViolation> Validate(const v1::Command& command);

// The same for an issue alone. `path` is prefixed to the fields' names.
std::vector<FieldViolation> ValidateIssue(const v1::Issue& issue, absl::string_view path);

}  // namespace redress::engine
