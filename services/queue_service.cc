#include "services/queue_service.h"

#include <atomic>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"
#include "services/personal_read.h"
#include "storage/index.h"

namespace redress::services {
namespace {

constexpr int kPeekDefault = 50;
constexpr int kPeekMax = 1000;
constexpr size_t kWatchCountMax = 10'000;
constexpr size_t kWatchHead = 10;

constexpr v1::Level kLevels[] = {v1::LEVEL_RELAY, v1::LEVEL_ANALYSIS, v1::LEVEL_INITIATIVE};

bool Includes(v1::Level asked, v1::Level level) {
  return asked == v1::LEVEL_UNSPECIFIED || asked == level;
}

std::string PeekQuery(const v1::PeekQueueRequest& request) {
  return absl::StrCat("peek/", request.level(), "/", request.department());
}

// Looking into a queue; `department` and `level` as in the request.
std::optional<Failure> RefuseQueue(const Caller& caller, const std::string& department,
                                   v1::Level level) {
  if (!v1::Level_IsValid(level))
    return ToFailure(engine::InvalidField("level", absl::StrCat("has no value ", level)));
  if (department.empty()) return ToFailure(engine::InvalidField("department", "is required"));
  if (ToEngineActor(caller).MayActFor(department)) return std::nullopt;
  return ToFailure(engine::DepartmentNotYours(department));
}

// A queue in which nothing waits, as a pull of it is refused: a department that the playbook no
// longer has stays readable while tickets wait there.
std::optional<Failure> RefuseEmptyQueue(Backend& backend, const Caller& caller,
                                        const std::string& department) {
  const LedgerView view(backend.kv);
  const auto live = backend.playbooks.Live(view.reader(), caller.actor.tenant);
  if (!live.ok()) return StorageFailure(live.status());
  if (live->playbook == nullptr || live->playbook->FindDepartment(department) != nullptr)
    return std::nullopt;
  return ToFailure(engine::InvalidField("department", "must be a department of the playbook"));
}

}  // namespace

struct QueueService::WaitingPull {
  WaitingPull(Order given_order, Reply<v1::PullTicketsResponse> given_reply, absl::Time given_until)
      : order(std::move(given_order)), reply(std::move(given_reply)), until(given_until) {}

  const Order order;  // without its way back
  const Reply<v1::PullTicketsResponse> reply;
  const absl::Time until;
  // A try is under way; a hint that comes meanwhile asks for one more.
  std::atomic<bool> is_trying = false;
  std::atomic<bool> is_hinted = false;
  uint64_t number = 0;
  uint64_t subscription = 0;
};

struct QueueService::Watcher {
  Watcher(const Caller& given_caller, v1::WatchQueueRequest given_request,
          Stream<v1::WatchQueueResponse> given_stream)
      : caller(given_caller), request(std::move(given_request)), stream(std::move(given_stream)) {}

