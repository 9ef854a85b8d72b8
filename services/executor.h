// The only writer: takes what waits, decides each, commits once, then answers.
//
//   handlers --Submit--> bounded queue --RunBatch--> one transaction, one durable write
//            --> done, through the courier
//
// Nothing is answered or shown before it is durable. Answers are handed to a courier, so that a
// slow reader of an answer cannot stall the next batch. RunBatch belongs to one thread; the
// simulator calls it directly.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/ticket/decision.h"
#include "redress/v1/command.pb.h"
#include "services/cell_cache.h"
#include "services/clock.h"
#include "services/failure.h"
#include "services/fair_queue.h"
#include "services/first_deadlines.h"
#include "services/measure_keeper.h"
#include "services/playbook_store.h"
#include "services/ticket_cache.h"
#include "storage/kv.h"
#include "storage/ledger.h"

namespace redress::services {

// What may wait, in slots of a FairQueue: a command and each 4 KiB of it take one. What does not
// fit into its sender's share is refused with RESOURCE_EXHAUSTED. A client alone gets a third.
inline constexpr size_t kExecutorSlotsMax = 24'576;
// While more waits than one commit takes: there is room for what can be done in this time, so that
// what is taken in is also answered soon, but never less than for so many slots; and a commit is
// begun with only as many commands as fit into its time, but never fewer than these. It ends with
// those that were decided in that time, which is one at least; the others wait for the next one.
inline constexpr absl::Duration kExecutorWaitMax = absl::Seconds(3);
inline constexpr size_t kExecutorSlotsMin = 3072;
inline constexpr absl::Duration kBatchTimeMax = absl::Milliseconds(250);
inline constexpr size_t kBatchCommandsMin = 32;
// Commands and event bytes in one commit.
inline constexpr size_t kBatchCommandsMax = 512;
inline constexpr size_t kBatchEventBytesMax = 1 << 20;
// How often an aborted commit is run again before its commands are refused.
inline constexpr int kCommitTriesMax = 8;

// What a command came to. Without a failure: the tickets after it, in the reply's order.
struct Outcome {
  std::optional<Failure> failure;
  std::vector<v1::Ticket> tickets;
  // Of the last event; empty when nothing happened, as when a queue was empty.
  v1::Receipt receipt;
  bool joined = false;
  uint32_t playbook_version = 0;
  // Of a draw: the sample's number.
  uint32_t sample = 0;
  // The request had been done before; this is what it came to then.
  bool repeated = false;
};

// A command on its way.
struct Order {
  std::string tenant;
  engine::Actor actor;
  v1::Command command;
  // For publishing: the checked playbook.
  std::shared_ptr<const engine::Playbook> candidate;
  // For a draw: what was drawn. Shared as commands are copied.
  std::shared_ptr<const v1::SampleDrawn> draw = nullptr;
  // When the caller stops waiting. Work is not begun after it.
  absl::Time deadline = absl::InfiniteFuture();
  // Called once, from any thread, and must not block.
  std::function<void(Outcome)> done;
};

// Carries answers from the executor's thread. Deliver must not block.
using Courier = std::function<void(std::vector<std::function<void()>>)>;

// A department whose queue has changed.
struct QueueHint {
  std::string tenant;
  std::string department;
  // There may be more to pull; false: it only became shorter.
  bool has_work = false;
};

struct ExecutorOptions {
  storage::Kv* kv = nullptr;
  PlaybookStore* playbooks = nullptr;
  const Clock* clock = nullptr;
  Entropy* entropy = nullptr;
  Courier courier;
  // Called after a commit, through the courier. May be empty.
  std::function<void(const std::vector<QueueHint>&)> on_hints;
  // Whether more waits than this commit does, so that its counters may stay open. Empty: looks.
  std::function<bool()> is_behind;
  // Called once, when writing stops for good. May be empty.
  std::function<void(const std::string& reason)> on_stopped;
};

class Executor {
 public:
  explicit Executor(ExecutorOptions options);

  // Queues a command, or answers at once that it is malformed or that too much waits. Any thread.
  void Submit(Order order);

  // Does one batch of what waits; how many commands that were. 0: nothing waited.
  size_t RunBatch();
  // Runs batches until Stop; then does what still waits and returns.
  void Run();
  void Stop();

  size_t waiting() const;
  // What the driver of deadlines learns from the commits.
  FirstDeadlines& first_deadlines() { return first_deadlines_; }

 private:
  struct Waiting {
    Order order;
    std::string request_hash;
  };
  struct Batch;

  // What was put back, else what waits.
  std::deque<Waiting> Take();
  // Decides and writes a prefix of `orders`; the answers of that prefix.
  absl::StatusOr<std::vector<Outcome>> Attempt(const std::deque<Waiting>& orders, Batch& batch);
  absl::StatusOr<Outcome> Decide(const Waiting& waiting, Batch& batch);
  absl::StatusOr<Outcome> Repeat(const Waiting& waiting, const v1::StoredReply& stored,
                                 Batch& batch);
  absl::StatusOr<Outcome> Write(const Waiting& waiting, const engine::Facts& facts,
                                engine::Decision decision, Batch& batch);
  // Steps of one ticket. `original`: null for a new one.
  absl::Status WriteTicket(const std::string& tenant, const v1::Ticket* original,
                           absl::Span<engine::Step> steps, Batch& batch, Outcome& outcome);
  absl::Status WriteConfiguration(const Waiting& waiting, const engine::Step& step, Batch& batch,
                                  Outcome& outcome);
  absl::Status TakePlaybook(const Waiting& waiting, const engine::Step& step, Batch& batch,
                            Outcome& outcome);
  // 16 random bytes that nothing else gets.
  std::string TakeSalt();
  absl::StatusOr<Outcome> FillMeasures(const Waiting& waiting, Batch& batch);
  absl::StatusOr<PublishedPlaybook> LivePlaybook(const std::string& tenant, Batch& batch);
  // Fits the room to how long a batch took, in which `done` of `count` commands were not too late.
  void FitRoom(size_t count, size_t done, absl::Duration took);
  void Answer(std::deque<Waiting> orders, std::vector<Outcome> outcomes, Batch& batch);
  void StopWriting(const absl::Status& why);

  const ExecutorOptions options_;
  CellCache cells_;
  MeasureKeeper measures_{cells_};
  TicketCache tickets_;
  FirstDeadlines first_deadlines_;

  // Taken, and left over by a commit that was large enough without them. Of RunBatch alone.
  std::deque<Waiting> rest_;
  // Drawn from the entropy and not yet used. Of RunBatch alone.
  std::string random_;
  // What a command takes, as learned while more waited than was taken. Zero: not yet. Of RunBatch
  // alone.
  absl::Duration time_of_one_;

  mutable absl::Mutex mutex_;
  FairQueue<Waiting> queue_ ABSL_GUARDED_BY(mutex_){kExecutorSlotsMax};
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_write_stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace redress::services
