// The examples inside a playbook: issues, and where they must go.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/cel/issue.h"
#include "engine/rules/rule_tables.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// Routes every example and reports, at its offset, each that goes elsewhere or makes a condition
// fail. Returns how many were run. REQUIRES: one offset for each example.
int RunExamples(const redress::v1::Playbook& playbook, const RuleTables& rules,
                const std::vector<uint32_t>& offsets, cel::IssueList& issues);

}  // namespace redress::engine
