#include "services/grpc/daemon.h"

#include <pthread.h>

#include <fstream>
#include <functional>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "base/ed25519.h"
#include "base/log.h"
#include "base/status.h"
#include "services/admin_service.h"
#include "services/audit_service.h"
#include "services/courier.h"
#include "services/customer_service.h"
#include "services/deadline_driver.h"
#include "services/inspection_service.h"
#include "services/measure_driver.h"
#include "services/executor.h"
#include "services/goal_service.h"
#include "services/grpc/server.h"
#include "services/intake_service.h"
#include "services/outbox_service.h"
#include "services/permissions.h"
#include "services/playbook_service.h"
#include "services/queue_service.h"
#include "services/shadow.h"
#include "services/ticket_service.h"
#include "services/trail_service.h"
#include "storage/format.h"
#include "storage/rocksdb_kv.h"

namespace redress::services {
namespace {

constexpr int kWorkers = 2;
// How soon a deadline that has become due is looked for, and for a backlog, when the last ones are
// done.
constexpr absl::Duration kTickInterval = absl::Milliseconds(50);
constexpr absl::Duration kBacklogInterval = absl::Milliseconds(1);
// How soon a candidate in shadow looks for what was committed.
constexpr absl::Duration kShadowInterval = absl::Milliseconds(200);
// The id of the request that publishes the first playbook.
constexpr char kFirstPlaybookRequest[] = "first-playbook";

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// `name`, 15 bytes at most, is what top and profilers show.
std::thread StartThread(const char* name, std::function<void()> work) {
  return std::thread([name, work = std::move(work)] {
    pthread_setname_np(pthread_self(), name);
    work();
  });
}

Actor LocalActor(const std::string& tenant) {
  Actor actor;
  actor.tenant = tenant;
  actor.id = "local";
  for (const Role role : kAllRoles) actor.roles.Add(role);
  actor.has_all_departments = true;
  return actor;
}

class RunningDaemon final : public Daemon {
 public:
  explicit RunningDaemon(const DaemonOptions& options)
      : options_(options),
        clock_(options.clock != nullptr ? *options.clock : system_clock_),
        permissions_(ApiPermissions(options.more_permissions)) {}
  ~RunningDaemon() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Open();
  int port() const override { return server_->port(); }
  void Shutdown(absl::Duration grace) override;

 private:
  void StartThreads();
  absl::Status PublishFirstPlaybook();
  absl::Status Serve();
  void RunDrivers();
  void FollowInShadow();

