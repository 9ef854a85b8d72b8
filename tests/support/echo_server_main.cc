// The echo server as a process of its own, for attacks that need one: low limits, peak memory.
//
//     redress_test_echo_server DESCRIPTORS RESERVE
//
// sets its own limit of descriptors, prints its port, and closes when its standard input does.

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/check.h"
#include "tests/support/echo_edge.h"

int main(int argc, char** argv) {
  CHECK_EQ(argc, 3);
  const rlim_t descriptors = static_cast<rlim_t>(std::atoi(argv[1]));
  const rlimit limit = {.rlim_cur = descriptors, .rlim_max = descriptors};
  CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);

  redress::test::EchoEdgeOptions options;
  options.server.accept.descriptors_reserve = std::atoi(argv[2]);
  redress::test::EchoEdge edge(std::move(options));
  std::printf("%d\n", edge.server().port());
  std::fflush(stdout);

  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  edge.server().Shutdown(absl::Seconds(5));
  return 0;
}
