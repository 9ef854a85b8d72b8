#include "tests/support/services/mixed_run.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

class Run {
 public:
  Run(Office& office, uint64_t seed) : office_(office), random_(seed) {}

  void Step() {
    office_.At(office_.now() + absl::Seconds(Below(2400)));
    if (Below(3) == 0) office_.Tick();
    switch (Below(8)) {
      case 0:
      case 1:
        office_.Do(Submit(AnyIssue()));
        return;
      case 2:
        PullAndWork();
        return;
      case 3:
        office_.Do(AnyToldFact());
        return;
      default:
        office_.Do(Owner("anna"), With(AnyWork(), "ticket", AnyTicket()));
        return;
    }
  }

 private:
  int Below(int end) { return static_cast<int>(random_() % static_cast<uint64_t>(end)); }

  // Does something with each ticket that was pulled, or leaves it to its lease.
  void PullAndWork() {
    for (const v1::Ticket& ticket : office_.Do(Pull(AnyDepartment(), 3)).tickets) {
      const uint64_t token = ticket.lease_count();
      v1::Command commands[] = {Answer(token), Resolve(token), Accept(token), Return(token)};
      const int at = Below(5);
      if (at < 4) office_.Do(With(commands[at], "ticket", absl::StrCat(ticket.id())));
    }
  }

  const char* AnyDepartment() {
    constexpr const char* kDepartments[] = {"desk", "billing", "operations", "board"};
    return kDepartments[Below(4)];
  }

  v1::Issue AnyIssue() {
    constexpr const char* kChannels[] = {"phone", "app", "shop"};
    v1::Issue issues[] = {Complaint(), ChargedTwice(),
                          Burned(),    Question(),
                          Praise(),    AlertOf("disk full", absl::StrCat("db", Below(3)))};
    v1::Issue issue = issues[Below(6)];
    issue.set_channel(kChannels[Below(3)]);
    if (Below(3) == 0) issue.mutable_customer()->set_segment("vip");
    if (Below(5) == 0) issue.set_key(absl::StrCat("key ", Below(5)));
    return issue;
  }

  std::string AnyTicket() {
    const uint64_t last = office_.ReadHead().last_ticket_id();
    return absl::StrCat(1 + random_() % (last + 1));
  }

  v1::Command AnyWork() {
    v1::Command commands[] = {Accept(1 + random_() % 2),
                              Answer(),
                              Acknowledge(),
                              Pause(static_cast<v1::PauseReason>(1 + Below(4))),
                              Resume(),
                              Transfer(AnyDepartment()),
                              Escalate(),
                              Deescalate(),
                              TakeOffer(),
                              Resolve(),
                              Resolve(1 + random_() % 2),
                              Close(v1::CLOSE_CAUSE_CONFIRMED),
                              Close(v1::CLOSE_CAUSE_WITHDRAWN),
                              Reopen(static_cast<v1::ReopenCause>(1 + Below(5))),
                              Dispute(),
                              Confirm("Well."),
                              Note(),
                              Return()};
    return commands[Below(static_cast<int>(std::size(commands)))];
  }

  v1::Command AnyToldFact() {
    const std::string time = Print(office_.now() - absl::Hours(Below(72)) - absl::Hours(1));
    const std::string department = Below(4) == 0 ? "" : AnyDepartment();
    v1::Command commands[] = {ToldOpened(time, AnyIssue(), department),
                              ToldReassigned(time, AnyDepartment(), Below(4)),
                              ToldLevel(time, static_cast<v1::Level>(1 + Below(3))),
                              ToldWaiting(time, v1::PAUSE_REASON_THIRD_PARTY),
                              ToldResumed(time),
                              ToldAnswered(time),
                              ToldResolved(time, "done"),
                              ToldReopened(time),
                              ToldClosed(time, "done")};
    v1::Command command = commands[Below(static_cast<int>(std::size(commands)))];
    return With(std::move(command), "external_id", absl::StrCat("ext-", Below(20)));
  }

  Office& office_;
  std::mt19937_64 random_;
};

}  // namespace

void RunMixed(Office& office, uint64_t seed, int commands) {
  Run run(office, seed);
  for (int i = 0; i < commands; ++i) run.Step();
}

}  // namespace redress::test
