// Work in a process of its own, so that a broken invariant, which aborts, ends that work alone.
#pragma once

#include <cstdio>
#include <functional>
#include <string>

namespace redress::simulator {

struct ApartResult {
  // What the work wrote to its file, and what the process wrote to its standard error.
  std::string text;
  std::string errors;
  // The work returned.
  bool has_ended = false;
};

// REQUIRES: this process has one thread.
ApartResult RunApart(const std::function<void(std::FILE* out)>& work);

}  // namespace redress::simulator
