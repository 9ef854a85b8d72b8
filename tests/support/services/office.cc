#include "tests/support/services/office.h"

#include <gtest/gtest.h>

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "services/report_reader.h"
#include "services/ticket_reads.h"
#include "services/verify.h"
#include "tests/support/engine/print.h"
#include "tests/support/engine/shop.h"

namespace redress::test {

std::string CountedEntropy::Bytes(size_t count) {
  std::string bytes;
  while (bytes.size() < count) absl::StrAppend(&bytes, "salt ", ++drawn_, " ");
  bytes.resize(count);
  return bytes;
}

Office::Office(Playbooks, storage::Kv* kv)
    : memory_(kv != nullptr ? *kv : own_memory_),
      kv_(memory_, [this](uint64_t) { return NextFault(); }),
      executor_(Options()),
      driver_(kv_, executor_) {
  clock_.Set(test::At("09:00"));
}

Office::Office(Playbooks playbooks) : Office(playbooks, nullptr) {}

Office::Office() : Office(Playbooks::kNone) { PublishShop(); }

Office::Office(storage::Kv& kv) : Office(Playbooks::kNone, &kv) { PublishShop(); }

void Office::PublishShop() {
  for (const char* tenant : {kTenant, kOtherTenant})
    Must(Owner("olga"), Publish(ShopSource()), tenant);
}

services::ExecutorOptions Office::Options() {
  services::ExecutorOptions options;
  options.kv = &kv_;
  options.playbooks = &playbooks_;
  options.clock = &clock_;
  options.entropy = &entropy_;
  options.courier = [](std::vector<std::function<void()>> errands) {
    for (const auto& errand : errands) errand();
  };
  options.on_hints = [this](const std::vector<services::QueueHint>& hints) { hub_.Notify(hints); };
  options.is_behind = [this] { return is_behind_.value_or(executor_.waiting() > 0); };
  options.on_stopped = [this](const std::string& reason) { stops_.push_back(reason); };
  return options;
}

storage::CommitFault Office::NextFault() {
  ++commits_;
  if (faults_.empty()) return storage::CommitFault::kNone;
  const storage::CommitFault fault = faults_.front();
  faults_.erase(faults_.begin());
  return fault;
}

Office& Office::At(absl::string_view time) { return At(test::At(time)); }

Office& Office::At(absl::Time time) {
  clock_.Set(time);
  return *this;
}

Office& Office::SlowDown(absl::Duration step) {
  clock_.SetStep(step);
  return *this;
}

services::Outcome Office::Do(const engine::Actor& actor, v1::Command command,
                             absl::string_view tenant) {
  if (FieldOf(command, "request_id").empty())
    command = With(std::move(command), "request_id", absl::StrCat("request ", ++requests_));
  services::Order order;
  order.tenant = std::string(tenant);
  order.actor = actor;
  if (command.has_publish_playbook()) {
    const std::string& source = command.publish_playbook().source();
    order.candidate =
        source == ShopSource() ? Shop() : engine::CompilePlaybook(source).playbook;
    CHECK(order.candidate != nullptr);
  }
  order.command = std::move(command);
  std::optional<services::Outcome> outcome;
  order.done = [&outcome](services::Outcome given) { outcome = std::move(given); };
  executor_.Submit(std::move(order));
  while (!outcome) CHECK(executor_.RunBatch() > 0);
  return *std::move(outcome);
}

std::string Office::Say(const engine::Actor& actor, v1::Command command, absl::string_view tenant) {
  return Print(Do(actor, std::move(command), tenant));
}

Office& Office::Must(const engine::Actor& actor, v1::Command command, absl::string_view tenant) {
  const services::Outcome outcome = Do(actor, std::move(command), tenant);
  EXPECT_FALSE(outcome.failure) << Print(outcome);
  return *this;
}

void Office::Send(v1::Command command, absl::Time deadline, absl::string_view tenant) {
  if (FieldOf(command, "request_id").empty())
    command = With(std::move(command), "request_id", absl::StrCat("request ", ++requests_));
  services::Order order;
  order.tenant = std::string(tenant);
  order.actor = Agent("anna");
  order.command = std::move(command);
  order.deadline = deadline;
  order.done = [this](services::Outcome outcome) { answers_.push_back(std::move(outcome)); };
  executor_.Submit(std::move(order));
}

void Office::RunAll() {
  while (executor_.RunBatch() > 0) {
  }
}

size_t Office::Tick() {
  size_t sent = 0;
  while (true) {
    const absl::StatusOr<size_t> count = driver_.Tick(now());
    CHECK_OK(count.status());
    if (*count == 0) return sent;
    sent += *count;
    RunAll();
  }
}

v1::Ticket Office::ReadTicket(uint64_t id, absl::string_view tenant) {
  const services::LedgerView view(memory_);
  const auto ticket = view.reader().ReadTicket(tenant, id);
  CHECK_OK(ticket.status());
  CHECK(ticket->has_value());
  return **ticket;
}

v1::ExplainDueResponse Office::ExplainDue(uint64_t id, v1::ClockKind kind) {
  const services::LedgerView view(memory_);
  auto explained = services::ExplainClocks(view.reader(), playbooks_, kTenant, ReadTicket(id), kind,
                                           clock_.Now());
  CHECK_OK(explained.status());
  return *std::move(explained);
}

v1::LedgerHead Office::ReadHead(absl::string_view tenant) {
  const services::LedgerView view(memory_);
  const auto head = view.reader().ReadHead(tenant);
  CHECK_OK(head.status());
  return *head;
}

std::vector<v1::Event> Office::ReadLedger(absl::string_view tenant) {
  const services::LedgerView view(memory_);
  std::vector<v1::Event> events;
  for (uint64_t number = 1; number <= ReadHead(tenant).commit(); ++number) {
    const auto commit = view.reader().ReadCommit(tenant, number);
    CHECK_OK(commit.status());
    for (const std::string& bytes : commit->events())
      CHECK(events.emplace_back().ParseFromString(bytes));
  }
  return events;
}

std::string Office::Verify(absl::string_view tenant) {
  const services::LedgerView view(memory_);
  const v1::VerifyLedgerResponse finding = services::VerifyLedgerOf(
      view.reader(), tenant, [](const v1::VerifyLedgerResponse&) { return true; });
  EXPECT_TRUE(finding.done());
  return finding.clean() ? "clean" : finding.first_difference();
}

v1::Report Office::Report(std::vector<v1::Dimension> by, absl::string_view tenant) {
  const services::LedgerView view(memory_);
  v1::GetReportRequest request;
  for (const v1::Dimension dimension : by) request.add_by(dimension);
  const auto result = services::ReadReport(view.reader(), tenant, request, now());
  CHECK_OK(result.status());
  if (const auto* report = std::get_if<v1::Report>(&*result)) return *report;
  ADD_FAILURE() << std::get<engine::ReportFailure>(*result).text;
  return {};
}

std::string Print(const services::Outcome& outcome) {
  if (outcome.failure)
    return absl::StrCat(outcome.failure->reason, ": ", NameTickets(outcome.failure->message));
  return absl::StrJoin(outcome.tickets, "\n", [](std::string* out, const v1::Ticket& ticket) {
    absl::StrAppend(out, "T", ticket.id(), " ", Print(ticket));
  });
}

}  // namespace redress::test
