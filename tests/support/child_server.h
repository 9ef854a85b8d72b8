// The echo server in a process of its own.
#pragma once

#include <sys/types.h>

#include <string>

namespace redress::test {

class ChildServer {
 public:
  // Something else in the process than the server that opens files.
  enum class Neighbour { kNone, kOpensFiles };

  // REQUIRES: redress_test_echo_server lies beside the running test.
  ChildServer(int descriptors, int reserve, Neighbour neighbour = Neighbour::kNone);
  // Closes it and waits for its end.
  ~ChildServer();
  ChildServer(const ChildServer&) = delete;
  ChildServer& operator=(const ChildServer&) = delete;

  int port() const { return port_; }
  pid_t pid() const { return pid_; }
  // Closes it; its exit code, or 128 and the signal that ended it.
  int Close();

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int port_ = 0;
};

}  // namespace redress::test
