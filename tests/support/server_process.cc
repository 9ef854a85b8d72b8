#include "tests/support/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace redress::test {
namespace {

constexpr absl::string_view kServing = "serving on port ";

std::vector<std::string> Arguments(const std::string& data_directory,
                                   std::vector<std::string> flags) {
  std::vector<std::string> arguments = {REDRESSD_PATH, "--data", data_directory};
  const auto add_unless_given = [&](const std::string& flag, const std::string& value) {
    for (const std::string& given : flags)
      if (given == flag) return;
    arguments.push_back(flag);
    arguments.push_back(value);
  };
  add_unless_given("--listen", "127.0.0.1:0");
  add_unless_given("--playbook", REDRESS_STARTER_PLAYBOOK);
  for (std::string& flag : flags) arguments.push_back(std::move(flag));
  return arguments;
}

// The child between fork and exec: only calls that are safe there.
[[noreturn]] void Become(char* const* arguments, int log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(log, STDERR_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

}  // namespace

std::string StarterPlaybook() {
  std::ifstream file(REDRESS_STARTER_PLAYBOOK);
  CHECK(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

ServerProcess::ServerProcess(const std::string& data_directory, std::vector<std::string> flags)
    : arguments_(Arguments(data_directory, std::move(flags))) {}

ServerProcess::~ServerProcess() {
  if (is_running()) Kill();
}

bool ServerProcess::Start() {
  Launch();
  if (!WaitForLog(kServing)) {
    Wait();
    return false;
  }
  const std::string text = log();
  const size_t begin = text.find(std::string(kServing)) + kServing.size();
  CHECK(absl::SimpleAtoi(text.substr(begin, text.find('\n', begin) - begin), &port_));
  return true;
}

void ServerProcess::Launch() {
  CHECK(!is_running());
  std::vector<char*> arguments;
  for (const std::string& argument : arguments_)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  int ends[2];
  CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
  pid_ = fork();
  if (pid_ == 0) Become(arguments.data(), ends[1]);
  CHECK(pid_ > 0);
  close(ends[1]);
  {
    absl::MutexLock lock(&mutex_);
    log_.clear();
    is_log_complete_ = false;
  }
  reader_ = std::thread([this, descriptor = ends[0]] { ReadLog(descriptor); });
}

// Whole lines only, so that a text that is waited for is there to its end.
void ServerProcess::ReadLog(int descriptor) {
  std::string line;
  char bytes[4096];
  ssize_t count = 0;
  while ((count = read(descriptor, bytes, sizeof(bytes))) > 0) {
    line.append(bytes, static_cast<size_t>(count));
    const size_t end = line.rfind('\n');
    if (end == std::string::npos) continue;
    absl::MutexLock lock(&mutex_);
    log_.append(line, 0, end + 1);
    line.erase(0, end + 1);
  }
  close(descriptor);
  absl::MutexLock lock(&mutex_);
  log_.append(line);
  is_log_complete_ = true;
}

bool ServerProcess::WaitForLog(absl::string_view text) {
  const auto is_there = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return is_log_complete_ || absl::StrContains(log_, text);
  };
  absl::MutexLock lock(&mutex_, absl::Condition(&is_there));
  return absl::StrContains(log_, text);
}

void ServerProcess::Terminate() { CHECK_EQ(kill(pid_, SIGTERM), 0); }

int ServerProcess::Wait() {
  CHECK(is_running());
  int status = 0;
  CHECK_EQ(waitpid(pid_, &status, 0), pid_);
  pid_ = -1;
  reader_.join();
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
  return exit_code_;
}

int ServerProcess::Stop() {
  Terminate();
  return Wait();
}

int ServerProcess::Kill() {
  CHECK_EQ(kill(pid_, SIGKILL), 0);
  return Wait();
}

std::string ServerProcess::log() const {
  absl::MutexLock lock(&mutex_);
  return log_;
}

}  // namespace redress::test