  const Caller caller;
  const v1::WatchQueueRequest request;
  const Stream<v1::WatchQueueResponse> stream;
  // A look is under way or waits for a worker.
  std::atomic<bool> is_looking = false;
  // There was a change that it has not been told, since it reads slowly or all workers are busy.
  std::atomic<bool> is_behind = false;
};

QueueService::QueueService(Backend& backend)
    : backend_(backend), methods_(*v1::PullTicketsRequest::descriptor()->file()->FindServiceByName(
                             "QueueService")) {
  methods_.Unary("PullTickets", this, &QueueService::PullTickets);
  methods_.Unary("ExtendLease", this, &QueueService::ExtendLease);
  methods_.Unary("ReturnTicket", this, &QueueService::ReturnTicket);
  methods_.Unary("PeekQueue", this, &QueueService::PeekQueue);
  methods_.ServerStream("WatchQueue", this, &QueueService::WatchQueue);
}

void QueueService::PullTickets(const Caller& caller, v1::PullTicketsRequest request,
                               Reply<v1::PullTicketsResponse> reply) {
  const absl::Duration wait =
      engine::IsValid(request.wait()) ? engine::ToSpan(request.wait()) : absl::ZeroDuration();
  Order order = OrderOf(caller);
  order.command.mutable_pull_tickets()->Swap(&request);
  TryPull(std::make_shared<WaitingPull>(std::move(order), reply, backend_.clock.Now() + wait));
}

void QueueService::TryPull(std::shared_ptr<WaitingPull> pull) {
  if (pull->is_trying.exchange(true)) {
    pull->is_hinted = true;
    return;
  }
  Order order = pull->order;
  order.done = [this, pull](Outcome outcome) { AfterPull(pull, std::move(outcome)); };
  backend_.executor.Submit(std::move(order));
}

void QueueService::AfterPull(std::shared_ptr<WaitingPull> pull, Outcome outcome) {
  const bool is_over =
      outcome.failure || !outcome.tickets.empty() || backend_.clock.Now() >= pull->until;
  if (!is_over && !pull->reply.is_over()) {
    if (pull->number == 0) {
      const v1::PullTicketsRequest& request = pull->order.command.pull_tickets();
      const std::weak_ptr<WaitingPull> weak = pull;
      {
        absl::MutexLock lock(&mutex_);
        pull->number = ++last_waiting_;
        waiting_[pull->number] = pull;
      }
      pull->subscription =
          backend_.hub.Subscribe(pull->order.tenant, request.department(), QueueHub::Wants::kWork,
                                 [this, weak] {
                                   if (const auto strong = weak.lock()) TryPull(strong);
                                 });
      pull->reply.Park([this, number = pull->number, subscription = pull->subscription] {
        backend_.hub.Unsubscribe(subscription);
        absl::MutexLock lock(&mutex_);
        waiting_.erase(number);
      });
      pull->is_hinted = true;  // something may have come before the subscription
    }
    pull->is_trying = false;
    if (pull->is_hinted.exchange(false)) TryPull(pull);
    return;
  }
  if (outcome.failure) return pull->reply.Fail(*outcome.failure);
  v1::PullTicketsResponse response;
  for (v1::Ticket& ticket : outcome.tickets) response.add_tickets()->Swap(&ticket);
  pull->reply.Finish(response);
}

void QueueService::Tick(absl::Time now) {
  std::vector<std::shared_ptr<WaitingPull>> over;
  std::vector<std::shared_ptr<Watcher>> behind;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [number, watcher] : watchers_)
      if (watcher->is_behind) behind.push_back(watcher);
    for (const auto& [number, pull] : waiting_)
      if (now >= pull->until) over.push_back(pull);
  }
  for (const auto& pull : over) TryPull(pull);
  for (const auto& watcher : behind) LookFor(watcher);
}

