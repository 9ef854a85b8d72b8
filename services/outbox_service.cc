#include "services/outbox_service.h"

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/outbox.h"

namespace redress::services {

struct OutboxService::Follower {
  Follower(const Caller& given_caller, Stream<v1::FollowOutboxResponse> given_stream)
      : caller(given_caller), stream(std::move(given_stream)) {}

  const std::string& tenant() const { return caller.actor.tenant; }

  const Caller caller;
  const Stream<v1::FollowOutboxResponse> stream;
  // A worker reads for them, or they have no room.
  std::atomic<bool> is_busy = true;
  // The first commit that was not read to its end. Written while busy only.
  std::atomic<uint64_t> commit = 1;
  // The first event of it that was not looked at. Touched while busy only, like the rest.
  int64_t index = 0;
  // The commit of the last position that they heard of.
  uint64_t told_commit = 0;
  // The last commit for those who do not wait for more.
  std::optional<uint64_t> last;
};

OutboxService::OutboxService(Backend& backend)
    : backend_(backend), methods_(*v1::FollowOutboxRequest::descriptor()->file()->FindServiceByName(
                             "OutboxService")) {
  methods_.ServerStream("FollowOutbox", this, &OutboxService::FollowOutbox);
}

void OutboxService::FollowOutbox(const Caller& caller, v1::FollowOutboxRequest request,
                                 Stream<v1::FollowOutboxResponse> stream) {
  Work(backend_, caller, stream, [this, caller, request, stream] {
    const auto follower = std::make_shared<Follower>(caller, stream);
    const LedgerView view(backend_.kv);
    const auto head = view.reader().ReadHead(follower->tenant());
    if (!head.ok()) return stream.Fail(StorageFailure(head.status()));
    if (request.after().commit() > head->commit())
      return stream.Fail(InvalidRequest({{"after", absl::StrCat(
          "must not be behind the newest commit, which is ", head->commit())}}));
    if (request.has_after() && request.after().commit() == 0)
      return stream.Fail(InvalidRequest({{"after", "must name a commit, from 1 on"}}));
    if (request.has_after()) {
      follower->commit = request.after().commit();
      follower->index = int64_t{request.after().index()} + 1;
      follower->told_commit = request.after().commit();
    }
    if (request.until_now()) follower->last = head->commit();
    Keep(follower);
    SendSome(follower);
  });
}

void OutboxService::Keep(const std::shared_ptr<Follower>& follower) {
  uint64_t number = 0;
  {
    absl::MutexLock lock(&mutex_);
    number = ++last_follower_;
    followers_[number] = follower;
  }
  follower->stream.Park([this, number] {
    absl::MutexLock lock(&mutex_);
    followers_.erase(number);
  });
}

absl::Status OutboxService::Tick() {
  std::vector<std::shared_ptr<Follower>> idle;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [number, follower] : followers_)
      if (!follower->is_busy) idle.push_back(follower);
  }
  if (idle.empty()) return absl::OkStatus();
  const LedgerView view(backend_.kv);
  for (const auto& follower : idle) {
    ASSIGN_OR_RETURN(const v1::LedgerHead head, view.reader().ReadHead(follower->tenant()));
    if (head.commit() >= follower->commit) ReadOn(follower);
  }
  return absl::OkStatus();
}

void OutboxService::ReadOn(const std::shared_ptr<Follower>& follower) {
  if (follower->is_busy.exchange(true)) return;
  const Actor& actor = follower->caller.actor;
  // When too much waits already, the next tick tries again.
  if (!backend_.workers.Post(actor.tenant, actor.id, [this, follower] { SendSome(follower); }))
    follower->is_busy = false;
}

void OutboxService::SendSome(const std::shared_ptr<Follower>& follower) {
  const Stream<v1::FollowOutboxResponse>& stream = follower->stream;
  const LedgerView view(backend_.kv);
  const auto head = view.reader().ReadHead(follower->tenant());
  if (!head.ok()) return stream.Fail(StorageFailure(head.status()));
  const uint64_t end = follower->last.value_or(head->commit());
  int taken = 0;
  for (; follower->commit <= end; ++follower->commit, follower->index = 0) {
    if (stream.is_over()) return;
    if (taken++ == kOutboxCommitsMax) {
      follower->is_busy = false;
      return ReadOn(follower);
    }
    const auto commit = view.reader().ReadCommit(follower->tenant(), follower->commit);
    if (!commit.ok()) return stream.Fail(StorageFailure(commit.status()));
    const absl::StatusOr<bool> sent = SendCommit(view.reader(), *commit, *follower);
    if (!sent.ok()) return stream.Fail(StorageFailure(sent.status()));
    if (*sent) continue;
    stream.WhenRoom([this, follower] {
      follower->is_busy = false;
      ReadOn(follower);
    });
    return;
  }
  if (follower->last) stream.Close();
  follower->is_busy = false;
}

absl::StatusOr<bool> OutboxService::SendCommit(const storage::LedgerReader& reader,
                                               const v1::Commit& commit, Follower& follower) {
  for (; follower.index < commit.events_size(); ++follower.index) {
    if (!follower.stream.HasRoom()) return false;
    const int index = static_cast<int>(follower.index);
    v1::Event event;
    if (!event.ParseFromString(commit.events(index)))
      return absl::DataLossError("an event cannot be parsed");
    std::optional<v1::OutboxMessage> message = MessageOf(event);
    const bool is_last = index + 1 == commit.events_size();
    const bool is_silent = commit.number() - follower.told_commit >= kOutboxSilenceMax;
    if (!message && !(is_last && is_silent)) continue;
    v1::FollowOutboxResponse response;
    response.mutable_position()->set_commit(commit.number());
    response.mutable_position()->set_index(static_cast<uint32_t>(index));
    if (message) {
      ASSIGN_OR_RETURN(const auto ticket,
                       reader.ReadTicket(follower.tenant(), message->ticket_id()));
      if (ticket) message->set_reference(ticket->reference());
      *response.mutable_message() = *std::move(message);
    }
    follower.stream.Send(response);
    follower.told_commit = commit.number();
  }
  return true;
}

}  // namespace redress::services
