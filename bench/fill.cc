#include "bench/fill.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"
#include "bench/sample.h"
#include "engine/playbook/playbook.h"
#include "engine/ticket/limits.h"
#include "services/clock.h"
#include "services/executor.h"
#include "services/playbook_store.h"
#include "storage/format.h"
#include "storage/rocksdb_kv.h"

namespace redress::bench {
namespace {

constexpr absl::Duration kYear = absl::Hours(24 * 365);
constexpr absl::Duration kClosedAfterMin = absl::Hours(1);
constexpr absl::Duration kClosedAfterMax = absl::Hours(24 * 21);

// Stands still until it is told the time.
class FillClock final : public services::Clock {
 public:
  absl::Time Now() const override { return now_; }
  void Set(absl::Time now) { now_ = now; }

 private:
  absl::Time now_;
};

class Filler {
 public:
  Filler(storage::Kv& kv, const FillSize& size) : size_(size), executor_(OptionsFor(kv)) {}

  absl::Status Run() {
    PublishPlaybook();
    const uint64_t total = size_.large_queue + size_.small_queue + size_.closed + size_.worked;
    for (uint64_t done = 0; done < total && status_.ok();) {
      clock_.Set(start_ + kYear * (static_cast<double>(done) / static_cast<double>(total)));
      CloseDue();
      const uint64_t end = std::min<uint64_t>(total, done + services::kBatchCommandsMax);
      for (; done < end; ++done) SubmitIssue(done, total);
      RunBatches();
      if (size_.worked > 0) WorkOnTickets();
    }
    return status_;
  }

 private:
  services::ExecutorOptions OptionsFor(storage::Kv& kv) {
    services::ExecutorOptions options;
    options.kv = &kv;
    options.playbooks = &playbooks_;
    options.clock = &clock_;
    options.entropy = &entropy_;
    options.courier = [](std::vector<std::function<void()>> errands) {
      for (const auto& errand : errands) errand();
    };
    return options;
  }

  services::Order NewOrder() {
    services::Order order;
    order.tenant = kTenant;
    order.actor.id = "fill";
    order.actor.all_departments = true;
    order.actor.is_owner = true;
    order.done = [this](const services::Outcome& outcome) { Note(outcome); };
    return order;
  }

  void Note(const services::Outcome& outcome) {
    if (outcome.failure) status_.Update(absl::InternalError(outcome.failure->message));
  }

  void RunBatches() {
    while (executor_.RunBatch() > 0) {
    }
  }

  void PublishPlaybook() {
    clock_.Set(start_);
    const std::string source = PlaybookSource() + size_.playbook_end;
    engine::PlaybookCompilation compilation = engine::CompilePlaybook(source);
    services::Order order = NewOrder();
    order.candidate = std::move(compilation.playbook);
    v1::PublishPlaybookRequest& request = *order.command.mutable_publish_playbook();
    request.set_request_id("fill-playbook");
    request.set_source(source);
    request.set_reason("The database is filled with it.");
    executor_.Submit(std::move(order));
    RunBatches();
  }

  // Every kind of ticket comes in all year long.
  absl::string_view DepartmentOf(uint64_t number, uint64_t total) const {
    const auto comes = [&](uint64_t count) {
      return (number + 1) * count / total > number * count / total;
    };
    if (comes(size_.small_queue)) return kSmallQueue;
    if (comes(size_.small_queue + size_.closed)) return kClosedDesk;
    return comes(size_.small_queue + size_.closed + size_.worked) ? kWorkedDesk : kLargeQueue;
  }

  void SubmitIssue(uint64_t number, uint64_t total) {
    services::Order order = NewOrder();
    const absl::string_view department = DepartmentOf(number, total);
    *order.command.mutable_submit_issue() = SampleIssue("fill", number, department);
    if (department == kClosedDesk)
      order.done = [this](const services::Outcome& outcome) {
        Note(outcome);
        if (!outcome.failure) Schedule(outcome.tickets.back().id());
      };
    executor_.Submit(std::move(order));
  }

