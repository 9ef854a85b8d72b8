// What the handlers share, and the few things that all of them do.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/call.h"
#include "services/clock.h"
#include "services/executor.h"
#include "services/playbook_store.h"
#include "services/queue_hub.h"
#include "services/refusal.h"
#include "services/shadow.h"
#include "services/worker_pool.h"
#include "storage/kv.h"
#include "storage/ledger.h"

namespace redress::services {

// Everything outlives the handlers.
struct Backend {
  storage::Kv& kv;
  Executor& executor;
  PlaybookStore& playbooks;
  QueueHub& hub;
  WorkerPool& workers;
  // For work of minutes, such as verification and backups, so that it holds up no other read.
  WorkerPool& long_workers;
  const Clock& clock;
  ShadowFollower& shadow;
};

// A consistent view of the ledger for one read.
class LedgerView {
 public:
  explicit LedgerView(const storage::Kv& kv) : snapshot_(kv.TakeSnapshot()), reader_(*snapshot_) {}
  // For a read of minutes: once `go_on` says false, it fails with CANCELLED.
  LedgerView(const storage::Kv& kv, std::function<bool()> go_on);
  const storage::LedgerReader& reader() const { return reader_; }

 private:
  std::unique_ptr<storage::Snapshot> snapshot_;
  storage::LedgerReader reader_;
};

// The caller as decisions see it.
engine::Actor ToEngineActor(const Caller& caller);

// An order of this caller, still without its command and its way back.
Order OrderOf(const Caller& caller);

// Hands a write to the executor and answers with the ticket after it.
template <class Response>
void Execute(Backend& backend, Order order, Reply<Response> reply) {
  order.done = [reply](Outcome outcome) {
    if (outcome.failure) return reply.Fail(*outcome.failure);
    Response response;
    response.mutable_ticket()->Swap(&outcome.tickets.back());
    reply.Finish(response);
  };
  backend.executor.Submit(std::move(order));
}

// Runs a read on a worker of `pool`, unless the call is over by then; when too much waits there of
// this client the call is refused.
template <class Sink>
void WorkIn(WorkerPool& pool, absl::string_view tenant, absl::string_view client, const Sink& sink,
            std::function<void()> work) {
  auto work_unless_over = [sink, work = std::move(work)] {
    if (!sink.is_over()) work();
  };
  if (pool.Post(tenant, client, std::move(work_unless_over))) return;
  sink.Fail(MakeFailure(v1::ERROR_REASON_QUEUE_FULL,
                        "Too many reads wait already. Try again after the retry delay."));
}
template <class Sink>
void Work(Backend& backend, const Caller& caller, const Sink& sink, std::function<void()> work) {
  WorkIn(backend.workers, caller.actor.tenant, caller.actor.id, sink, std::move(work));
}
// The same for work of minutes.
template <class Sink>
void WorkLong(Backend& backend, const Caller& caller, const Sink& sink,
              std::function<void()> work) {
  WorkIn(backend.long_workers, caller.actor.tenant, caller.actor.id, sink, std::move(work));
}

// Whether somebody still waits for the answer.
template <class Sink>
std::function<bool()> UntilOver(const Sink& sink) {
  return [sink] { return !sink.is_over(); };
}

// The named ticket, if the caller may see it.
absl::StatusOr<std::optional<v1::Ticket>> FindVisible(const storage::LedgerReader& reader,
                                                      const Caller& caller,
                                                      absl::string_view name);
// What a read that found no such ticket answers: the field is missing, or there is none of that
// name.
Failure NoTicket(absl::string_view name);

// Page tokens: where the next page begins, bound to the query that the page belongs to. Opaque and
// URL-safe.
std::string MakePageToken(absl::string_view query, absl::string_view position);
// The position; an empty one for an empty token. Nothing: the token is not of this query.
std::optional<std::string> ParsePageToken(absl::string_view query, absl::string_view token);
Failure BadPageToken();
// A day of a request, such as "2026-11-01", as days since 1970; `otherwise` for an empty text. What
// is no day is added to the violations.
int32_t ParseDayOr(const std::string& text, absl::string_view field, int32_t otherwise,
                   std::vector<engine::FieldViolation>& violations);
// The asked size, the default when zero, the most when more. Nothing: it is negative.
std::optional<int> PageSize(int asked, int otherwise, int most);

}  // namespace redress::services
