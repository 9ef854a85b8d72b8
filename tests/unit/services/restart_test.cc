// A server that is killed again and again ends with the same events as one that never was, given
// the same commands at the same instants.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/memory_kv.h"
#include "tests/support/engine/print.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

constexpr int kSeeds = 25;
constexpr int kCommands = 60;
constexpr int kTickets = 6;

using Random = std::mt19937_64;

struct Planned {
  absl::Time time;
  engine::Actor actor;
  v1::Command command;
};

std::string ChainsSource() {
  std::ifstream file("tests/scenarios/chains.yaml");
  std::stringstream source;
  source << file.rdbuf();
  return source.str();
}

v1::Command AnyCommand(Random& random) {
  const auto below = [&](int end) {
    return static_cast<int>(random() % static_cast<uint64_t>(end));
  };
  const std::vector<v1::Command> commands = {
      Submit(Complaint()),
      Submit(Complaint("There is smoke.")),
      Submit(AlertOf("down")),
      Pull("desk", 1 + below(3)),
      Pull("billing"),
      Accept(1 + random() % 2),
      Answer(1 + random() % 2),
      Acknowledge(),
      Pause(v1::PAUSE_REASON_CUSTOMER_INFO, absl::Hours(1 + below(60))),
      Resume(),
      Transfer("billing"),
      Escalate(),
      Deescalate(),
      TakeOffer(),
      Resolve(1 + random() % 2),
      Dispute(),
      Return()};
  return commands[static_cast<size_t>(below(static_cast<int>(commands.size())))];
}

std::vector<Planned> DrawPlan(uint64_t seed) {
  Random random(seed);
  std::vector<Planned> plan = {{At("09:00"), Owner("olga"), Publish(ChainsSource())},
                               {At("09:00"), Agent("web"), Submit(Complaint())}};
  absl::Time time = At("09:00");
  for (int i = 0; i < kCommands; ++i) {
    time += absl::Minutes(random() % (random() % 4 == 0 ? 2000 : 60));
    v1::Command command = AnyCommand(random);
    if (!command.has_submit_issue() && !command.has_pull_tickets())
      command = With(std::move(command), "ticket", absl::StrCat(1 + random() % kTickets));
    const engine::Actor actor = random() % 3 == 0 ? Owner("olga") : Agent("anna");
    plan.push_back({time, actor, std::move(command)});
  }
  plan.push_back({time + absl::Hours(24 * 30), Owner("olga"), Note()});
  return plan;
}

// Every event without what names its place in the ledger and what hides words.
std::string EventsOf(Office& office) {
  std::string text;
  std::map<uint64_t, std::string> by_ticket;
  for (const v1::Event& event : office.ReadLedger())
    absl::StrAppend(&by_ticket[event.ticket_id()], "T", event.ticket_id(), " ", event.version(),
                    " ", Print(event), "\n");
  for (const auto& [id, events] : by_ticket) text += events;
  return text;
}

class Life {
 public:
  explicit Life(const std::vector<Planned>& plan) : plan_(plan) {}

  // `kill_percent`: of the instants before, and of the commits in the middle of, each command.
  std::string Run(uint64_t seed, int kill_percent) {
    Random random(seed);
    const auto is_killed = [&] { return random() % 100 < static_cast<uint64_t>(kill_percent); };
    for (size_t i = 0; i < plan_.size(); ++i) {
      if (is_killed()) Kill();
      office_->At(plan_[i].time);
      if (is_killed()) {
        // It dies while deadlines are being written.
        office_->FailCommits({storage::CommitFault::kNone, Unknown(random)});
        office_->RunAll();
        office_->driver().Tick(plan_[i].time).IgnoreError();
        office_->RunAll();
        Kill();
        office_->At(plan_[i].time);
      }
      office_->Tick();
      const v1::Command command =
          With(plan_[i].command, "request_id", absl::StrCat("planned ", i));
      if (is_killed()) {
        // It dies while the command is being written; the caller asks again.
        office_->FailCommits({Unknown(random)});
        office_->Do(plan_[i].actor, command);
        Kill();
        office_->At(plan_[i].time);
      }
      office_->Do(plan_[i].actor, command);
    }
    EXPECT_EQ(office_->Verify(), "clean");
    return EventsOf(*office_);
  }

  int kills() const { return kills_; }

 private:
  static storage::CommitFault Unknown(Random& random) {
    return random() % 2 == 0 ? storage::CommitFault::kUnknownLost
                             : storage::CommitFault::kUnknownKept;
  }

  void Kill() {
    office_ = std::make_unique<Office>(Office::Playbooks::kNone, &store_);
    ++kills_;
  }

  const std::vector<Planned>& plan_;
  storage::MemoryKv store_;
  std::unique_ptr<Office> office_ = std::make_unique<Office>(store_);
  int kills_ = 0;
};

TEST(Restart, AtRandomPointsChangesNoEvent) {
  int kills = 0;
  size_t fired = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const std::vector<Planned> plan = DrawPlan(seed);
    const std::string whole = Life(plan).Run(seed, 0);
    Life killed(plan);
    const std::string broken = killed.Run(seed, 30);
    ASSERT_EQ(broken, whole) << "seed " << seed;
    kills += killed.kills();
    for (size_t at = whole.find("ChainStepFired"); at != std::string::npos;
         at = whole.find("ChainStepFired", at + 1))
      ++fired;
  }
  std::printf("%d kills, %zu steps of chains\n", kills, fired);
  EXPECT_GT(kills, kSeeds * 10);
  EXPECT_GT(fired, static_cast<size_t>(kSeeds));
}

}  // namespace
}  // namespace redress::test
