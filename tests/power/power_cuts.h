// A run of the product on a recorded disk, and what is left of it after power cuts.
#pragma once

#include <cstdint>
#include <string>

namespace redress::test {

struct PowerCutResult {
  // Empty: every image held what it must. Else the first that did not, and how.
  std::string failure;
  int images = 0;
  int commits = 0;
  // What the run did to its disk, and how many of its files were whole tables.
  size_t disk_events = 0;
};

// Runs some weeks of an office, then makes `images` disks after cuts at instants that `seed` draws,
// opens each and compares: it must hold the state after the last acknowledged commit, or after the
// one that was under way, to the byte.
PowerCutResult RunPowerCuts(uint64_t seed, int images);

}  // namespace redress::test
