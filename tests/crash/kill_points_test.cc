// Kills at random instants and at named points of a write, hundreds of them: what was acknowledged
// is there, once; what was asked for is there once or not at all; nothing else is there.
//
// REDRESS_KILLS: how many; 500 unless told otherwise. REDRESS_SEED repeats a run's choices.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/crash/mortal_process.h"
#include "tests/crash/point.h"

namespace redress::test {
namespace {

constexpr int kKills = 500;
// Runs on one database before the next one is begun.
constexpr int kRunsOnOne = 25;
// Answers after which a run that has not met its point is killed.
constexpr int kAnswersMax = 120;
// Requests that are asked for again after each kill.
constexpr size_t kAskedAgain = 20;
// Of this many kills, one comes while the process is still starting.
constexpr uint64_t kKillsPerEarlyOne = 6;
constexpr uint64_t kEarlyMicrosMax = 20'000;

uint64_t NumberFrom(const char* name, uint64_t otherwise) {
  uint64_t number = 0;
  const char* given = getenv(name);
  return given != nullptr && absl::SimpleAtoi(given, &number) ? number : otherwise;
}

// What is known outside of the database.
class Expected {
 public:
  void Sent(const std::string& request) { requests_.try_emplace(request, 0); }

  void Answered(const std::string& request, uint64_t id, uint32_t version) {
    versions_[id] = std::max(versions_[id], version);
    if (request == "-") return;
    uint64_t& known = requests_[request];
    EXPECT_TRUE(known == 0 || known == id)
        << request << " was ticket " << known << " and is now " << id;
    known = id;
  }

  // Compares a database's tickets, each with its version and the request that brought it.
  void Compare(const std::map<uint64_t, std::pair<uint32_t, std::string>>& tickets) const {
    std::set<std::string> seen;
    for (const auto& [id, ticket] : tickets) {
      EXPECT_TRUE(requests_.contains(ticket.second)) << "ticket " << id << " from nowhere";
      EXPECT_TRUE(seen.insert(ticket.second).second) << ticket.second << " was done twice";
    }
    for (const auto& [id, version] : versions_) {
      ASSERT_TRUE(tickets.contains(id)) << "ticket " << id << " is lost";
      EXPECT_GE(tickets.at(id).first, version) << "a change of ticket " << id << " is lost";
    }
    for (const auto& [request, id] : requests_)
      if (id != 0) EXPECT_EQ(tickets.at(id).second, request);
  }

  std::vector<std::string> Some(std::mt19937_64& random) const {
    std::vector<std::string> some;
    for (const auto& [request, id] : requests_) some.push_back(request);
    std::shuffle(some.begin(), some.end(), random);
    if (some.size() > kAskedAgain) some.resize(kAskedAgain);
    return some;
  }

 private:
  std::map<std::string, uint64_t> requests_;  // 0: of unknown end
  std::map<uint64_t, uint32_t> versions_;     // as acknowledged
};

class KillPointsTest : public testing::Test {
 protected:
  KillPointsTest() : seed_(NumberFrom("REDRESS_SEED", std::random_device()())), random_(seed_) {
    signal(SIGPIPE, SIG_IGN);
    std::string pattern = testing::TempDir() + "redress_kills_XXXXXX";
    path_ = mkdtemp(pattern.data());
    std::printf("REDRESS_SEED=%" PRIu64 "\n", seed_);
  }
  ~KillPointsTest() override { std::filesystem::remove_all(path_); }

  // One run of the process, from its start to its end.
  void Run(int number, const std::string& directory, const std::string& point,
           Expected& expected) {
    const bool is_early = random_() % kKillsPerEarlyOne == 0;
    const int visit = 1 + static_cast<int>(random_() % (IsOfEachCommit(point) ? 12 : 3));
    MortalProcess process(directory, is_early ? "" : point, visit, absl::StrCat("run", number));
    if (is_early) {
      usleep(static_cast<useconds_t>(random_() % kEarlyMicrosMax));
      process.Kill();
    }
    const int patience = point.empty() ? 1 + static_cast<int>(random_() % kAnswersMax)
                                       : kAnswersMax;
    ASSERT_NO_FATAL_FAILURE(Follow(process, patience, expected));
    ASSERT_EQ(process.End(), "killed");
    if (!is_early && !was_killed_) ++met_[point];
    ++kills_;
  }

  static bool IsOfEachCommit(const std::string& point) {
    return point == "begin" || point.starts_with("commit") || point.starts_with("log");
  }

  void Follow(MortalProcess& process, int patience, Expected& expected) {
    std::map<uint64_t, std::pair<uint32_t, std::string>> tickets;
    was_killed_ = false;
    while (const auto words = process.Hear()) {
      const std::string& kind = words->front();
      if (kind == "T") {
        tickets[Number(words->at(1))] = {static_cast<uint32_t>(Number(words->at(2))),
                                         words->at(3)};
      } else if (kind == "V") {
        ASSERT_EQ(words->at(1), "clean");
        ASSERT_NO_FATAL_FAILURE(expected.Compare(tickets));
        process.Ask(expected.Some(random_));
      } else if (kind == "S") {
        expected.Sent(words->at(1));
      } else if (kind == "A") {
        expected.Answered(words->at(1), Number(words->at(2)),
                          static_cast<uint32_t>(Number(words->at(3))));
        ++answers_;
        if (--patience > 0 || was_killed_) continue;
        was_killed_ = true;
        process.Kill();
      }
      ASSERT_FALSE(HasFailure());
    }
  }

  static uint64_t Number(const std::string& text) {
    uint64_t number = 0;
    EXPECT_TRUE(absl::SimpleAtoi(text, &number)) << text;
    return number;
  }

  const uint64_t seed_;
  std::mt19937_64 random_;
  std::string path_;
  bool was_killed_ = false;
  int kills_ = 0;
  int64_t answers_ = 0;
  // How often the process ended at each point.
  std::map<std::string, int> met_;
};

TEST_F(KillPointsTest, KeepWhatWasAcknowledgedOnceAndNothingByHalves) {
  const int kills = static_cast<int>(NumberFrom("REDRESS_KILLS", kKills));
  for (int number = 0; number < kills;) {
    const std::string directory = absl::StrCat(path_, "/", number);
    std::filesystem::create_directory(directory);
    Expected expected;
    for (int run = 0; run < kRunsOnOne && number < kills; ++run, ++number) {
      // Every other kill comes at any instant.
      const std::string point = number % 2 == 0 ? "" : kPoints[number / 2 % std::size(kPoints)];
      ASSERT_NO_FATAL_FAILURE(Run(number, directory, point, expected))
          << "kill " << number << " at " << (point.empty() ? "any instant" : point);
    }
    std::filesystem::remove_all(directory);
  }
  std::printf("%d kills, %" PRId64 " acknowledgements\n", kills_, answers_);
  for (const char* point : kPoints) {
    std::printf("  at %s: %d\n", point, met_[point]);
    if (kills >= kKills) EXPECT_GT(met_[point], 0) << point << " was never met";
  }
}

}  // namespace
}  // namespace redress::test
