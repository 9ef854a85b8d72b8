// Runs conformance rows and counts what comes out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/conformance/cel_rows/rows.h"

namespace redress::conformance {

enum class Verdict { kPassed, kFailed, kListed, kOutOfScope };

struct Finding {
  Verdict verdict;
  std::string what;  // of a failure: the row, what was wanted and what came out; else the reason
};

struct Counts {
  int passed = 0;
  int failed = 0;
  int listed = 0;
  int out_of_scope = 0;
};

struct Report {
  std::map<std::string, Counts> files;
  std::vector<std::string> failures;
  std::map<std::string, int> reasons;  // of listed rows
  std::map<std::string, int> out_of_scope;  // rows by why they are

  int failed() const { return static_cast<int>(failures.size()); }
  // One line a file, a line of sums, and the reasons of the rows that are listed or out of scope.
  std::string Table() const;
};

Finding RunRow(const Row& row);
Report RunRows(const std::vector<Row>& rows);

}  // namespace redress::conformance
