// outbox_service.h: how much of a ledger is read for a follower at a time.
#include "services/outbox_service.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

// Somebody who reads everything at once, and writes down what happens; the end stops the workers.
class Reader final : public services::StreamSink {
 public:
  Reader(std::vector<std::string>& log, services::WorkerPool& workers)
      : log_(log), workers_(workers) {}
  bool Send(const google::protobuf::Message&) override {
    log_.push_back("sent");
    return true;
  }
  bool HasRoom() const override { return true; }
  void WhenRoom(std::function<void()> when_room) override { when_room(); }
  void Close() override { End("closed"); }
  void Fail(const services::Failure& failure) override { End(failure.reason); }
  bool is_over() const override { return is_over_; }
  void Park(std::function<void()> on_over) override { on_over_ = std::move(on_over); }

 private:
  void End(const std::string& how) {
    log_.push_back(how);
    is_over_ = true;
    workers_.Stop();
  }

  std::vector<std::string>& log_;
  services::WorkerPool& workers_;
  bool is_over_ = false;
  std::function<void()> on_over_;
};

TEST(OutboxService, LeavesItsWorkerToOthersNowAndThen) {
  Office office;
  for (int i = 0; i < 3 * services::kOutboxCommitsMax; ++i) office.Must(Submit(Complaint()));
  services::WorkerPool workers;
  services::ShadowFollower shadow(office.kv());
  services::Backend backend{office.kv(),  office.executor(), office.playbooks(), office.hub(),
                            workers,      workers,           office.clock(),     shadow};
  services::OutboxService outbox(backend);

  std::vector<std::string> log;
  services::Caller caller;
  caller.actor = {.tenant = Office::kTenant, .id = "courier"};
  caller.scope = services::Scope::kOwnTenant;
  outbox.methods().methods().front().start_stream(
      caller,
      [](google::protobuf::Message& request) {
        static_cast<v1::FollowOutboxRequest&>(request).set_until_now(true);
        return std::optional<services::Failure>();
      },
      std::make_shared<Reader>(log, workers));
  ASSERT_TRUE(workers.Post(Office::kTenant, "anna", [&log] { log.push_back("anna's read"); }));
  workers.Run();
  EXPECT_THAT(log, testing::ElementsAre("anna's read", "closed"));
}

}  // namespace
}  // namespace redress::test
