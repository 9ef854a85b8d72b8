// A database as large as a year of work leaves it, made by the production executor without a
// network in between.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "storage/kv.h"

namespace redress::bench {

struct FillSize {
  // Tickets that wait in kLargeQueue and in kSmallQueue.
  uint64_t large_queue = 0;
  uint64_t small_queue = 0;
  // Tickets of kClosedDesk, each closed some hours to weeks after it came in.
  uint64_t closed = 0;
  // Tickets of kWorkedDesk, each pulled, accepted, answered, resolved and confirmed.
  uint64_t worked = 0;
  // What the playbook ends with, such as measures; may be empty.
  std::string playbook_end = {};
};

// Spreads the tickets evenly over the year that ends now. REQUIRES: `directory` holds no database.
// BenchServer serves the same directory.
absl::Status Fill(const std::string& directory, const FillSize& size);
// The same on any store. REQUIRES: `kv` is empty but for its format version.
absl::Status Fill(storage::Kv& kv, const FillSize& size);

}  // namespace redress::bench
