// Lets the thread sanitizer see Abseil's locks, which Debian builds without it: every lock and
// unlock of this program, and of the libraries that it loads, passes here first.
//
// The functions have the names of Abseil's own, so the program's calls come here; the library's are
// found behind them. What one thread did before it let a lock go has happened before what another
// does once it holds it. Conditions are evaluated by whoever holds the lock, which need not be the
// thread that waits, so each evaluation takes and lets go too.
#include <dlfcn.h>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}

#define REDRESS_UNSEEN __attribute__((no_sanitize("thread")))
#define REDRESS_NAMED(name) __asm__("_ZN4absl7debian3" name)

namespace redress::test {
namespace {

// The library's function of a name.
template <class Function>
REDRESS_UNSEEN Function* Behind(const char* name) {
  void* const found = dlsym(RTLD_NEXT, name);
  if (found == nullptr) __builtin_trap();
  return reinterpret_cast<Function*>(found);
}

// A condition as the sanitizer may see it evaluated by any thread.
struct Watched {
  absl::Mutex* mutex;
  const absl::Condition* condition;
};

REDRESS_UNSEEN bool Evaluate(Watched* watched) {
  __tsan_acquire(watched->mutex);
  const bool is_met = watched->condition->Eval();
  __tsan_release(watched->mutex);
  return is_met;
}

}  // namespace
}  // namespace redress::test

#define REDRESS_BEHIND(function, name)                                                  \
  static const auto behind =                                                            \
      redress::test::Behind<decltype(function)>("_ZN4absl7debian3" name)

// Taking a lock. `name`: Abseil's, mangled, without its namespace.
#define REDRESS_TAKES(function, name)                                  \
  REDRESS_UNSEEN void function(absl::Mutex* mutex) REDRESS_NAMED(name); \
  REDRESS_UNSEEN void function(absl::Mutex* mutex) {                   \
    REDRESS_BEHIND(function, name);                                    \
    behind(mutex);                                                     \
    __tsan_acquire(mutex);                                             \
  }

#define REDRESS_TRIES(function, name)                                  \
  REDRESS_UNSEEN bool function(absl::Mutex* mutex) REDRESS_NAMED(name); \
  REDRESS_UNSEEN bool function(absl::Mutex* mutex) {                   \
    REDRESS_BEHIND(function, name);                                    \
    const bool is_taken = behind(mutex);                               \
    if (is_taken) __tsan_acquire(mutex);                               \
    return is_taken;                                                   \
  }

#define REDRESS_LEAVES(function, name)                                 \
  REDRESS_UNSEEN void function(absl::Mutex* mutex) REDRESS_NAMED(name); \
  REDRESS_UNSEEN void function(absl::Mutex* mutex) {                   \
    REDRESS_BEHIND(function, name);                                    \
    __tsan_release(mutex);                                             \
    behind(mutex);                                                     \
  }

// Taking a lock once a condition holds, or waiting for one with the lock.
#define REDRESS_WAITS(function, name)                                                       \
  REDRESS_UNSEEN void function(absl::Mutex* mutex, const absl::Condition& condition)        \
      REDRESS_NAMED(name);                                                                  \
  REDRESS_UNSEEN void function(absl::Mutex* mutex, const absl::Condition& condition) {      \
    REDRESS_BEHIND(function, name);                                                         \
    redress::test::Watched watched{mutex, &condition};                                      \
    __tsan_release(mutex);                                                                  \
    behind(mutex, absl::Condition(&redress::test::Evaluate, &watched));                     \
    __tsan_acquire(mutex);                                                                  \
  }

#define REDRESS_WAITS_UNTIL(function, name, Limit)                                            \
  REDRESS_UNSEEN bool function(absl::Mutex* mutex, const absl::Condition& condition,          \
                               Limit limit) REDRESS_NAMED(name);                              \
  REDRESS_UNSEEN bool function(absl::Mutex* mutex, const absl::Condition& condition,          \
                               Limit limit) {                                                 \
    REDRESS_BEHIND(function, name);                                                           \
    redress::test::Watched watched{mutex, &condition};                                        \
    __tsan_release(mutex);                                                                    \
    const bool is_met =                                                                       \
        behind(mutex, absl::Condition(&redress::test::Evaluate, &watched), limit);            \
    __tsan_acquire(mutex);                                                                    \
    return is_met;                                                                            \
  }

REDRESS_TAKES(RedressLock, "5Mutex4LockEv")
REDRESS_TAKES(RedressReaderLock, "5Mutex10ReaderLockEv")
REDRESS_TRIES(RedressTryLock, "5Mutex7TryLockEv")
REDRESS_TRIES(RedressReaderTryLock, "5Mutex13ReaderTryLockEv")
REDRESS_LEAVES(RedressUnlock, "5Mutex6UnlockEv")
REDRESS_LEAVES(RedressReaderUnlock, "5Mutex12ReaderUnlockEv")
REDRESS_WAITS(RedressLockWhen, "5Mutex8LockWhenERKNS0_9ConditionE")
REDRESS_WAITS(RedressAwait, "5Mutex5AwaitERKNS0_9ConditionE")
REDRESS_WAITS_UNTIL(RedressAwaitWithTimeout,
                    "5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE", absl::Duration)
REDRESS_WAITS_UNTIL(RedressAwaitWithDeadline,
                    "5Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE", absl::Time)
REDRESS_WAITS_UNTIL(RedressLockWhenWithTimeout,
                    "5Mutex19LockWhenWithTimeoutERKNS0_9ConditionENS0_8DurationE", absl::Duration)

// Waiting for a signal, without the lock meanwhile.
REDRESS_UNSEEN void RedressWait(absl::CondVar* signal, absl::Mutex* mutex)
    REDRESS_NAMED("7CondVar4WaitEPNS0_5MutexE");
REDRESS_UNSEEN void RedressWait(absl::CondVar* signal, absl::Mutex* mutex) {
  REDRESS_BEHIND(RedressWait, "7CondVar4WaitEPNS0_5MutexE");
  __tsan_release(mutex);
  behind(signal, mutex);
  __tsan_acquire(mutex);
}

REDRESS_UNSEEN void RedressNotify(absl::Notification* news)
    REDRESS_NAMED("12Notification6NotifyEv");
REDRESS_UNSEEN void RedressNotify(absl::Notification* news) {
  REDRESS_BEHIND(RedressNotify, "12Notification6NotifyEv");
  __tsan_release(news);
  behind(news);
}

REDRESS_UNSEEN void RedressHear(absl::Notification* news)
    __asm__("_ZNK4absl7debian312Notification19WaitForNotificationEv");
REDRESS_UNSEEN void RedressHear(absl::Notification* news) {
  static const auto behind = redress::test::Behind<decltype(RedressHear)>(
      "_ZNK4absl7debian312Notification19WaitForNotificationEv");
  behind(news);
  __tsan_acquire(news);
}

REDRESS_UNSEEN bool RedressHearInTime(absl::Notification* news, absl::Duration most)
    __asm__("_ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
REDRESS_UNSEEN bool RedressHearInTime(absl::Notification* news, absl::Duration most) {
  static const auto behind = redress::test::Behind<decltype(RedressHearInTime)>(
      "_ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
  const bool is_heard = behind(news, most);
  if (is_heard) __tsan_acquire(news);
  return is_heard;
}
