// Handlers of the test service; also the smallest example of how a service is written.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/call.h"
#include "services/method_set.h"
#include "services/permission.h"
#include "tests/support/echo.pb.h"

namespace redress::test {

// Agents may do everything here, customers may only chat.
services::PermissionTable EchoPermissions();

class EchoHandlers {
 public:
  EchoHandlers();
  ~EchoHandlers();

  const services::MethodSet& methods() const { return methods_; }
  // Calls of Echo whose handler ran.
  int handled() const { return handled_.load(); }

  // The most calls and messages that were held at the same time.
  int held_peak();
  // Waits until so many calls are held at the same time.
  void AwaitHeld(int count);
  // Waits until so many calls that were parked have ended.
  void AwaitOver(int count);
  // Waits until a producer of Repeat that does not wait for its reader was turned away.
  void AwaitTurnedAway();
  // How many answers it had sent by then.
  int sent_before_turned_away() const { return sent_before_turned_away_.load(); }
  // Answers everything that is held.
  void Release();
  // The same, each answer on a thread of its own and all at the same time.
  void ReleaseAtOnce();

 private:
  void Echo(const services::Caller& caller, EchoRequest request,
            services::Reply<EchoResponse> reply);
  void Repeat(const services::Caller& caller, RepeatRequest request,
              services::Stream<RepeatResponse> stream);
  void Chat(const services::Caller& caller, ChatRequest request,
            services::Reply<ChatResponse> reply);
  void Hold(std::function<void()> answer);
  std::vector<std::function<void()>> TakeHeld();
  void RunLater(std::function<void()> work);

  services::MethodSet methods_;
  std::atomic<int> handled_ = 0;
  std::atomic<int> sent_before_turned_away_ = 0;
  absl::Mutex mutex_;
  std::vector<std::function<void()>> held_ ABSL_GUARDED_BY(mutex_);
  size_t held_peak_ ABSL_GUARDED_BY(mutex_) = 0;
  int over_ ABSL_GUARDED_BY(mutex_) = 0;
  int turned_away_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::test
