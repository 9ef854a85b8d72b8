// Pieces of work done on several threads whose results are taken in order on one.
//
// The caller works too, so that all gets done even if no helper ever comes; when it returns, no
// helper is at work. Pieces may be done in any order, so they must not depend on each other.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "services/worker_pool.h"

namespace redress::services {

// Helpers asked of the pool, and pieces that may be done ahead of the one that is taken next.
inline constexpr int kOrderedHelpers = 1;
inline constexpr size_t kOrderedAheadMax = 8;

template <class Result>
class OrderedWork {
 public:
  // Does pieces 0 to `count` - 1 and calls `take` with each result in turn, on this thread; stops
  // early when that says false. `work` is called from several threads at a time. `helpers`: null
  // for none.
  static void Run(WorkerPool* helpers, size_t count, std::function<Result(size_t)> work,
                  absl::FunctionRef<bool(Result)> take) {
    // Shared: a helper may only find out that all is done after this call has returned.
    const auto state = std::make_shared<State>(count, std::move(work));
    for (int i = 0; helpers != nullptr && i < kOrderedHelpers; ++i)
      helpers->Post("", "", [state] { state->Help(); });
    while (std::optional<Result> result = state->Next())
      if (!take(*std::move(result))) break;
    state->End();
  }

 private:
  class State {
   public:
    State(size_t count, std::function<Result(size_t)> work)
        : count_(count), work_(std::move(work)) {}

    void Help() {
      while (const std::optional<size_t> piece = Claim(/*waits=*/true)) Do(*piece);
    }

    // The next result in order; nothing: there are no more.
    std::optional<Result> Next() {
      while (true) {
        {
          absl::MutexLock lock(&mutex_);
          if (taken_ == count_) return std::nullopt;
          if (std::optional<Result> result = TakeDone()) return result;
        }
        if (const std::optional<size_t> piece = Claim(/*waits=*/false)) {
          Do(*piece);
          continue;
        }
        absl::MutexLock lock(&mutex_);
        const auto is_done = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
          return done_.count(taken_) > 0;
        };
        mutex_.Await(absl::Condition(&is_done));
      }
    }

    // Waits for helpers that are at work; later ones find nothing to do.
    void End() {
      absl::MutexLock lock(&mutex_);
      is_over_ = true;
      const auto is_quiet = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return working_ == 0;
      };
      mutex_.Await(absl::Condition(&is_quiet));
    }

   private:
    std::optional<Result> TakeDone() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      auto found = done_.find(taken_);
      if (found == done_.end()) return std::nullopt;
      std::optional<Result> result(std::move(found->second));
      done_.erase(found);
      ++taken_;
      return result;
    }

    std::optional<size_t> Claim(bool waits) {
      absl::MutexLock lock(&mutex_);
      const auto may_go_on = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return is_over_ || claimed_ == count_ || claimed_ < taken_ + kOrderedAheadMax;
      };
      if (waits) mutex_.Await(absl::Condition(&may_go_on));
      if (is_over_ || claimed_ == count_ || claimed_ >= taken_ + kOrderedAheadMax)
        return std::nullopt;
      ++working_;
      return claimed_++;
    }

    void Do(size_t piece) {
      Result result = work_(piece);
      absl::MutexLock lock(&mutex_);
      done_.emplace(piece, std::move(result));
      --working_;
    }

    const size_t count_;
    const std::function<Result(size_t)> work_;
    absl::Mutex mutex_;
    size_t claimed_ ABSL_GUARDED_BY(mutex_) = 0;
    size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
    int working_ ABSL_GUARDED_BY(mutex_) = 0;
    bool is_over_ ABSL_GUARDED_BY(mutex_) = false;
    std::map<size_t, Result> done_ ABSL_GUARDED_BY(mutex_);
  };
};

}  // namespace redress::services
