#include "services/gate.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace redress::services {
namespace {

Failure DeadlinePassed() {
  return {.code = absl::StatusCode::kDeadlineExceeded,
          .reason = kReasonDeadlinePassed,
          .message = "the deadline had passed before the call was taken up; nothing was done"};
}

Failure TokenMissing() {
  return {.code = absl::StatusCode::kUnauthenticated,
          .reason = kReasonTokenMissing,
          .message = "send the header \"authorization: Bearer <token>\""};
}

// One text for every wrong credential, so that a guess learns nothing.
Failure TokenInvalid() {
  return {.code = absl::StatusCode::kUnauthenticated,
          .reason = kReasonTokenInvalid,
          .message = "the credential is not valid here"};
}

Failure NotPermitted(absl::string_view method) {
  return {.code = absl::StatusCode::kPermissionDenied,
          .reason = kReasonNotPermitted,
          .message = absl::StrCat("none of the caller's roles may call ", method),
          .metadata = {{"method", std::string(method)}}};
}

Failure TooManyCalls() {
  return {.code = absl::StatusCode::kResourceExhausted,
          .reason = kReasonServerBusy,
          .message = "too many calls at the same time",
          .retry_delay = absl::Seconds(1)};
}

Failure Draining() {
  return {.code = absl::StatusCode::kUnavailable,
          .reason = kReasonServerDraining,
          .message = "the server is closing; call again, another will answer",
          .retry_delay = absl::Seconds(1)};
}

}  // namespace

Gate::Gate(const PermissionTable* permissions, GateOptions options)
    : permissions_(permissions), options_(std::move(options)) {
  CHECK(permissions_ != nullptr);
  CHECK(options_.tokens == nullptr || !options_.local_actor.has_value());
}

std::variant<Caller, Failure> Gate::Admit(const CallFacts& facts) {
  const absl::Time now = options_.now();
  if (facts.deadline <= now) return DeadlinePassed();
  std::variant<Actor, Failure> identified = Identify(facts, now);
  if (auto* failure = std::get_if<Failure>(&identified)) return std::move(*failure);

  Caller caller{.actor = std::get<Actor>(std::move(identified))};
  const std::optional<Scope> scope = permissions_->Find(facts.method, caller.actor.roles);
  if (!scope.has_value()) return NotPermitted(facts.method);
  caller.scope = *scope;
  caller.method = std::string(facts.method);
  caller.peer = std::string(facts.peer);
  caller.deadline =
      facts.is_stream ? facts.deadline : std::min(facts.deadline, now + options_.unary_time_max);

  absl::MutexLock lock(&seats_mutex_);
  if (!seats_.Take(caller.actor, options_.in_flight_max)) return TooManyCalls();
  return caller;
}

bool Gate::Places::Take(const Actor& actor, int places_max) {
  if (taken_ >= places_max) return false;
  Party& party = parties_[actor.tenant];
  int& of_client = party.clients[actor.id];
  if (of_client >= places_max - taken_ - party.taken) {
    Forget(actor);
    return false;
  }
  ++taken_;
  ++party.taken;
  ++of_client;
  return true;
}

void Gate::Places::GiveBack(const Actor& actor) {
  Party& party = parties_.at(actor.tenant);
  --taken_;
  --party.taken;
  --party.clients.at(actor.id);
  Forget(actor);
}

void Gate::Places::Forget(const Actor& actor) {
  const auto party = parties_.find(actor.tenant);
  const auto client = party->second.clients.find(actor.id);
  if (client->second == 0) party->second.clients.erase(client);
  if (party->second.taken == 0) parties_.erase(party);
}

void Gate::Leave(const Caller& caller) {
  absl::MutexLock lock(&seats_mutex_);
  seats_.GiveBack(caller.actor);
}

int Gate::in_flight() const {
  absl::MutexLock lock(&seats_mutex_);
  return seats_.taken();
}

std::variant<Actor, Failure> Gate::Identify(const CallFacts& facts, absl::Time now) {
  if (options_.tokens == nullptr) {
    if (options_.local_actor.has_value()) return *options_.local_actor;
    return TokenMissing();
  }
  constexpr absl::string_view kScheme = "Bearer ";
  const std::shared_ptr<const TokenTable> table = options_.tokens->Current(now);
  const Actor* actor = nullptr;
  if (!facts.authorization.empty()) {
    if (!absl::StartsWithIgnoreCase(facts.authorization, kScheme)) return TokenInvalid();
    actor = table->FindToken(facts.authorization.substr(kScheme.size()));
  } else if (!facts.common_name.empty()) {
    actor = table->FindCertificate(facts.common_name);
  } else {
    return TokenMissing();
  }
  if (actor == nullptr) return TokenInvalid();
  return *actor;
}

std::optional<Failure> Gate::Park(const Actor& actor, const void* call,
                                  std::function<void(const Failure&)> end) {
  absl::MutexLock lock(&mutex_);
  if (is_draining_) return Draining();
  if (parked_.size() >= static_cast<size_t>(options_.parked_max)) return TooManyCalls();
  if (asks_for_credentials() && !parked_places_.Take(actor, options_.parked_max))
    return TooManyCalls();
  CHECK(parked_.emplace(call, Parked{actor, std::move(end)}).second);
  return std::nullopt;
}

void Gate::Unpark(const void* call) {
  absl::MutexLock lock(&mutex_);
  const auto found = parked_.find(call);
  if (found == parked_.end()) return;
  if (asks_for_credentials()) parked_places_.GiveBack(found->second.actor);
  parked_.erase(found);
}

int Gate::parked() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(parked_.size());
}

void Gate::Drain() {
  std::vector<std::function<void(const Failure&)>> ends;
  {
    absl::MutexLock lock(&mutex_);
    is_draining_ = true;
    for (auto& [call, parked] : parked_) ends.push_back(std::move(parked.end));
    parked_.clear();
    parked_places_ = Places();
  }
  for (const auto& end : ends) end(Draining());
}

}  // namespace redress::services
