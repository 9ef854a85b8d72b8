// The points of a write at which the process can be told to end.
#pragma once

#include <atomic>
#include <string>

namespace redress::test {

// What all points are called, in the order of a commit; then those of tables, the list of files,
// and names.
inline constexpr const char* kPoints[] = {
    "begin",       // before a transaction
    "commit",      // before the store is asked to commit
    "log-half",    // half of a record is in the log
    "log-whole",   // all of it, not synced
    "log-synced",  // synced, and nobody knows
    "committed",   // the store has answered, the caller has not
    "table-half",    "table-whole",    "table-synced",
    "manifest-half", "manifest-whole", "manifest-synced",
    "rename",        "renamed",        "delete",
    "deleted",       "directory-synced",
};

// Ends the process at one visit of one point. Thread-safe.
class Death {
 public:
  // At the visit number `visit` of `point`; an empty point: never.
  Death(std::string point, int visit) : point_(std::move(point)), left_(visit) {}

  // Ends the process with SIGKILL if this is the visit.
  void Visit(const std::string& point);

 private:
  const std::string point_;
  std::atomic<int> left_;
};

}  // namespace redress::test
