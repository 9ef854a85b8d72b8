#include "tests/support/child_server.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"

extern char** environ;

namespace redress::test {

ChildServer::ChildServer(int descriptors, int reserve, Neighbour neighbour) {
  int input[2], output[2];
  CHECK_EQ(pipe2(input, O_CLOEXEC), 0);
  CHECK_EQ(pipe2(output, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);

  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  std::string program = (self.parent_path() / "redress_test_echo_server").string();
  std::string limit = absl::StrCat(descriptors), kept = absl::StrCat(reserve);
  std::string opens_files = neighbour == Neighbour::kOpensFiles ? "opens-files" : "";
  char* arguments[] = {program.data(), limit.data(), kept.data(), opens_files.data(), nullptr};
  CHECK_EQ(posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(input[0]);
  close(output[1]);
  input_ = input[1];

  std::string line;
  for (char byte = 0; read(output[0], &byte, 1) == 1 && byte != '\n';) line += byte;
  close(output[0]);
  CHECK(absl::SimpleAtoi(line, &port_));
}

ChildServer::~ChildServer() { Close(); }

int ChildServer::Close() {
  if (pid_ < 0) return 0;
  close(std::exchange(input_, -1));
  int status = 0;
  CHECK_EQ(waitpid(std::exchange(pid_, -1), &status, 0) > 0, true);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace redress::test
