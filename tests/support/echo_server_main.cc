// The echo server as a process of its own, for attacks that need one: low limits, peak memory.
//
//     redress_test_echo_server DESCRIPTORS RESERVE [opens-files]
//
// sets its own limit of descriptors, prints its port, and closes when its standard input does. With
// opens-files, a thread opens and closes files all the time, as any part of a process may.

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "base/check.h"
#include "tests/support/echo_edge.h"

namespace {

void OpenFiles(const std::atomic<bool>& is_over) {
  while (!is_over.load()) {
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (file >= 0) close(file);
    absl::SleepFor(absl::Microseconds(20));
  }
}

}  // namespace

int main(int argc, char** argv) {
  CHECK(argc == 3 || argc == 4);
  const bool opens_files = argc == 4 && std::string(argv[3]) == "opens-files";
  const rlim_t descriptors = static_cast<rlim_t>(std::atoi(argv[1]));
  const rlimit limit = {.rlim_cur = descriptors, .rlim_max = descriptors};
  CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);

  redress::test::EchoEdgeOptions options;
  options.server.accept.descriptors_reserve = std::atoi(argv[2]);
  redress::test::EchoEdge edge(std::move(options));
  std::printf("%d\n", edge.server().port());
  std::fflush(stdout);

  std::atomic<bool> is_over = false;
  std::thread neighbour([&] {
    if (opens_files) OpenFiles(is_over);
  });
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  is_over = true;
  neighbour.join();
  edge.server().Shutdown(absl::Seconds(5));
  return 0;
}
