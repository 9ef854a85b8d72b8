#include "services/shadow.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/playbook/backtest.h"
#include "engine/playbook/shadow_tally.h"
#include "engine/time/instant.h"
#include "services/backend.h"
#include "services/issue_reader.h"
#include "services/refusal.h"
#include "storage/tables.h"

namespace redress::services {
namespace {

// The parts of a shadow's record. What it was started with is written once.
constexpr uint64_t kDefinition = 0;
constexpr uint64_t kProgress = 1;

v1::Shadow WithoutSource(v1::Shadow shadow) {
  shadow.clear_source();
  shadow.clear_zones();
  return shadow;
}

Failure NoShadow() {
  return MakeFailure(v1::ERROR_REASON_SHADOW_NOT_FOUND, "No candidate decides in shadow.");
}

// The decision that an event tells, if rules made it.
const v1::Decision* DecisionOf(const v1::Event& event) {
  const v1::Decision* decision = nullptr;
  if (event.has_ticket_opened()) decision = &event.ticket_opened().decision();
  if (event.has_ticket_routed()) decision = &event.ticket_routed().decision();
  return decision == nullptr || decision->route_rule().empty() ? nullptr : decision;
}

// A decision that was made again.
struct Again {
  v1::Event event;  // that told it
  std::string reference;
  std::optional<v1::Decision> candidate;  // nothing: the words were erased
};

// Nothing for an issue that tests the desks: no customer reported it.
absl::StatusOr<std::optional<Again>> DecideAgain(const storage::LedgerReader& reader,
                                                 const std::string& tenant, v1::Event event,
                                                 const engine::Playbook& candidate,
                                                 IssueReader& issues) {
  ASSIGN_OR_RETURN(const std::optional<v1::Ticket> ticket,
                   reader.ReadTicket(tenant, event.ticket_id()));
  if (!ticket)
    return absl::DataLossError(absl::StrCat("ticket ", event.ticket_id(), " is missing"));
  if (ticket->has_mystery()) return std::optional<Again>();
  ASSIGN_OR_RETURN(const v1::Issue issue, issues.Read(*ticket));
  Again again{std::move(event), ticket->reference(), std::nullopt};
  if (IsWhole(issue))
    again.candidate = engine::DecideAgain(candidate, issue, *DecisionOf(again.event));
  return std::optional<Again>(std::move(again));
}

void Count(const Again& again, v1::Shadow& shadow) {
  if (!again.candidate) return shadow.set_erased(shadow.erased() + 1);
  engine::CountShadow(shadow, again.reference, again.event.time(), *DecisionOf(again.event),
                      *again.candidate);
}

}  // namespace

absl::Status ShadowFollower::LoadAll() {
  if (is_loaded_) return absl::OkStatus();
  const LedgerView view(kv_);
  ASSIGN_OR_RETURN(const std::vector<std::string> tenants, view.reader().ListTenants());
  for (const std::string& tenant : tenants) RETURN_IF_ERROR(Load(view.reader(), tenant));
  is_loaded_ = true;
  return absl::OkStatus();
}

absl::Status ShadowFollower::Load(const storage::LedgerReader& reader, const std::string& tenant) {
  Follow follow;
  for (const uint64_t part : {kDefinition, kProgress}) {
    ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                     reader.reader().Get(storage::ShadowKey(tenant, part)));
    if (!bytes) return absl::OkStatus();
    v1::Shadow stored;
    if (!stored.ParseFromString(*bytes))
      return absl::DataLossError("a shadow's record cannot be parsed");
    follow.shadow.MergeFrom(stored);
  }
  if (!follow.shadow.has_stop_time()) {
    engine::PlaybookCompilation compilation = engine::CompilePlaybook(
        follow.shadow.source(), engine::PublishedZones(follow.shadow.zones()));
    follow.candidate = std::move(compilation.playbook);
    if (follow.candidate == nullptr) {
      follow.shadow.set_failure("the candidate does not compile with this version of the server");
      *follow.shadow.mutable_stop_time() = follow.shadow.start_time();
    }
  }
  follows_[tenant] = std::move(follow);
  return absl::OkStatus();
}

ShadowFollower::Answer ShadowFollower::Start(const StartOrder& order,
                                             std::unique_ptr<const engine::Playbook> candidate) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(LoadAll());
  if (const auto known = follows_.find(order.tenant); known != follows_.end()) {
    const Follow& follow = known->second;
    if (follow.shadow.start_request_id() == order.request_id) return WithoutSource(follow.shadow);
    if (follow.candidate != nullptr)
      return MakeFailure(v1::ERROR_REASON_SHADOW_RUNNING,
                         "A candidate decides in shadow already; stop it first.");
  }
  const LedgerView view(kv_);
  ASSIGN_OR_RETURN(const v1::LedgerHead head, view.reader().ReadHead(order.tenant));
  Follow follow;
  v1::Shadow& shadow = follow.shadow;
  shadow.set_name(candidate->name());
  shadow.set_playbook_hash(candidate->hash());
  shadow.set_source(order.source);
  *shadow.mutable_zones() = candidate->zones();
  *shadow.mutable_start_time() = engine::ToTimestamp(order.now);
  shadow.set_starter(order.actor);
  shadow.set_reason(order.reason);
  shadow.set_start_request_id(order.request_id);
  shadow.set_first_commit(head.commit() + 1);
  shadow.set_next_commit(head.commit() + 1);
  follow.candidate = std::move(candidate);
  follow.save_time = order.now;
  RETURN_IF_ERROR(Write(order.tenant, follow, /*with_source=*/true));
  v1::Shadow answer = WithoutSource(shadow);
  follows_[order.tenant] = std::move(follow);
  return answer;
}

