#include "bench/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "bench/echo_handlers.h"

extern char** environ;

namespace redress::bench {
namespace {

constexpr char kSelf[] = "/proc/self/exe";

pid_t Spawn(std::vector<std::string> arguments, const posix_spawn_file_actions_t* actions) {
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  pid_t pid = -1;
  CHECK_EQ(posix_spawn(&pid, kSelf, actions, nullptr, words.data(), environ), 0);
  return pid;
}

}  // namespace

ServerProcess::ServerProcess(const std::string& directory) {
  int input[2], output[2];
  CHECK_EQ(pipe2(input, O_CLOEXEC), 0);
  CHECK_EQ(pipe2(output, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  pid_ = Spawn({"redress_bench", "serve", directory}, &actions);
  posix_spawn_file_actions_destroy(&actions);
  close(input[0]);
  close(output[1]);
  input_ = input[1];

  std::string line;
  for (char byte = 0; read(output[0], &byte, 1) == 1 && byte != '\n';) line += byte;
  close(output[0]);
  CHECK(absl::SimpleAtoi(line, &port_));
}

ServerProcess::~ServerProcess() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  Wait();
}

void ServerProcess::Close() {
  close(std::exchange(input_, -1));
  Wait();
}

void ServerProcess::Wait() {
  if (input_ >= 0) close(std::exchange(input_, -1));
  int status = 0;
  CHECK_EQ(waitpid(std::exchange(pid_, -1), &status, 0) > 0, true);
}

int64_t ServerProcess::PeakBytes() const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/status"));
  constexpr absl::string_view kPeak = "VmHWM:";
  std::string word;
  int64_t kilobytes = 0;
  while (file >> word && word != kPeak) {
  }
  CHECK(static_cast<bool>(file >> kilobytes));
  return kilobytes * 1024;
}

int ServeProcess(const std::string& directory) {
  auto server = BenchServer::Start(directory);
  CHECK_OK(server.status());
  std::printf("%d\n", (*server)->port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}

int64_t RunToEnd(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "redress_bench");
  const pid_t pid = Spawn(std::move(arguments), nullptr);
  int status = 0;
  rusage usage = {};
  CHECK_EQ(wait4(pid, &status, 0, &usage), pid);
  CHECK_EQ(status, 0);
  return usage.ru_maxrss * 1024;
}

}  // namespace redress::bench
