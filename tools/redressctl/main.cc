// redressctl: everything that the API offers, from the shell.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "absl/time/clock.h"
#include "tools/redressctl/run.h"

int main(int argc, char** argv) {
  // A reader that goes away shows as a failed write.
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  redress::ctl::Terminal terminal{std::cin, std::cout, std::cerr};
  terminal.is_out_tty = isatty(STDOUT_FILENO) == 1;
  terminal.is_err_tty = isatty(STDERR_FILENO) == 1;
  terminal.environment = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  terminal.now = absl::Now;
  terminal.sleep = absl::SleepFor;
  return redress::ctl::Run({argv + 1, argv + argc}, terminal);
}
