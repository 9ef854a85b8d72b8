// The playbook and the issues that the workloads use. Everything follows from a number, so two runs
// do the same work.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "redress/v1/intake_service.pb.h"

namespace redress::bench {

inline constexpr char kTenant[] = "default";

// Departments with a queue of their own, which the product of an issue names.
inline constexpr char kLargeQueue[] = "large_queue";
inline constexpr char kSmallQueue[] = "small_queue";
inline constexpr char kClosedDesk[] = "closed_desk";
inline constexpr char kWorkedDesk[] = "worked_desk";
// Issues that the generated rows route.
inline constexpr char kAnyDepartment[] = "";

// The part of a playbook that names the categories of the sample issues.
std::string TaxonomySource();

// 200 rows: 100 that classify and 100 that route. All but the last four ask for three equal fields
// and a bound on a fourth, and few of them match any one issue. Promises are longer than any run,
// so no deadline fires meanwhile.
std::string PlaybookSource();

// The starter playbook's dimensions and measures, as they stand there. REQUIRES: this runs from the
// top of the repository.
std::string StarterMeasures();

// The issue number `number` of a run, for one of the departments above. Numbers never repeat within
// a tenant and run.
v1::SubmitIssueRequest SampleIssue(absl::string_view run, uint64_t number,
                                   absl::string_view department);

}  // namespace redress::bench
