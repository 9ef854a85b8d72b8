// The built redressd in a process of its own, for tests of the real thing.
//
// A process never outlives its ServerProcess, nor the test: the kernel kills it when the thread
// that started it ends. REQUIRES: that thread lives as long as the server shall.
#pragma once

#include <sys/types.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace redress::test {

class ServerProcess {
 public:
  // What a process exits with when a signal ended it.
  static constexpr int kSignalled = 128;

  // On the database in `data_directory`, with the starter playbook. `flags` come after those and
  // win.
  explicit ServerProcess(const std::string& data_directory, std::vector<std::string> flags = {});
  // Kills it if it runs.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Runs it and waits until it serves (true) or has ended (false). REQUIRES: it does not run.
  bool Start();
  // Runs it without waiting.
  void Launch();
  // Asks it to end; see Wait.
  void Terminate();
  // Waits for its end: its exit code, or kSignalled and the signal.
  int Wait();
  int Stop();  // Terminate, Wait
  int Kill();  // SIGKILL, Wait

  // Waits until the log of this run has this text; false: the process ended without it.
  bool WaitForLog(absl::string_view text);

  // Of the newest run that has ended; see Wait.
  int exit_code() const { return exit_code_; }
  bool is_running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  // Of the newest run that served.
  int port() const { return port_; }
  // What the newest run wrote to its standard error so far.
  std::string log() const;

 private:
  void ReadLog(int descriptor);

  const std::vector<std::string> arguments_;
  pid_t pid_ = -1;
  int port_ = 0;
  int exit_code_ = 0;
  std::thread reader_;
  mutable absl::Mutex mutex_;
  std::string log_ ABSL_GUARDED_BY(mutex_);
  bool is_log_complete_ ABSL_GUARDED_BY(mutex_) = false;
};

// The playbook that ServerProcess starts with.
std::string StarterPlaybook();

}  // namespace redress::test
