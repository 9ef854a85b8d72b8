// What every call passes before its handler runs: deadline, identity, permission, load. One gate
// serves all protocols.
//
// Checks in this order, and the request itself is not read before all have passed: a call whose
// deadline has passed, a missing or unknown credential, a role that may not call the method, too
// many calls at once. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/auth.h"
#include "services/call.h"
#include "services/permission.h"

namespace redress::services {

struct GateOptions {
  // Calls at the same time, streams included.
  int in_flight_max = 4096;
  // Streams and parked calls among them, so that these cannot take all places.
  int parked_max = 1024;
  // What a unary call without a deadline, or with a later one, gets.
  absl::Duration unary_time_max = absl::Seconds(60);
  // Whose credentials count. Null: none are asked for, and every caller is `local_actor`.
  TokenFile* tokens = nullptr;
  // REQUIRES: set only when the server listens on loopback (see CheckListenAddress) and has no
  // tokens.
  std::optional<Actor> local_actor = std::nullopt;
  std::function<absl::Time()> now = [] { return absl::Now(); };
};

// What a transport knows about a call before it reads the request. Views must live through Admit
// only.
struct CallFacts {
  absl::string_view method = "";         // full name: "redress.v1.TicketService.Resolve"
  absl::string_view authorization = "";  // the header of this name; empty when there is none
  absl::string_view common_name = "";  // of a verified client certificate; empty when there is none
  absl::string_view peer = "";
  absl::Time deadline = absl::InfiniteFuture();
  bool is_stream = false;
};

class Gate {
 public:
  // REQUIRES: both outlive the gate.
  Gate(const PermissionTable* permissions, GateOptions options);
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // A caller was counted as in flight: call Leave once when the call has ended.
  std::variant<Caller, Failure> Admit(const CallFacts& facts);
  void Leave() { in_flight_.fetch_sub(1, std::memory_order_relaxed); }
  // False: every caller is trusted.
  bool asks_for_credentials() const { return options_.tokens != nullptr; }
  int in_flight() const { return in_flight_.load(std::memory_order_relaxed); }

  // Calls that wait are known here, so that Drain can end them. Nothing: the call may wait. A
  // failure: it must end so. Call Unpark when it has ended.
  std::optional<Failure> Park(const void* call, std::function<void(const Failure&)> end);
  void Unpark(const void* call);
  int parked() const;

  // Ends every waiting call with UNAVAILABLE and lets no new one wait. Calls in flight go on.
  void Drain();

 private:
  std::variant<Actor, Failure> Identify(const CallFacts& facts, absl::Time now);

  const PermissionTable* const permissions_;
  const GateOptions options_;
  std::atomic<int> in_flight_ = 0;
  mutable absl::Mutex mutex_;
  bool is_draining_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_map<const void*, std::function<void(const Failure&)>> parked_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::services