ShadowFollower::Answer ShadowFollower::Stop(const std::string& tenant, const std::string& actor,
                                            const std::string& request_id, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(LoadAll());
  const auto known = follows_.find(tenant);
  if (known == follows_.end()) return NoShadow();
  Follow& follow = known->second;
  const bool is_again = follow.shadow.stop_request_id() == request_id;
  if (follow.candidate == nullptr && !is_again) return NoShadow();
  if (!is_again) {
    Follow stopped = follow;
    *stopped.shadow.mutable_stop_time() = engine::ToTimestamp(now);
    stopped.shadow.set_stopper(actor);
    stopped.shadow.set_stop_request_id(request_id);
    stopped.candidate = nullptr;
    RETURN_IF_ERROR(Write(tenant, stopped, /*with_source=*/false));
    follow = std::move(stopped);
  }
  return WithoutSource(follow.shadow);
}

ShadowFollower::Answer ShadowFollower::Get(const std::string& tenant, bool with_source) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(LoadAll());
  const auto known = follows_.find(tenant);
  if (known == follows_.end())
    return MakeFailure(v1::ERROR_REASON_SHADOW_NOT_FOUND, "No candidate ever decided in shadow.");
  return with_source ? known->second.shadow : WithoutSource(known->second.shadow);
}

absl::StatusOr<bool> ShadowFollower::Tick(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(LoadAll());
  bool has_more = false;
  for (auto& [tenant, follow] : follows_) {
    if (follow.candidate == nullptr) continue;
    const LedgerView view(kv_);
    ASSIGN_OR_RETURN(const bool is_behind, Advance(view.reader(), tenant, follow));
    has_more |= is_behind;
    // A clock that was set back must not put it off for long.
    follow.save_time = std::min(follow.save_time, now);
    if (follow.is_saved || now < follow.save_time + kShadowSaveInterval) continue;
    RETURN_IF_ERROR(Write(tenant, follow, /*with_source=*/false));
    follow.save_time = now;
  }
  return has_more;
}

absl::StatusOr<bool> ShadowFollower::Advance(const storage::LedgerReader& reader,
                                             const std::string& tenant, Follow& follow) {
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  const uint64_t end =
      std::min(head.commit() + 1, follow.shadow.next_commit() + kShadowCommitsPerTick);
  IssueReader issues(reader, tenant);
  while (follow.shadow.next_commit() < end) {
    ASSIGN_OR_RETURN(const v1::Commit commit,
                     reader.ReadCommit(tenant, follow.shadow.next_commit()));
    // A commit is counted as a whole or, when something cannot be read, not at all.
    std::vector<Again> decisions;
    for (const std::string& bytes : commit.events()) {
      v1::Event event;
      if (!event.ParseFromString(bytes)) return absl::DataLossError("an event cannot be parsed");
      if (DecisionOf(event) == nullptr) continue;
      ASSIGN_OR_RETURN(std::optional<Again> again, DecideAgain(reader, tenant, std::move(event),
                                                               *follow.candidate, issues));
      if (again) decisions.push_back(*std::move(again));
    }
    for (const Again& again : decisions) Count(again, follow.shadow);
    follow.is_saved = false;
    follow.shadow.set_next_commit(follow.shadow.next_commit() + 1);
  }
  return end <= head.commit();
}

absl::Status ShadowFollower::Save() {
  absl::MutexLock lock(&mutex_);
  for (auto& [tenant, follow] : follows_)
    if (!follow.is_saved) RETURN_IF_ERROR(Write(tenant, follow, /*with_source=*/false));
  return absl::OkStatus();
}

absl::Status ShadowFollower::Write(const std::string& tenant, Follow& follow, bool with_source) {
  const std::unique_ptr<storage::Transaction> transaction = kv_.Begin();
  v1::Shadow definition;
  definition.set_source(follow.shadow.source());
  *definition.mutable_zones() = follow.shadow.zones();
  if (with_source)
    transaction->Put(storage::ShadowKey(tenant, kDefinition), definition.SerializeAsString());
  transaction->Put(storage::ShadowKey(tenant, kProgress),
                   WithoutSource(follow.shadow).SerializeAsString());
  RETURN_IF_ERROR(transaction->Commit());
  follow.is_saved = true;
  return absl::OkStatus();
}

}  // namespace redress::services
