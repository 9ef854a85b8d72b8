// conformance_cel DIR: runs the rows of a folder and prints a table. Exits with 1 when a row fails
// that is not listed.
#include <cstdio>

#include "tests/conformance/cel/harness.h"
#include "tests/conformance/cel/rows.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: conformance_cel DIR\n");
    return 2;
  }
  const redress::conformance::Report report =
      redress::conformance::RunRows(redress::conformance::ReadRows(argv[1]));
  for (const std::string& failure : report.failures) std::printf("%s\n", failure.c_str());
  std::printf("%s", report.Table().c_str());
  return report.failed() == 0 ? 0 : 1;
}
