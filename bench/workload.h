// The named workloads. Each prints its figures and returns whether every aim is met.
#pragma once

#include <string>

namespace redress::bench {

// Where a run keeps its files.
struct Workspace {
  // Empty, for databases that one workload makes.
  std::string scratch;
  // A large database in `large`, and one with the same days and departments but few tickets in
  // `small`.
  std::string large;
  std::string small;
};

bool RunSubmit(const Workspace& workspace);
bool RunBatch(const Workspace& workspace);
bool RunStream(const Workspace& workspace);
bool RunStore(const Workspace& workspace);
bool RunMeasures(const Workspace& workspace);
bool RunPull(const Workspace& workspace);
bool RunReport(const Workspace& workspace);
bool RunPostgres(const Workspace& workspace);
bool RunVerify(const Workspace& workspace);
bool RunOpen(const Workspace& workspace);
bool RunRules(const Workspace& workspace);
bool RunDeadlines(const Workspace& workspace);
bool RunBacktest(const Workspace& workspace);
bool RunDue(const Workspace& workspace);
bool RunText(const Workspace& workspace);

}  // namespace redress::bench