void QueueService::ExtendLease(const Caller& caller, v1::ExtendLeaseRequest request,
                               Reply<v1::ExtendLeaseResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_extend_lease()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void QueueService::ReturnTicket(const Caller& caller, v1::ReturnTicketRequest request,
                                Reply<v1::ReturnTicketResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_return_ticket()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void QueueService::PeekQueue(const Caller& caller, v1::PeekQueueRequest request,
                             Reply<v1::PeekQueueResponse> reply) {
  if (const auto failure = RefuseQueue(caller, request.department(), request.level()))
    return reply.Fail(*failure);
  const std::optional<int> size = PageSize(request.page_size(), kPeekDefault, kPeekMax);
  if (!size)
    return reply.Fail(ToFailure(engine::InvalidField("page_size", "must not be negative")));
  std::optional<std::string> position = ParsePageToken(PeekQuery(request), request.page_token());
  if (!position) return reply.Fail(BadPageToken());
  Work(backend_, caller, reply, [this, caller, request, size = *size, position = *position, reply] {
    auto response = Peek(caller, request, size, position);
    if (!response.ok()) return reply.Fail(StorageFailure(response.status()));
    if (response->tickets().empty() && request.page_token().empty())
      if (const auto failure = RefuseEmptyQueue(backend_, caller, request.department()))
        return reply.Fail(*failure);
    v1::PersonalDataRead read = MakeRead("QueueService.PeekQueue", v1::PERSONAL_DATA_KIND_TICKETS);
    for (const v1::Ticket& ticket : response->tickets()) read.add_ticket_ids(ticket.id());
    Show(backend_, caller, std::move(read), *std::move(response), reply);
  });
}

absl::StatusOr<v1::PeekQueueResponse> QueueService::Peek(const Caller& caller,
                                                         const v1::PeekQueueRequest& request,
                                                         int size, std::string position) {
  const LedgerView view(backend_.kv);
  const std::string& tenant = caller.actor.tenant;
  v1::PeekQueueResponse response;
  for (const v1::Level level : kLevels) {
    if (!Includes(request.level(), level)) continue;
    const std::string prefix = storage::QueuePrefix(tenant, request.department(), level);
    const bool is_done = !position.empty() && position >= storage::PrefixEnd(prefix);
    if (is_done || response.tickets_size() >= size) continue;
    const bool is_inside = !position.empty() && position >= prefix;
    ASSIGN_OR_RETURN(const auto found,
                     view.reader().ScanIndex(prefix, true, is_inside ? position : std::string(),
                                             static_cast<size_t>(size - response.tickets_size())));
    for (const auto& indexed : found) {
      ASSIGN_OR_RETURN(std::optional<v1::Ticket> ticket,
                       view.reader().ReadTicket(tenant, indexed.ticket_id));
      if (ticket) response.add_tickets()->Swap(&*ticket);
    }
    if (!found.empty()) position = found.back().key;
  }
  if (response.tickets_size() >= size)
    response.set_next_page_token(MakePageToken(PeekQuery(request), position));
  return response;
}

void QueueService::WatchQueue(const Caller& caller, v1::WatchQueueRequest request,
                              Stream<v1::WatchQueueResponse> stream) {
  if (const auto failure = RefuseQueue(caller, request.department(), request.level()))
    return stream.Fail(*failure);
  const auto watcher = std::make_shared<Watcher>(caller, request, stream);
  uint64_t number = 0;
  {
    absl::MutexLock lock(&mutex_);
    number = ++last_waiting_;
    watchers_[number] = watcher;
  }
  const std::weak_ptr<Watcher> weak = watcher;
  const uint64_t subscription = backend_.hub.Subscribe(
      caller.actor.tenant, request.department(), QueueHub::Wants::kChange, [this, weak] {
        if (const auto strong = weak.lock()) LookFor(strong);
      });
  stream.Park([this, subscription, number] {
    backend_.hub.Unsubscribe(subscription);
    absl::MutexLock lock(&mutex_);
    watchers_.erase(number);
  });
  LookFor(watcher);
}

void QueueService::LookFor(const std::shared_ptr<Watcher>& watcher) {
  if (watcher->stream.is_over()) return;
  watcher->is_behind = !watcher->stream.HasRoom();
  if (watcher->is_behind || watcher->is_looking.exchange(true)) return;
  const Actor& actor = watcher->caller.actor;
  const bool is_posted = backend_.workers.Post(actor.tenant, actor.id, [this, watcher] {
    watcher->is_looking = false;
    const auto response = Look(watcher->caller, watcher->request);
    if (!response.ok()) return watcher->stream.Fail(StorageFailure(response.status()));
    if (response->length() == 0)
      if (const auto failure =
              RefuseEmptyQueue(backend_, watcher->caller, watcher->request.department()))
        return watcher->stream.Fail(*failure);
    if (watcher->stream.HasRoom()) watcher->stream.Send(*response);
    else watcher->is_behind = true;
  });
  if (is_posted) return;
  watcher->is_behind = true;
  watcher->is_looking = false;
}

absl::StatusOr<v1::WatchQueueResponse> QueueService::Look(const Caller& caller,
                                                          const v1::WatchQueueRequest& request) {
  const LedgerView view(backend_.kv);
  const std::string& tenant = caller.actor.tenant;
  v1::WatchQueueResponse response;
  *response.mutable_time() = engine::ToTimestamp(backend_.clock.Now());
  size_t length = 0;
  for (const v1::Level level : kLevels) {
    if (!Includes(request.level(), level)) continue;
    const std::string prefix = storage::QueuePrefix(tenant, request.department(), level);
    ASSIGN_OR_RETURN(const size_t count, view.reader().CountIndex(prefix, kWatchCountMax));
    length += count;
    const size_t room = kWatchHead - static_cast<size_t>(response.head_size());
    if (room == 0) continue;
    ASSIGN_OR_RETURN(const auto found, view.reader().ScanIndex(prefix, true, "", room));
    for (const auto& indexed : found) {
      ASSIGN_OR_RETURN(const std::optional<v1::Ticket> ticket,
                       view.reader().ReadTicket(tenant, indexed.ticket_id));
      if (!ticket) continue;
      v1::QueueEntry& entry = *response.add_head();
      entry.set_ticket_id(ticket->id());
      entry.set_reference(ticket->reference());
      entry.set_level(ticket->level());
      entry.set_severity(ticket->severity());
      entry.set_title(ticket->title());
      *entry.mutable_due() = ticket->rank_time();
    }
  }
  response.set_length(static_cast<int32_t>(std::min(length, kWatchCountMax)));
  return response;
}

}  // namespace redress::services