  const DaemonOptions options_;
  SystemClock system_clock_;
  const Clock& clock_;
  SystemEntropy entropy_;
  const PermissionTable permissions_;
  std::unique_ptr<TokenFile> tokens_;
  std::unique_ptr<storage::RocksDbKv> store_;
  std::unique_ptr<storage::Kv> wrapped_;
  storage::Kv* kv_ = nullptr;  // the store, or what stands before it
  AnswerCourier courier_;
  WorkerPool workers_;
  WorkerPool long_workers_;
  PlaybookStore playbooks_;
  QueueHub hub_;
  std::unique_ptr<ShadowFollower> shadow_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<DeadlineDriver> deadlines_;
  std::unique_ptr<MeasureDriver> measures_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<IntakeService> intake_;
  std::unique_ptr<QueueService> queue_;
  std::unique_ptr<TicketService> ticket_;
  std::unique_ptr<CustomerService> customer_;
  std::unique_ptr<AuditService> audit_;
  std::unique_ptr<InspectionService> inspection_;
  std::unique_ptr<GoalService> goal_;
  std::unique_ptr<PlaybookService> playbook_;
  std::optional<base::SigningKey> anchor_key_;
  std::unique_ptr<TrailService> trail_;
  std::unique_ptr<OutboxService> outbox_;
  std::unique_ptr<AdminService> admin_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Server> server_;
  std::thread executor_thread_;
  std::thread courier_thread_;
  std::thread driver_thread_;
  std::thread shadow_thread_;
  std::vector<std::thread> worker_threads_;
  absl::Notification stop_drivers_;
  bool is_shut_down_ = false;
};

absl::Status RunningDaemon::Open() {
  ASSIGN_OR_RETURN(store_, storage::RocksDbKv::Open(options_.data_directory, {}));
  if (options_.wrap_store) wrapped_ = options_.wrap_store(*store_);
  kv_ = wrapped_ != nullptr ? wrapped_.get() : store_.get();
  RETURN_IF_ERROR(storage::EnsureFormatVersion(*kv_));
  if (!options_.token_file.empty()) {
    ASSIGN_OR_RETURN(tokens_, TokenFile::Open(options_.token_file));
  }
  if (!options_.anchor_key_file.empty()) {
    ASSIGN_OR_RETURN(const std::string pem, ReadFile(options_.anchor_key_file));
    ASSIGN_OR_RETURN(anchor_key_, base::SigningKey::FromPem(pem));
  }
  ExecutorOptions executor;
  executor.kv = kv_;
  executor.playbooks = &playbooks_;
  executor.clock = &clock_;
  executor.entropy = &entropy_;
  executor.courier = [this](std::vector<std::function<void()>> errands) {
    courier_.Deliver(std::move(errands));
  };
  executor.on_hints = [this](const std::vector<QueueHint>& hints) { hub_.Notify(hints); };
  executor.on_stopped = [this](const std::string& reason) {
    spdlog::critical("writing has stopped: {}", reason);
    if (server_ != nullptr) server_->BeginDrain();
    if (options_.on_stopped) options_.on_stopped(reason);
  };
  executor_ = std::make_unique<Executor>(std::move(executor));
  deadlines_ = std::make_unique<DeadlineDriver>(*kv_, *executor_);
  measures_ = std::make_unique<MeasureDriver>(*kv_, *executor_);
  shadow_ = std::make_unique<ShadowFollower>(*kv_);
  backend_.reset(new Backend{*kv_, *executor_, playbooks_, hub_, workers_, long_workers_, clock_,
                             *shadow_});
  intake_ = std::make_unique<IntakeService>(*backend_);
  queue_ = std::make_unique<QueueService>(*backend_);
  ticket_ = std::make_unique<TicketService>(*backend_);
  customer_ = std::make_unique<CustomerService>(*backend_);
  audit_ = std::make_unique<AuditService>(*backend_);
  inspection_ = std::make_unique<InspectionService>(*backend_);
  goal_ = std::make_unique<GoalService>(*backend_);
  playbook_ = std::make_unique<PlaybookService>(*backend_);
  trail_ = std::make_unique<TrailService>(*backend_, anchor_key_ ? &*anchor_key_ : nullptr);
  outbox_ = std::make_unique<OutboxService>(*backend_);
  admin_ = std::make_unique<AdminService>(*backend_, store_.get(), options_.backup_directory);
  StartThreads();
  RETURN_IF_ERROR(PublishFirstPlaybook());
  return Serve();
}

void RunningDaemon::StartThreads() {
  executor_thread_ = StartThread("executor", [this] { executor_->Run(); });
  courier_thread_ = StartThread("courier", [this] { courier_.Run(); });
  driver_thread_ = StartThread("driver", [this] { RunDrivers(); });
  shadow_thread_ = StartThread("shadow", [this] { FollowInShadow(); });
  for (int i = 0; i < kWorkers; ++i)
    worker_threads_.push_back(StartThread("worker", [this] { workers_.Run(); }));
  worker_threads_.push_back(StartThread("long-worker", [this] { long_workers_.Run(); }));
}

absl::Status RunningDaemon::PublishFirstPlaybook() {
  if (options_.playbook_file.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string source, ReadFile(options_.playbook_file));
  {
    const LedgerView view(*kv_);
    ASSIGN_OR_RETURN(const PublishedPlaybook live,
                     playbooks_.Live(view.reader(), options_.local_tenant));
    if (live.playbook != nullptr) return absl::OkStatus();
  }
  engine::PlaybookCompilation compilation = engine::CompilePlaybook(source);
  if (compilation.playbook == nullptr)
    return absl::InvalidArgumentError(absl::StrCat(options_.playbook_file, ":",
                                                   engine::Render(compilation.findings.front())));
  absl::Notification is_done;
  absl::Status status;
  Order order;
  order.tenant = options_.local_tenant;
  order.actor.id = "redressd";
  order.candidate = std::move(compilation.playbook);
  v1::PublishPlaybookRequest& request = *order.command.mutable_publish_playbook();
  request.set_request_id(kFirstPlaybookRequest);
  request.set_source(source);
  request.set_reason("The server was started with this playbook.");
  order.done = [&](const Outcome& outcome) {
    if (outcome.failure) status = absl::InternalError(outcome.failure->message);
    is_done.Notify();
  };
  executor_->Submit(std::move(order));
  is_done.WaitForNotification();
  return status;
}

absl::Status RunningDaemon::Serve() {
  GateOptions gate;
  gate.tokens = tokens_.get();
  gate.now = [this] { return clock_.Now(); };
  if (tokens_ == nullptr) gate.local_actor = LocalActor(options_.local_tenant);
  gate_ = std::make_unique<Gate>(&permissions_, std::move(gate));
  std::vector<const MethodSet*> services = {&intake_->methods(),   &queue_->methods(),
                                            &ticket_->methods(),   &customer_->methods(),
                                            &audit_->methods(),    &playbook_->methods(),
                                            &trail_->methods(),    &outbox_->methods(),
                                            &admin_->methods(),    &inspection_->methods(),
                                            &goal_->methods()};
  services.insert(services.end(), options_.more_services.begin(), options_.more_services.end());
  ASSIGN_OR_RETURN(server_, Server::Start(options_.server, services, gate_.get()));
  server_->health().SetAll(true);
  return absl::OkStatus();
}

void RunningDaemon::RunDrivers() {
  absl::Duration pause = kTickInterval;
  while (!stop_drivers_.WaitForNotificationWithTimeout(pause)) {
    const absl::Time now = clock_.Now();
    queue_->Tick(now);
    const absl::Status followed = outbox_->Tick();
    if (!followed.ok()) spdlog::error("the outbox cannot be read: {}", followed.ToString());
    const absl::StatusOr<size_t> sent = deadlines_->Tick(now);
    if (!sent.ok()) spdlog::error("deadlines cannot be read: {}", sent.status().ToString());
    const absl::Status filled = measures_->Tick(now);
    if (!filled.ok()) spdlog::error("measures cannot be read: {}", filled.ToString());
    const bool is_busy = deadlines_->is_busy() || measures_->is_busy();
    pause = is_busy ? kBacklogInterval : kTickInterval;
  }
}

// Rests three times as long as it works, so that a candidate costs a quarter of one processor at
// most; what it is behind, it reads when less comes in.
void RunningDaemon::FollowInShadow() {
  absl::Duration pause = kShadowInterval;
  while (!stop_drivers_.WaitForNotificationWithTimeout(pause)) {
    const absl::Time start = absl::Now();
    const absl::StatusOr<bool> has_more = shadow_->Tick(clock_.Now());
    if (!has_more.ok()) spdlog::error("the shadow stands still: {}", has_more.status().ToString());
    pause = has_more.ok() && *has_more ? 3 * (absl::Now() - start) : kShadowInterval;
  }
  const absl::Status saved = shadow_->Save();
  if (!saved.ok()) spdlog::error("the shadow was not saved: {}", saved.ToString());
}

void RunningDaemon::Shutdown(absl::Duration grace) {
  if (std::exchange(is_shut_down_, true)) return;
  if (server_ != nullptr) {
    server_->BeginDrain();
    server_->Shutdown(grace);
  }
  stop_drivers_.Notify();
  if (driver_thread_.joinable()) driver_thread_.join();
  if (shadow_thread_.joinable()) shadow_thread_.join();
  workers_.Stop();
  long_workers_.Stop();
  for (std::thread& worker : worker_threads_) worker.join();
  if (executor_ != nullptr) executor_->Stop();
  if (executor_thread_.joinable()) executor_thread_.join();
  courier_.Stop();
  if (courier_thread_.joinable()) courier_thread_.join();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(const DaemonOptions& options) {
  auto daemon = std::make_unique<RunningDaemon>(options);
  RETURN_IF_ERROR(daemon->Open());
  return std::unique_ptr<Daemon>(std::move(daemon));
}

}  // namespace redress::services
