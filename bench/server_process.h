// This program again as a process of its own, to be timed, weighed and killed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace redress::bench {

class ServerProcess {
 public:
  // Serves `directory` (see BenchServer); returns when it is ready to answer.
  explicit ServerProcess(const std::string& directory);
  // Kills it as kill -9 does, if it still runs.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  int port() const { return port_; }
  // The most memory that it had so far.
  int64_t PeakBytes() const;
  // Lets it end well.
  void Close();

 private:
  void Wait();

  pid_t pid_ = -1;
  int input_ = -1;
  int port_ = 0;
};

// The other side: serves until its input ends, and prints the port when it is ready. An exit code.
int ServeProcess(const std::string& directory);

// Runs this program with these arguments until it ends; the most memory that it had. Its output is
// ours.
int64_t RunToEnd(std::vector<std::string> arguments);

}  // namespace redress::bench
