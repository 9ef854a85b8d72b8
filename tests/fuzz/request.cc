// Every request message through its handler to the decision: byte 0 names the method, byte 1 who
// calls, the rest is the request. Each call is answered once, with an answer or a refusal in words,
// and the ledger stays whole.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "services/admin_service.h"
#include "services/audit_service.h"
#include "services/customer_service.h"
#include "services/intake_service.h"
#include "services/playbook_service.h"
#include "services/queue_service.h"
#include "services/ticket_service.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/services/mixed_run.h"

namespace redress::fuzz {
namespace {

using services::Caller;
using services::Failure;

// Inputs after which the office begins anew, so that what one leaves does not grow without end.
constexpr int kInputsPerOffice = 2000;

template <class Base>
class CountedSink : public Base {
 public:
  void Fail(const Failure& failure) override {
    CHECK(!failure.reason.empty() && !failure.message.empty());
    CHECK(failure.reason != services::kReasonInternal);
    ++answers;
  }
  bool is_over() const override { return answers > 0; }
  void Park(std::function<void()> on_over) override { parked = std::move(on_over); }

  int answers = 0;
  std::function<void()> parked;
};

class OneAnswer final : public CountedSink<services::CallSink> {
 public:
  void Succeed(const google::protobuf::Message&) override { ++answers; }
};

class ManyAnswers final : public CountedSink<services::StreamSink> {
 public:
  bool Send(const google::protobuf::Message&) override { return !is_over(); }
  bool HasRoom() const override { return true; }
  void WhenRoom(std::function<void()> when_room) override { when_room(); }
  void Close() override { ++answers; }
};

Caller CallerOf(uint8_t who, const std::string& method) {
  Caller caller;
  caller.actor.tenant = test::Office::kTenant;
  caller.actor.id = who % 4 == 3 ? "c1" : "anna";
  caller.actor.has_all_departments = who % 4 != 2;
  caller.actor.roles.Add(who % 4 == 0 ? services::Role::kOwner : services::Role::kAgent);
  caller.scope = who % 4 == 3   ? services::Scope::kOwnRecord
                 : who % 4 == 2 ? services::Scope::kOwnDepartments
                                : services::Scope::kOwnTenant;
  caller.method = method;
  caller.deadline = absl::InfiniteFuture();
  return caller;
}

// A server's handlers over an office, for one call.
class Counter {
 public:
  explicit Counter(test::Office& office)
      : office_(office),
        shadow_(office.kv()),
        backend_{office.kv(),  office.executor(), office.playbooks(),
                 office.hub(), workers_,          workers_,
                 office.clock(), shadow_},
        admin_(backend_, nullptr, ""),
        audit_(backend_),
        customer_(backend_),
        intake_(backend_),
        playbook_(backend_),
        queue_(backend_),
        ticket_(backend_) {}

  void Call(uint8_t number, uint8_t who, absl::string_view bytes) {
    std::vector<const services::Method*> methods;
    for (const services::MethodSet* set :
         {&audit_.methods(), &customer_.methods(), &intake_.methods(), &playbook_.methods(),
          &queue_.methods(), &ticket_.methods(), &admin_.methods()})
      for (const services::Method& method : set->methods()) methods.push_back(&method);
    const services::Method& method = *methods[number % methods.size()];
    const Caller caller = CallerOf(who, std::string(method.descriptor->full_name()));
    const auto read = [&](google::protobuf::Message& request) -> std::optional<Failure> {
      if (request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return std::nullopt;
      return services::MalformedRequest(bytes, *request.GetDescriptor());
    };
    if (method.start) Finish(std::make_shared<OneAnswer>(), method.start, caller, read);
    else Finish(std::make_shared<ManyAnswers>(), method.start_stream, caller, read);
  }

 private:
  template <class Sink, class Start>
  void Finish(std::shared_ptr<Sink> sink, const Start& start, const Caller& caller,
              services::ReadRequest read) {
    start(caller, read, sink);
    office_.RunAll();
    workers_.Stop();
    workers_.Run();
    office_.RunAll();
    CHECK_LE(sink->answers, 1);
    // Who waits for work, or watches, is answered by nobody here.
    CHECK(sink->answers == 1 || sink->parked);
    if (sink->answers == 0) sink->Fail({.reason = "OVER", .message = "the caller has gone"});
    if (sink->parked) sink->parked();
  }

  test::Office& office_;
  services::WorkerPool workers_;
  services::ShadowFollower shadow_;
  services::Backend backend_;
  services::AdminService admin_;
  services::AuditService audit_;
  services::CustomerService customer_;
  services::IntakeService intake_;
  services::PlaybookService playbook_;
  services::QueueService queue_;
  services::TicketService ticket_;
};

std::unique_ptr<test::Office> NewOffice() {
  auto office = std::make_unique<test::Office>();
  test::RunMixed(*office, 1, 40);
  return office;
}

}  // namespace
}  // namespace redress::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using redress::fuzz::ViewOf;
  static int inputs = 0;
  static auto& office = *new std::unique_ptr<redress::test::Office>(redress::fuzz::NewOffice());
  if (size < 2) return 0;
  if (++inputs % redress::fuzz::kInputsPerOffice == 0) {
    CHECK_EQ(office->Verify(), "clean");
    office = redress::fuzz::NewOffice();
  }
  redress::fuzz::Counter(*office).Call(data[0], data[1], ViewOf(data + 2, size - 2));
  return 0;
}
