// One run of the process that is to be killed; see mortal_main.cc for what it says.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace redress::test {

class MortalProcess {
 public:
  // An empty point: it does not end by itself.
  MortalProcess(const std::string& directory, const std::string& point, int visit,
                const std::string& seed);
  // Kills it if it runs.
  ~MortalProcess();
  MortalProcess(const MortalProcess&) = delete;
  MortalProcess& operator=(const MortalProcess&) = delete;

  // The next line that it says, in words; nothing: it has ended.
  std::optional<std::vector<std::string>> Hear();
  // Requests for it to ask again.
  void Ask(const std::vector<std::string>& requests);
  // SIGKILL. What it said before can still be heard.
  void Kill();
  // Waits for its end: "killed", or what else it was.
  std::string End();

 private:
  pid_t pid_ = -1;
  FILE* says_ = nullptr;
  int hears_ = -1;
};

}  // namespace redress::test
