// How the goals of a month stand.
#pragma once

#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/playbook/playbook.h"
#include "redress/v1/goal_service.pb.h"
#include "redress/v1/report.pb.h"
#include "services/failure.h"
#include "storage/ledger.h"

namespace redress::services {

// Sets figure, count and state of a standing whose goal has a measure. `row`: the department's
// figures; an empty one when it has none. `is_over`: the month is.
void JudgeGoal(const v1::MeasureReport& report, const v1::MeasureRow& row, bool is_over,
               v1::GoalStanding& standing);

v1::GoalEvidence ToEvidence(const v1::Event& event);

// The goals of a month, from cells: of a month that is over as it was known at its end, so that the
// answer never changes; of the present one as of now. A failure names the field that is wrong.
absl::StatusOr<std::variant<v1::ListGoalsResponse, Failure>> ReadGoals(
    const storage::LedgerReader& reader, absl::string_view tenant,
    const engine::Playbook& playbook, const v1::ListGoalsRequest& request, absl::Time now);

}  // namespace redress::services
