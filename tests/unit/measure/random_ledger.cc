#include "tests/unit/measure/random_ledger.h"

#include <cstdlib>
#include <random>

#include "absl/strings/numbers.h"

namespace redress::engine::test {

namespace {

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  TestLedger Make(int tickets, int moves) {
    for (int i = 0; i < tickets; ++i) {
      const int64_t time = At(kRandomLedgerStart) + Below(200 * 86400);
      const int64_t first = Below(3) == 0 ? 0 : time + 1 + Below(5 * 86400);
      const int64_t resolution = Below(3) == 0 ? 0 : time + 1 + Below(20 * 86400);
      ledger_.Open(time, SomePlace(), first, resolution);
      times_.push_back(time);
    }
    for (int i = 0; i < moves; ++i) Move(Below(tickets));
    return std::move(ledger_);
  }

 private:
  int64_t Below(int64_t end) { return static_cast<int64_t>(random_() % end); }

  Place SomePlace() {
    static constexpr const char* kDepartments[] = {"billing", "desk", "legal", "repair"};
    static constexpr const char* kCategories[] = {"", "billing.charge", "repair.late"};
    static constexpr const char* kChannels[] = {"email", "phone"};
    static constexpr const char* kSegments[] = {"", "vip"};
    return {kDepartments[Below(4)], static_cast<v1::Level>(1 + Below(3)), kCategories[Below(3)],
            kChannels[Below(2)], kSegments[Below(2)]};
  }

  // Often at once, mostly within days, sometimes after weeks.
  int64_t Later(size_t ticket) {
    const int64_t spans[] = {1, 3600, 86400, 3 * 86400, 25 * 86400};
    int64_t& time = times_[ticket];
    const int64_t end = At(kRandomLedgerStart, (kRandomLedgerDaysMax - 1) * 24);
    time = std::min(time + Below(spans[Below(5)]), end);
    return time;
  }

  void Move(size_t ticket) {
    const int64_t time = Later(ticket);
    Breach(ticket, time);
    const v1::Ticket& now = ledger_.ticket(ticket);
    if (now.state() == v1::TICKET_STATE_CLOSED) return MoveClosed(ticket, time);
    if (now.state() == v1::TICKET_STATE_RESOLVED) return MoveResolved(ticket, time);
    const bool can_meet = now.promises().first_answer_state() == v1::PROMISE_STATE_RUNNING;
    switch (Below(9)) {
      case 0:
        ledger_.Note(ticket, time);
        return;
      case 1:
        ledger_.Answer(ticket, time, can_meet);
        return;
      case 2:
        ledger_.Transfer(ticket, time, SomePlace().department, static_cast<int>(1 + Below(3)));
        return;
      case 3:
        ledger_.ChangeLevel(ticket, time, SomePlace().level);
        return;
      case 4:
        ledger_.Route(ticket, time, SomePlace());
        return;
      case 5:
        ledger_.Close(ticket, time);
        return;
      default:
        ledger_.Resolve(ticket, time);
        return;
    }
  }

  void MoveResolved(size_t ticket, int64_t time) {
    switch (Below(6)) {
      case 0:
        ledger_.Transfer(ticket, time, SomePlace().department);
        return;
      case 1:
        ledger_.Reopen(ticket, time, SomeCause());
        return;
      default:
        ledger_.Close(ticket, time);
        return;
    }
  }

  void MoveClosed(size_t ticket, int64_t time) {
    switch (Below(6)) {
      case 0:
        ledger_.Route(ticket, time, SomePlace());
        return;
      case 1:
        ledger_.Note(ticket, time);
        return;
      default:
        ledger_.Reopen(ticket, time, SomeCause());
        return;
    }
  }

  v1::ReopenCause SomeCause() { return static_cast<v1::ReopenCause>(1 + Below(5)); }

  // Breaks what is past due, so that nothing is met too late.
  void Breach(size_t ticket, int64_t time) {
    const v1::Promises promises = ledger_.ticket(ticket).promises();
    if (promises.first_answer_state() == v1::PROMISE_STATE_RUNNING &&
        promises.first_answer_due().seconds() < time) {
      ledger_.Miss(ticket, time, v1::DEADLINE_KIND_FIRST_ANSWER);
    }
    if (promises.resolution_state() == v1::PROMISE_STATE_RUNNING &&
        promises.resolution_due().seconds() < time) {
      ledger_.Miss(ticket, time, v1::DEADLINE_KIND_RESOLUTION);
    }
  }

  std::mt19937_64 random_;
  TestLedger ledger_;
  // When each ticket was last moved.
  std::vector<int64_t> times_;
};

}  // namespace

TestLedger MakeRandomLedger(uint64_t seed, int tickets, int moves) {
  return Generator(seed).Make(tickets, moves);
}

uint64_t RandomLedgers() {
  constexpr uint64_t kOtherwise = 12;
  const char* told = std::getenv("REDRESS_RANDOM_LEDGERS");
  uint64_t ledgers = 0;
  return told != nullptr && absl::SimpleAtoi(told, &ledgers) ? ledgers : kOtherwise;
}

}  // namespace redress::engine::test
