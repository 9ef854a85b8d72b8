// conformance_cel DIR: runs the rows of a folder and prints a table. Exits with 1 when a row fails
// that is not listed, with 2 when there are no rows.
#include <cstdio>
#include <string>
#include <vector>

#include "tests/conformance/cel_rows/harness.h"
#include "tests/conformance/cel_rows/rows.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: conformance_cel DIR\n");
    return 2;
  }
  const std::vector<redress::conformance::Row> rows = redress::conformance::ReadRows(argv[1]);
  if (rows.empty()) {
    std::fprintf(stderr, "conformance_cel: no rows in %s\n", argv[1]);
    return 2;
  }
  const redress::conformance::Report report = redress::conformance::RunRows(rows);
  for (const std::string& failure : report.failures) std::printf("%s\n", failure.c_str());
  std::printf("%s", report.Table().c_str());
  return report.failed() == 0 ? 0 : 1;
}
