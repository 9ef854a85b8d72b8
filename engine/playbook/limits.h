// How large a playbook may be.
#pragma once

#include <cstddef>
#include <cstdint>

namespace redress::engine {

inline constexpr size_t kDepartmentsMax = 1'000;
inline constexpr size_t kCalendarsMax = 100;
inline constexpr size_t kHoursPerDayMax = 24;
inline constexpr size_t kDatedMax = 1'000;  // holidays, and exceptions, of a calendar
// The days of all of them together; those of every year once.
inline constexpr int64_t kDatedDaysMax = 1'000;
inline constexpr size_t kClocksMax = 1'000;
inline constexpr size_t kWarningsMax = 10;
inline constexpr size_t kPauseReasonsMax = 10;
inline constexpr size_t kChainsMax = 1'000;
inline constexpr size_t kChainStepsMax = 20;
inline constexpr size_t kChainStopsMax = 3;
inline constexpr int kStepPercentMax = 1'000;
inline constexpr size_t kUrlSizeMax = 512;  // characters
inline constexpr size_t kRolesMax = 1'000;
inline constexpr size_t kDirectorMonthsMax = 600;
inline constexpr int kHandOversRaiseMax = 100;
inline constexpr size_t kGoalsMax = 10'000;
inline constexpr size_t kFormsMax = 100;
inline constexpr size_t kFormItemsMax = 100;
inline constexpr int kItemOpportunitiesMax = 100;
inline constexpr size_t kPlansMax = 100;
inline constexpr size_t kPlanDimensionsMax = 4;
inline constexpr size_t kPlanStrataMax = 1'000;
inline constexpr int kPlanCountMax = 5'000;
inline constexpr size_t kTouchpointsMax = 1'000;
inline constexpr size_t kCategoriesMax = 10'000;
inline constexpr size_t kRowsMax = 100'000;  // of each table
inline constexpr size_t kFactsMax = 200;
inline constexpr int kRouteDepthMax = 4;             // rows below rows
inline constexpr size_t kJoinedBytesMax = 16 << 10;  // of a condition with those above it
inline constexpr size_t kReasonSizeMax = 200;        // characters
inline constexpr size_t kExamplesMax = 10'000;
inline constexpr size_t kConditionBytesMax = 8 << 10;
inline constexpr size_t kTitleSizeMax = 200;     // characters
inline constexpr size_t kShortTextSizeMax = 64;  // characters
inline constexpr size_t kLabelsMax = 32;
inline constexpr int kHistoryCountMax = 1'000;  // of an example

}  // namespace redress::engine
