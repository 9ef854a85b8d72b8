#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace redress::base {

void CheckFailed(const char* file, int line, const std::string& what) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, what.c_str());
  std::fflush(stderr);
  std::abort();
}

}  // namespace redress::base