  void Schedule(uint64_t ticket_id) {
    // Golden ratio: spread evenly whatever the count.
    const double share = static_cast<double>(ticket_id) * 0.6180339887;
    const absl::Duration after = kClosedAfterMin + (kClosedAfterMax - kClosedAfterMin) *
                                                       (share - static_cast<int64_t>(share));
    to_close_.emplace(clock_.Now() + after, ticket_id);
  }

  void CloseDue() {
    while (!to_close_.empty() && to_close_.begin()->first <= clock_.Now()) {
      services::Order order = NewOrder();
      v1::CloseTicketRequest& close = *order.command.mutable_close_ticket();
      const uint64_t ticket_id = to_close_.begin()->second;
      close.set_request_id(absl::StrCat("close-", ticket_id));
      close.set_ticket(absl::StrCat(ticket_id));
      close.set_cause(v1::CLOSE_CAUSE_WITHDRAWN);
      close.set_note("The customer took it back.");
      executor_.Submit(std::move(order));
      to_close_.erase(to_close_.begin());
    }
  }

  // Brings all that waits at kWorkedDesk to its end, step by step.
  void WorkOnTickets() {
    std::vector<v1::Ticket> tickets;
    services::Order pull = NewOrder();
    pull.command.mutable_pull_tickets()->set_department(kWorkedDesk);
    pull.command.mutable_pull_tickets()->set_max_tickets(engine::kPullTicketsMax);
    pull.done = [&](const services::Outcome& outcome) {
      Note(outcome);
      tickets.insert(tickets.end(), outcome.tickets.begin(), outcome.tickets.end());
    };
    for (size_t i = 0; i <= services::kBatchCommandsMax / engine::kPullTicketsMax; ++i) {
      pull.command.mutable_pull_tickets()->set_request_id(NextRequestId());
      executor_.Submit(pull);
    }
    RunBatches();
    Step(tickets, [](const v1::Ticket& ticket, v1::Command& command) {
      auto& accept = *command.mutable_accept_ticket();
      accept.set_lease_token(ticket.hold().lease_token());
      return &accept;
    });
    Step(tickets, [](const v1::Ticket&, v1::Command& command) {
      auto& answer = *command.mutable_answer_ticket();
      answer.set_text("We have found your payment and the order leaves the house today.");
      return &answer;
    });
    Step(tickets, [](const v1::Ticket&, v1::Command& command) {
      auto& resolve = *command.mutable_resolve_ticket();
      resolve.mutable_resolution()->set_outcome(v1::OUTCOME_FIXED);
      resolve.mutable_resolution()->set_answer("The payment was booked to the order.");
      return &resolve;
    });
    Step(tickets, [](const v1::Ticket&, v1::Command& command) {
      return command.mutable_confirm_resolution();
    });
  }

  // `fill` makes the command for a ticket, all but what every command has, and returns its request.
  template <typename Fill>
  void Step(const std::vector<v1::Ticket>& tickets, Fill fill) {
    for (const v1::Ticket& ticket : tickets) {
      services::Order order = NewOrder();
      auto* request = fill(ticket, order.command);
      request->set_request_id(NextRequestId());
      request->set_ticket(absl::StrCat(ticket.id()));
      executor_.Submit(std::move(order));
    }
    RunBatches();
  }

  std::string NextRequestId() { return absl::StrCat("work-", ++requests_); }

  const FillSize size_;
  const absl::Time start_ = absl::Now() - kYear;
  FillClock clock_;
  services::SystemEntropy entropy_;
  services::PlaybookStore playbooks_;
  services::Executor executor_;
  std::multimap<absl::Time, uint64_t> to_close_;
  uint64_t requests_ = 0;
  absl::Status status_;
};

}  // namespace

absl::Status Fill(const std::string& directory, const FillSize& size) {
  ASSIGN_OR_RETURN(const auto kv, storage::RocksDbKv::Open(absl::StrCat(directory, "/data"), {}));
  RETURN_IF_ERROR(storage::EnsureFormatVersion(*kv));
  return Fill(*kv, size);
}

absl::Status Fill(storage::Kv& kv, const FillSize& size) { return Filler(kv, size).Run(); }

}  // namespace redress::bench
