#include "tests/crash/mortal_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/check.h"

namespace redress::test {

MortalProcess::MortalProcess(const std::string& directory, const std::string& point, int visit,
                             const std::string& seed) {
  std::vector<std::string> words = {REDRESS_MORTAL_PATH, directory, point, absl::StrCat(visit),
                                    seed};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int from[2], to[2];
  CHECK_EQ(pipe2(from, O_CLOEXEC), 0);
  CHECK_EQ(pipe2(to, O_CLOEXEC), 0);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(from[1], STDOUT_FILENO);
    dup2(to[0], STDIN_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  CHECK(pid_ > 0);
  close(from[1]);
  close(to[0]);
  says_ = fdopen(from[0], "r");
  hears_ = to[1];
}

MortalProcess::~MortalProcess() {
  if (pid_ > 0) {
    Kill();
    End();
  }
  fclose(says_);
  close(hears_);
}

std::optional<std::vector<std::string>> MortalProcess::Hear() {
  std::string line;
  for (int byte = 0; (byte = fgetc(says_)) != EOF;) {
    if (byte == '\n') return absl::StrSplit(line, ' ');
    line += static_cast<char>(byte);
  }
  return std::nullopt;
}

void MortalProcess::Ask(const std::vector<std::string>& requests) {
  std::string text;
  for (const std::string& request : requests) absl::StrAppend(&text, request, "\n");
  absl::StrAppend(&text, ".\n");
  // It may be gone already; then nothing is heard from it any more.
  if (write(hears_, text.data(), text.size()) < 0) return;
}

void MortalProcess::Kill() { kill(pid_, SIGKILL); }

std::string MortalProcess::End() {
  int status = 0;
  CHECK_EQ(waitpid(pid_, &status, 0), pid_);
  pid_ = -1;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return "killed";
  return absl::StrCat("ended otherwise: status ", status);
}

}  // namespace redress::test
