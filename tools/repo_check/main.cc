// Checks the repository itself: directions of includes, purity of the engine, lengths, tests and
// documents.
#include <cstdio>
#include <string>
#include <vector>

#include "tools/repo_check/checks.h"
#include "tools/repo_check/tree.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: repo_check TOP_FOLDER\n");
    return 2;
  }
  const std::string top = argv[1];
  const std::vector<redress::repo_check::SourceFile> files = redress::repo_check::ReadTree(top);
  redress::repo_check::Complaints complaints;
  redress::repo_check::CheckIncludes(files, complaints);
  redress::repo_check::CheckPurity(files, complaints);
  redress::repo_check::CheckLengths(files, complaints);
  redress::repo_check::CheckDocuments(top, files, complaints);
  for (const std::string& complaint : complaints.all()) std::printf("%s\n", complaint.c_str());
  std::printf("%zu files checked, %zu complaints\n", files.size(), complaints.all().size());
  return complaints.all().empty() ? 0 : 1;
}
