// Pages that are made one after the other and gone through by several parts, on several threads.
//
// Each part goes through all pages in their order and takes from them what is its own, so parts
// need nothing of each other. The caller works too, so that all gets done even if no helper ever
// comes; when it returns, no helper is at work.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "services/worker_pool.h"

namespace redress::services {

// Helpers asked of the pool, and pages that are in memory at a time.
inline constexpr int kPartedHelpers = 1;
inline constexpr size_t kPartedPagesMax = 6;

template <class Page>
class PartedWork {
 public:
  struct Steps {
    // The next page; null: there are no more. On one thread at a time.
    std::function<std::unique_ptr<Page>()> read;
    // What can be done of a page without the ones before it. On several threads at a time.
    std::function<void(Page&)> prepare;
    // Takes a part's share of a page: for each part in the order of the pages and on one thread at
    // a time, for several parts at a time.
    std::function<void(size_t part, const Page&)> take;
  };

  // Goes through all pages, or until `go_on`, which is asked on this thread now and then, says
  // false. `helpers`: null for none.
  static void Run(WorkerPool* helpers, size_t parts, Steps steps,
                  absl::FunctionRef<bool()> go_on) {
    // Shared: a helper may only find out that all is done after this call has returned.
    const auto state = std::make_shared<State>(parts, std::move(steps));
    const auto help = [state] {
      while (state->DoPiece()) {
      }
    };
    for (int i = 0; helpers != nullptr && i < kPartedHelpers; ++i) helpers->Post("", "", help);
    while (state->DoPiece())
      if (!go_on()) break;
    state->End();
  }

 private:
  class State {
   public:
    State(size_t parts, Steps steps) : steps_(std::move(steps)), parts_(parts) {}

    // Takes a share that is ready or else makes a page, waiting for either. False: all is done.
    bool DoPiece() {
      absl::MutexLock lock(&mutex_);
      while (true) {
        if (is_over_) return false;
        if (Part* const part = FindReady()) return TakeShare(*part), true;
        if (!is_reading_ && !is_at_end_ && pages_.size() < kPartedPagesMax) return MakePage(), true;
        if (is_at_end_ && pages_.empty()) return false;
        changed_.Wait(&mutex_);
      }
    }

    // Waits for helpers that are at work; later ones find nothing to do.
    void End() {
      absl::MutexLock lock(&mutex_);
      is_over_ = true;
      changed_.SignalAll();
      while (working_ > 0) changed_.Wait(&mutex_);
    }

   private:
    struct Slot {
      std::unique_ptr<Page> page;
      bool is_ready = false;
      size_t taken = 0;  // by how many parts
    };
    struct Part {
      size_t next = 0;  // the page to take
      bool is_busy = false;
    };

    // The part that is furthest behind of those whose next page is ready; null: there is none.
    Part* FindReady() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      Part* ready = nullptr;
      for (Part& part : parts_) {
        if (part.is_busy || part.next - first_ >= pages_.size()) continue;
        if (!pages_[part.next - first_].is_ready) continue;
        if (ready == nullptr || part.next < ready->next) ready = &part;
      }
      return ready;
    }

    void TakeShare(Part& part) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      part.is_busy = true;
      ++working_;
      const Page& page = *pages_[part.next - first_].page;
      const size_t number = static_cast<size_t>(&part - parts_.data());
      mutex_.Unlock();
      steps_.take(number, page);
      mutex_.Lock();
      ++pages_[part.next - first_].taken;
      ++part.next;
      part.is_busy = false;
      DropTaken();
      --working_;
      changed_.SignalAll();
    }

    void DropTaken() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      while (!pages_.empty() && pages_.front().taken == parts_.size()) {
        pages_.pop_front();
        ++first_;
      }
    }

    void MakePage() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      is_reading_ = true;
      ++working_;
      mutex_.Unlock();
      std::unique_ptr<Page> page = steps_.read();
      mutex_.Lock();
      is_reading_ = false;
      is_at_end_ = page == nullptr;
      if (page != nullptr) Prepare(std::move(page));
      --working_;
      changed_.SignalAll();
    }

    void Prepare(std::unique_ptr<Page> page) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      Page& prepared = *page;
      const size_t number = first_ + pages_.size();
      pages_.push_back({std::move(page)});
      changed_.SignalAll();
      mutex_.Unlock();
      steps_.prepare(prepared);
      mutex_.Lock();
      pages_[number - first_].is_ready = true;
    }

    const Steps steps_;
    absl::Mutex mutex_;
    absl::CondVar changed_;
    std::deque<Slot> pages_ ABSL_GUARDED_BY(mutex_);  // those that some part has not taken
    size_t first_ ABSL_GUARDED_BY(mutex_) = 0;        // how many came before these
    std::vector<Part> parts_ ABSL_GUARDED_BY(mutex_);
    int working_ ABSL_GUARDED_BY(mutex_) = 0;
    bool is_reading_ ABSL_GUARDED_BY(mutex_) = false;
    bool is_at_end_ ABSL_GUARDED_BY(mutex_) = false;
    bool is_over_ ABSL_GUARDED_BY(mutex_) = false;
  };
};

}  // namespace redress::services
