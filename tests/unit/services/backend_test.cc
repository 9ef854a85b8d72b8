// backend.h: what the handlers share.
#include "services/backend.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "redress/v1/audit_service.pb.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

using services::Failure;
using Reply = services::Reply<v1::GetReportResponse>;

class Sink final : public services::CallSink {
 public:
  void Succeed(const google::protobuf::Message&) override { end = "OK"; }
  void Fail(const Failure& failure) override { end = failure.reason; }
  bool is_over() const override { return !end.empty(); }
  void Park(std::function<void()>) override {}

  std::string end;
};

TEST(Work, IsDoneOnAWorker) {
  services::WorkerPool pool;
  const auto sink = std::make_shared<Sink>();
  const Reply reply(sink);
  services::WorkIn(pool, "acme", "anna", reply, [reply] { reply.Finish({}); });
  EXPECT_EQ(sink->end, "");
  pool.Stop();
  pool.Run();
  EXPECT_EQ(sink->end, "OK");
}

TEST(Work, IsNotBegunForACallThatIsOver) {
  services::WorkerPool pool;
  const auto sink = std::make_shared<Sink>();
  bool is_done = false;
  services::WorkIn(pool, "acme", "anna", Reply(sink), [&is_done] { is_done = true; });
  sink->Fail({.reason = services::kReasonCallCancelled});
  pool.Stop();
  pool.Run();
  EXPECT_FALSE(is_done);
}

TEST(Work, IsRefusedWhereTooMuchOfAClientWaits) {
  services::WorkerPool pool;
  const auto refused = std::make_shared<Sink>();
  for (size_t i = 0; i < services::WorkerPool::kSlotsMax / 3; ++i)
    services::WorkIn(pool, "acme", "anna", Reply(std::make_shared<Sink>()), [] {});
  services::WorkIn(pool, "acme", "anna", Reply(refused), [] {});
  EXPECT_EQ(refused->end, "QUEUE_FULL");
  pool.Stop();
  pool.Run();
}

TEST(LedgerView, FailsItsReadsOnceNobodyWaitsForThem) {
  Office office;
  const auto sink = std::make_shared<Sink>();
  const services::LedgerView view(office.kv(), services::UntilOver(Reply(sink)));
  EXPECT_EQ(view.reader().ReadHead(Office::kTenant)->commit(), office.ReadHead().commit());
  sink->Fail({.reason = services::kReasonCallCancelled});
  const absl::Status stopped = view.reader().ReadHead(Office::kTenant).status();
  EXPECT_TRUE(absl::IsCancelled(stopped)) << stopped;
  EXPECT_EQ(services::StorageFailure(stopped).reason, services::kReasonCallCancelled);
}

}  // namespace
}  // namespace redress::test
