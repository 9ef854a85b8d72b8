// Two threads that add to one number: each under a lock of its own, which is a race that the
// sanitizer must find, or with the argument "guarded" under the same one, which is none.
#include <cstdio>
#include <cstring>
#include <thread>

#include "absl/synchronization/mutex.h"

namespace {

absl::Mutex one, other;
int number = 0;

void Add(absl::Mutex& mutex) {
  for (int i = 0; i < 1000; ++i) {
    const auto is_there = [] { return number >= 0; };
    absl::MutexLock lock(&mutex, absl::Condition(&is_there));
    ++number;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_guarded = argc > 1 && std::strcmp(argv[1], "guarded") == 0;
  std::thread first([] { Add(one); });
  std::thread second([is_guarded] { Add(is_guarded ? one : other); });
  first.join();
  second.join();
  std::printf("%d\n", number);
}
