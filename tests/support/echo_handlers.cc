#include "tests/support/echo_handlers.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/check.h"

namespace redress::test {
namespace {

using services::Caller;
using services::Failure;
using services::Grant;
using services::Reply;
using services::Role;
using services::Scope;
using services::Stream;

// Nothing here takes this long unless it is broken.
constexpr absl::Duration kPatience = absl::Seconds(30);

RepeatResponse Repetition(const RepeatRequest& request, int64_t sequence) {
  RepeatResponse response;
  response.set_text(request.text());
  response.set_sequence(sequence);
  response.set_padding(std::string(static_cast<size_t>(request.padding_bytes()), 'x'));
  return response;
}

// Sends while there is room, and goes on when there is room again.
void RepeatPatiently(const RepeatRequest& request, int64_t sequence,
                     const Stream<RepeatResponse>& stream) {
  while (stream.HasRoom()) {
    if (request.count() != 0 && sequence >= request.count()) return stream.Close();
    stream.Send(Repetition(request, sequence++));
  }
  stream.WhenRoom([request, sequence, stream] { RepeatPatiently(request, sequence, stream); });
}

}  // namespace

services::PermissionTable EchoPermissions() {
  const Grant agent = {Role::kAgent, Scope::kOwnTenant};
  const Grant customer = {Role::kCustomer, Scope::kOwnRecord};
  return services::PermissionTable({{"redress.test.EchoService.Echo", {agent}},
                                    {"redress.test.EchoService.Repeat", {agent}},
                                    {"redress.test.EchoService.Chat", {agent, customer}}});
}

EchoHandlers::EchoHandlers() : methods_(*EchoRequest::descriptor()->file()->service(0)) {
  methods_.Unary("Echo", this, &EchoHandlers::Echo);
  methods_.ServerStream("Repeat", this, &EchoHandlers::Repeat);
  methods_.PerMessage("Chat", this, &EchoHandlers::Chat);
}

EchoHandlers::~EchoHandlers() {
  std::vector<std::thread> threads;
  {
    absl::MutexLock lock(&mutex_);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

void EchoHandlers::Echo(const Caller& caller, EchoRequest request, Reply<EchoResponse> reply) {
  ++handled_;
  EchoResponse response;
  response.set_text(request.text());
  response.set_actor(absl::StrCat(caller.actor.tenant, "/", caller.actor.id));
  if (!request.object().empty() && request.object() != "known") {
    return reply.Fail({.code = absl::StatusCode::kNotFound, .reason = "OBJECT_NOT_FOUND"});
  }
  switch (request.mode()) {
    case EchoRequest::MODE_LATER:
      return RunLater([reply, response] { reply.Finish(response); });
    case EchoRequest::MODE_HOLD:
      reply.Park([this] {
        absl::MutexLock lock(&mutex_);
        ++over_;
      });
      return Hold([reply, response] { reply.Finish(response); });
    case EchoRequest::MODE_FAIL:
      return reply.Fail({.code = absl::StatusCode::kResourceExhausted,
                         .reason = "QUEUE_FULL",
                         .message = "the queue is full",
                         .field_violations = {{"notes[0].text", "must be short"}},
                         .retry_delay = absl::Milliseconds(2500),
                         .metadata = {{"queue", "billing"}}});
    case EchoRequest::MODE_WORK:
      return Hold([reply, response] { reply.Finish(response); });
    case EchoRequest::MODE_DROP:
      return;
    default:
      return reply.Finish(response);
  }
}

void EchoHandlers::Repeat(const Caller& caller, RepeatRequest request,
                          Stream<RepeatResponse> stream) {
  if (!request.is_impatient()) return RepeatPatiently(request, 0, stream);
  RunLater([this, request, stream] {
    int sent = 0;
    while (stream.Send(Repetition(request, sent))) ++sent;
    sent_before_turned_away_ = sent;
    absl::MutexLock lock(&mutex_);
    ++turned_away_;
  });
}

void EchoHandlers::Chat(const Caller& caller, ChatRequest request, Reply<ChatResponse> reply) {
  if (request.text() == "fail") {
    return reply.Fail({.code = absl::StatusCode::kFailedPrecondition, .reason = "TOLD_TO_FAIL"});
  }
  ChatResponse response;
  response.set_text(request.text());
  if (request.text() == "hold") return Hold([reply, response] { reply.Finish(response); });
  reply.Finish(response);
}

void EchoHandlers::Hold(std::function<void()> answer) {
  absl::MutexLock lock(&mutex_);
  held_.push_back(std::move(answer));
  held_peak_ = std::max(held_peak_, held_.size());
}

void EchoHandlers::RunLater(std::function<void()> work) {
  absl::MutexLock lock(&mutex_);
  threads_.emplace_back(std::move(work));
}

int EchoHandlers::held_peak() {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(held_peak_);
}

void EchoHandlers::AwaitHeld(int count) {
  const auto is_held = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return held_.size() >= static_cast<size_t>(count);
  };
  absl::MutexLock lock(&mutex_);
  CHECK(mutex_.AwaitWithTimeout(absl::Condition(&is_held), kPatience));
}

void EchoHandlers::AwaitOver(int count) {
  const auto is_over = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return over_ >= count; };
  absl::MutexLock lock(&mutex_);
  CHECK(mutex_.AwaitWithTimeout(absl::Condition(&is_over), kPatience));
}

void EchoHandlers::AwaitTurnedAway() {
  const auto is_turned_away = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return turned_away_ > 0;
  };
  absl::MutexLock lock(&mutex_);
  CHECK(mutex_.AwaitWithTimeout(absl::Condition(&is_turned_away), kPatience));
}

std::vector<std::function<void()>> EchoHandlers::TakeHeld() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(held_, {});
}

void EchoHandlers::Release() {
  for (const auto& answer : TakeHeld()) answer();
}

void EchoHandlers::ReleaseAtOnce() {
  const std::vector<std::function<void()>> held = TakeHeld();
  std::atomic<size_t> ready = 0;
  std::vector<std::thread> threads;
  for (const auto& answer : held) {
    threads.emplace_back([&ready, &held, &answer] {
      ++ready;
      while (ready.load() < held.size()) std::this_thread::yield();
      answer();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace redress::test
