// A candidate playbook that decides beside the live one for a while, without effect.
//
// It follows the ledger: what was committed is read back and decided again, so that nobody who
// submits waits for it, and what it counts depends on the ledger alone. How far it came is kept
// with what it counted in one record, so that after a restart every decision is counted once. It
// writes no events, and nothing but its own two records.
//
// Thread-safe. Main starts a thread that calls Tick.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/playbook/playbook.h"
#include "redress/v1/rule_review.pb.h"
#include "services/failure.h"
#include "storage/kv.h"
#include "storage/ledger.h"

namespace redress::services {

// Commits that one Tick reads of each tenant.
inline constexpr uint64_t kShadowCommitsPerTick = 16;
// How often what was counted is written down while it works; also what a crash costs in work.
inline constexpr absl::Duration kShadowSaveInterval = absl::Seconds(5);

class ShadowFollower {
 public:
  // The store outlives this.
  explicit ShadowFollower(storage::Kv& kv) : kv_(kv) {}

  // What somebody asks for.
  struct StartOrder {
    std::string tenant;
    std::string actor;
    std::string request_id;
    std::string reason;
    std::string source;
    absl::Time now;
  };
  using Answer = absl::StatusOr<std::variant<v1::Shadow, Failure>>;

  // Decides again what is committed from now on. The same request twice answers the same.
  Answer Start(const StartOrder& order, std::unique_ptr<const engine::Playbook> candidate);
  Answer Stop(const std::string& tenant, const std::string& actor, const std::string& request_id,
              absl::Time now);
  Answer Get(const std::string& tenant, bool with_source);

  // Follows the ledger a bit for every tenant. True: there is more to read.
  absl::StatusOr<bool> Tick(absl::Time now);

  // Writes down what was counted and not written yet.
  absl::Status Save();

 private:
  // A candidate, running or stopped.
  struct Follow {
    v1::Shadow shadow;  // with its source
    std::shared_ptr<const engine::Playbook> candidate;  // null: stopped. Kept while it decides
    bool is_saved = true;
    absl::Time save_time;
  };

  absl::Status LoadAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Load(const storage::LedgerReader& reader, const std::string& tenant)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // True: there is more to read.
  absl::StatusOr<bool> Advance(const storage::LedgerReader& reader, const std::string& tenant,
                               Follow& follow);
  // `with_source`: also what it was started with.
  absl::Status Write(const std::string& tenant, Follow& follow, bool with_source);

  storage::Kv& kv_;
  absl::Mutex mutex_;
  bool is_loaded_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, Follow> follows_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::services
