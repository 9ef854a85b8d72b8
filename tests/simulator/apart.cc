#include "tests/simulator/apart.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "base/check.h"

namespace redress::simulator {
namespace {

std::string ReadAll(std::FILE* file) {
  std::string text;
  char bytes[4096];
  std::rewind(file);
  while (const size_t count = std::fread(bytes, 1, sizeof(bytes), file)) text.append(bytes, count);
  std::fclose(file);
  return text;
}

}  // namespace

ApartResult RunApart(const std::function<void(std::FILE* out)>& work) {
  std::FILE* out = std::tmpfile();
  std::FILE* errors = std::tmpfile();
  CHECK(out != nullptr && errors != nullptr);
  std::fflush(stdout);
  const pid_t child = fork();
  CHECK_GE(child, 0);
  if (child == 0) {
    dup2(fileno(errors), STDERR_FILENO);
    work(out);
    std::fflush(out);
    std::_Exit(EXIT_SUCCESS);
  }
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  return {ReadAll(out), ReadAll(errors), WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS};
}

}  // namespace redress::simulator
