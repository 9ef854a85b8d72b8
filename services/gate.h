// What every call passes before its handler runs: deadline, identity, permission, load. One gate
// serves all protocols.
//
// Checks in this order, and the request itself is not read before all have passed: a call whose
// deadline has passed, a missing or unknown credential, a role that may not call the method, too
// many calls at once. Thread-safe.
#pragma once

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
  // Calls at the same time, streams included. A client may have no more than are free beside those
  // of its tenant, as in a FairQueue: alone it gets a third.
  int in_flight_max = 6144;
  // Streams and parked calls among them, so that these cannot take all places; shared likewise.
  // Without tokens all callers are one client, which may have them all.
  int parked_max = 2048;
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
  absl::string_view method = "";         // full name: "redress.v1.TicketService.ResolveTicket"
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

  // A caller was counted as in flight: call Leave with it once when the call has ended.
  std::variant<Caller, Failure> Admit(const CallFacts& facts);
  void Leave(const Caller& caller);
  // False: every caller is trusted.
  bool asks_for_credentials() const { return options_.tokens != nullptr; }
  int in_flight() const;

  // Calls that wait are known here, so that Drain can end them. Nothing: the call of this actor may
  // wait. A failure: it must end so. Call Unpark when it has ended. REQUIRES: the call is not here.
  std::optional<Failure> Park(const Actor& actor, const void* call,
                              std::function<void(const Failure&)> end);
  void Unpark(const void* call);
  int parked() const;

  // Ends every waiting call with UNAVAILABLE and lets no new one wait. Calls in flight go on.
  void Drain();

 private:
  // Places that calls have taken, by tenant and client.
  class Places {
   public:
    // Counts a call; false: its client has its share of `places_max`.
    bool Take(const Actor& actor, int places_max);
    // REQUIRES: the actor has taken one.
    void GiveBack(const Actor& actor);
    int taken() const { return taken_; }

   private:
    struct Party {
      int taken = 0;
      absl::flat_hash_map<std::string, int> clients;
    };
    // Drops the counts of a client that has no call.
    void Forget(const Actor& actor);

    int taken_ = 0;
    absl::flat_hash_map<std::string, Party> parties_;
  };
  struct Parked {
    Actor actor;
    std::function<void(const Failure&)> end;
  };

  std::variant<Actor, Failure> Identify(const CallFacts& facts, absl::Time now);

  const PermissionTable* const permissions_;
  const GateOptions options_;
  mutable absl::Mutex seats_mutex_;
  Places seats_ ABSL_GUARDED_BY(seats_mutex_);
  mutable absl::Mutex mutex_;
  bool is_draining_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_map<const void*, Parked> parked_ ABSL_GUARDED_BY(mutex_);
  // Of those in `parked_`, where callers are told apart.
  Places parked_places_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::services
