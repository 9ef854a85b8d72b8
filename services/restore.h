// Makes a directory that a server can be started on from a backup, and proves that it is whole.
//
// Offline: no server knows of it until it is started on the new directory. The work is done beside
// the target, under its name with ".restoring" behind it, and the target appears when all is well.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace redress::services {

struct RestorePlan {
  std::string backups;  // the directory that holds them
  uint32_t number = 0;  // 0: the newest
  std::string target;   // must not exist
  // Takes one tenant back to a commit, or every tenant to the commits made at an instant or before.
  // REQUIRES: not both.
  std::string tenant = {};
  std::optional<uint64_t> commit = std::nullopt;
  std::optional<absl::Time> time = std::nullopt;
};

// A tenant as it stands in the new directory.
struct RestoredTenant {
  std::string tenant;
  uint64_t commit = 0;
  absl::Time time;  // of that commit
  uint64_t events = 0;
  uint64_t tickets = 0;
};

struct RestoreFinding {
  uint32_t number = 0;  // of the backup
  std::vector<RestoredTenant> tenants;
};

// What is being done, in a few words, at each step.
using RestoreProgress = std::function<void(const std::string& step)>;

// Fails with ALREADY_EXISTS when the target does, with NOT_FOUND when there is no such backup,
// tenant or commit, with FAILED_PRECONDITION when the directory holds no backups or the backup has
// a newer format, with DATA_LOSS when something of it is damaged, and with RESOURCE_EXHAUSTED when
// the disk has too little room. The target does not exist then.
absl::StatusOr<RestoreFinding> Restore(const RestorePlan& plan, const RestoreProgress& tell);

}  // namespace redress::services
