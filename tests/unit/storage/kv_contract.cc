#include "kv_contract.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <random>
#include <thread>

namespace redress::storage {
namespace {

using testing::HasSubstr;

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KvContract);

TEST_P(KvContract, EmptyDatabaseHasNothing) {
  const auto snapshot = kv().TakeSnapshot();
  EXPECT_EQ(Read(*snapshot, "a"), "none");
  EXPECT_EQ(Entries(*snapshot), "");
  EXPECT_EQ(EntriesBackward(*snapshot), "");
}

TEST_P(KvContract, CommitIsSeenByLaterReadersOnly) {
  Write({"a=1", "b=2"});
  const auto before = kv().TakeSnapshot();
  Write({"a=3", "-b", "c=4"});
  const auto after = kv().TakeSnapshot();
  EXPECT_EQ(Entries(*before), "a=1 b=2");
  EXPECT_EQ(Read(*before, "a"), "1");
  EXPECT_EQ(Read(*before, "c"), "none");
  EXPECT_EQ(Entries(*after), "a=3 c=4");
  EXPECT_EQ(Read(*after, "b"), "none");
}

TEST_P(KvContract, EachSnapshotKeepsItsOwnState) {
  std::vector<std::unique_ptr<Snapshot>> snapshots;
  for (int i = 0; i < 5; ++i) {
    Write({absl::StrCat("a=", i), absl::StrCat("b", i, "=", i), absl::StrCat("-b", i - 1)});
    snapshots.push_back(kv().TakeSnapshot());
  }
  snapshots.erase(snapshots.begin() + 2);
  Write({"-a", "-b4"});
  EXPECT_EQ(Entries(*snapshots[0]), "a=0 b0=0");
  EXPECT_EQ(Entries(*snapshots[1]), "a=1 b1=1");
  EXPECT_EQ(Entries(*snapshots[2]), "a=3 b3=3");
  EXPECT_EQ(EntriesBackward(*snapshots[3]), "b4=4 a=4");
  EXPECT_EQ(Entries(*kv().TakeSnapshot()), "");
}

TEST_P(KvContract, TransactionReadsItsOwnWrites) {
  Write({"a=1", "c=3", "e=5"});
  const auto transaction = kv().Begin();
  Apply(*transaction, {"b=2", "c=30", "-e", "f=6", "g=7", "-g"});
  EXPECT_EQ(Read(*transaction, "b"), "2");
  EXPECT_EQ(Read(*transaction, "c"), "30");
  EXPECT_EQ(Read(*transaction, "e"), "none");
  EXPECT_EQ(Read(*transaction, "g"), "none");
  EXPECT_EQ(Entries(*transaction), "a=1 b=2 c=30 f=6");
  EXPECT_EQ(EntriesBackward(*transaction), "f=6 c=30 b=2 a=1");
  EXPECT_EQ(Entries(*kv().TakeSnapshot()), "a=1 c=3 e=5");
}

TEST_P(KvContract, TransactionScansMergeOwnWritesWithinBoundsAndLimit) {
  Write({"b=2", "d=4", "f=6", "h=8"});
  const auto transaction = kv().Begin();
  Apply(*transaction, {"a=1", "c=3", "-d", "g=7", "i=9"});
  EXPECT_EQ(Entries(*transaction, {"b", "h"}), "b=2 c=3 f=6 g=7");
  EXPECT_EQ(EntriesBackward(*transaction, {"b", "h"}), "g=7 f=6 c=3 b=2");
  EXPECT_EQ(Entries(*transaction, {"b", ""}, 3), "b=2 c=3 f=6");
  EXPECT_EQ(EntriesBackward(*transaction, {"", "h"}, 3), "g=7 f=6 c=3");
  EXPECT_EQ(Entries(*transaction, {"d", "e"}), "");
  EXPECT_EQ(Entries(*transaction, {"i", ""}), "i=9");
}

TEST_P(KvContract, ScanBoundsAreInclusiveThenExclusive) {
  Write({"a=1", "b=2", "c=3"});
  const auto snapshot = kv().TakeSnapshot();
  EXPECT_EQ(Entries(*snapshot, {"a", "c"}), "a=1 b=2");
  EXPECT_EQ(EntriesBackward(*snapshot, {"a", "c"}), "b=2 a=1");
  EXPECT_EQ(Entries(*snapshot, {"aa", "bb"}), "b=2");
  EXPECT_EQ(Entries(*snapshot, {"b", "b"}), "");
  EXPECT_EQ(Entries(*snapshot, {"c", "a"}), "");
  EXPECT_EQ(EntriesBackward(*snapshot, {"c", "a"}), "");
  EXPECT_EQ(Entries(*snapshot, {"x", ""}), "");
}

TEST_P(KvContract, ScanStopsAtTheLimitOrWhenTheVisitorSaysSo) {
  Write({"a=1", "b=2", "c=3"});
  const auto snapshot = kv().TakeSnapshot();
  EXPECT_EQ(Entries(*snapshot, {}, 2), "a=1 b=2");
  EXPECT_EQ(EntriesBackward(*snapshot, {}, 2), "c=3 b=2");
  std::string last;
  const auto visited =
      snapshot->Scan({}, 3, Direction::kForward, [&](absl::string_view key, absl::string_view) {
        last = std::string(key);
        return key != "b";
      });
  EXPECT_EQ(*visited, 2u);
  EXPECT_EQ(last, "b");
}

TEST_P(KvContract, LongScansVisitEveryEntryOnceInOrder) {
  std::vector<std::string> words;
  for (int i = 0; i < 2000; ++i) words.push_back(absl::StrCat("k", 10'000 + i, "=", i));
  Write(words);
  const auto snapshot = kv().TakeSnapshot();
  EXPECT_EQ(Entries(*snapshot), absl::StrJoin(words, " "));
  EXPECT_EQ(EntriesBackward(*snapshot),
            absl::StrJoin(std::vector<std::string>(words.rbegin(), words.rend()), " "));
}

TEST_P(KvContract, VisitorMayReadWhatItScans) {
  Write({"a=b", "b=c", "c=a"});
  const auto snapshot = kv().TakeSnapshot();
  const auto transaction = kv().Begin();
  for (const Reader* reader : {static_cast<const Reader*>(snapshot.get()),
                               static_cast<const Reader*>(transaction.get())}) {
    std::string chain;
    const auto visited =
        reader->Scan({}, 3, Direction::kForward, [&](absl::string_view, absl::string_view value) {
          chain += Read(*reader, value);
          return true;
        });
    EXPECT_EQ(*visited, 3u);
    EXPECT_EQ(chain, "cab");
  }
}

TEST_P(KvContract, LostTransactionWritesNothing) {
  Write({"a=1"});
  {
    const auto transaction = kv().Begin();
    Apply(*transaction, {"a=2", "b=3"});
  }
  EXPECT_EQ(Entries(*kv().TakeSnapshot()), "a=1");
  Write({"c=4"});
  EXPECT_EQ(Entries(*kv().TakeSnapshot()), "a=1 c=4");
}

TEST_P(KvContract, EmptyTransactionCommits) { Write({}); }

TEST_P(KvContract, KeysAreOrderedAsUnsignedBytes) {
  const std::vector<std::string> keys = {std::string("\x00", 1),
                                         std::string("\x00\x00", 2),
                                         std::string("\x00\xff", 2),
                                         "\x01",
                                         "a",
                                         std::string("a\x00", 2),
                                         "a\x7f",
                                         "a\x80",
                                         "a\xff",
                                         "\x80",
                                         "\xff",
                                         "\xff\xff"};
  const auto transaction = kv().Begin();
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) transaction->Put(*key, "v");
  ASSERT_EQ(transaction->Commit(), absl::OkStatus());
  std::vector<std::string> found;
  const auto snapshot = kv().TakeSnapshot();
  const auto visited =
      snapshot->Scan({}, 100, Direction::kForward, [&](absl::string_view key, absl::string_view) {
        found.emplace_back(key);
        return true;
      });
  EXPECT_EQ(*visited, keys.size());
  EXPECT_EQ(found, keys);
}

TEST_P(KvContract, ValuesMayBeEmptyOrHoldAnyByte) {
  const std::string any("\x00\xff\n\x00", 4);
  const auto transaction = kv().Begin();
  transaction->Put("empty", "");
  transaction->Put("any", any);
  ASSERT_EQ(transaction->Commit(), absl::OkStatus());
  const auto snapshot = kv().TakeSnapshot();
  EXPECT_EQ(Read(*snapshot, "empty"), "");
  EXPECT_EQ(Read(*snapshot, "any"), any);
}

TEST_P(KvContract, LargestKeyAndValueAreKept) {
  const std::string key(kKeyBytesMax, 'k');
  const std::string value(kValueBytesMax, 'v');
  const auto transaction = kv().Begin();
  transaction->Put(key, value);
  ASSERT_EQ(transaction->Commit(), absl::OkStatus());
  EXPECT_TRUE(Read(*kv().TakeSnapshot(), key) == value);
}

TEST_P(KvContract, LimitsAreRefusedByName) {
  Write({"a=1"});
  const auto commit_of = [&](std::string key, std::string value) {
    const auto transaction = kv().Begin();
    transaction->Put("b", "2");
    transaction->Put(std::move(key), std::move(value));
    return transaction->Commit().ToString();
  };
  EXPECT_THAT(commit_of("", "v"), HasSubstr("INVALID_ARGUMENT: a key has 1 to kKeyBytesMax"));
  EXPECT_THAT(commit_of(std::string(kKeyBytesMax + 1, 'k'), "v"), HasSubstr("kKeyBytesMax=1024"));
  EXPECT_THAT(commit_of("k", std::string(kValueBytesMax + 1, 'v')), HasSubstr("kValueBytesMax"));
  const auto snapshot = kv().TakeSnapshot();
  EXPECT_EQ(Entries(*snapshot), "a=1");
  EXPECT_THAT(Read(*snapshot, ""), HasSubstr("kKeyBytesMax"));
  EXPECT_THAT(Entries(*snapshot, {}, 0), HasSubstr("kScanLimitMax"));
  EXPECT_THAT(Entries(*snapshot, {}, kScanLimitMax + 1), HasSubstr("kScanLimitMax"));
}

TEST_P(KvContract, TransactionOverItsLimitsWritesNothing) {
  const auto many = kv().Begin();
  for (size_t i = 0; i <= kTransactionEntriesMax; ++i) many->Put(absl::StrCat("k", i), "");
  EXPECT_THAT(many->Commit().ToString(), HasSubstr("kTransactionEntriesMax"));
  const auto big = kv().Begin();
  for (size_t i = 0; i <= kTransactionBytesMax / kValueBytesMax; ++i) {
    big->Put(absl::StrCat("k", i), std::string(kValueBytesMax, 'v'));
  }
  EXPECT_THAT(big->Commit().ToString(), HasSubstr("kTransactionBytesMax"));
  EXPECT_EQ(Entries(*kv().TakeSnapshot()), "");
}

TEST_P(KvContract, RewrittenKeyCountsOnceTowardsTheLimits) {
  const auto transaction = kv().Begin();
  for (size_t i = 0; i <= kTransactionBytesMax / kValueBytesMax; ++i) {
    transaction->Put("k", std::string(kValueBytesMax, 'v'));
  }
  transaction->Put("k", "small");
  ASSERT_EQ(transaction->Commit(), absl::OkStatus());
  EXPECT_EQ(Entries(*kv().TakeSnapshot()), "k=small");
}

TEST_P(KvContract, TransactionsOfManyThreadsAreSerial) {
  constexpr int kThreads = 4;
  constexpr int kIncrements = 25;
  Write({"sum=0"});
  const auto increment = [&] {
    for (int i = 0; i < kIncrements; ++i) {
      const auto transaction = kv().Begin();
      const int sum = std::stoi(Read(*transaction, "sum"));
      transaction->Put("sum", absl::StrCat(sum + 1));
      ASSERT_EQ(transaction->Commit(), absl::OkStatus());
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(increment);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Read(*kv().TakeSnapshot(), "sum"), absl::StrCat(kThreads * kIncrements));
}

// The writer keeps 50 keys equal to one another; a reader that sees two values has seen a half.
TEST_P(KvContract, SnapshotsTakenWhileCommittingAreWhole) {
  constexpr int kKeys = 50;
  constexpr int kCommits = 60;
  std::atomic<bool> is_done = false;
  const auto read = [&] {
    int newest = -1;
    while (!is_done) {
      const auto snapshot = kv().TakeSnapshot();
      std::vector<std::string> values;
      const auto visited = snapshot->Scan({"k", "l"}, kKeys, Direction::kForward,
                                          [&](absl::string_view, absl::string_view value) {
                                            values.emplace_back(value);
                                            return true;
                                          });
      ASSERT_EQ(visited.status(), absl::OkStatus());
      if (values.empty()) continue;
      ASSERT_THAT(values, testing::SizeIs(kKeys));
      ASSERT_THAT(values, testing::Each(values[0]));
      ASSERT_EQ(Read(*snapshot, "k7"), values[0]);
      ASSERT_GE(std::stoi(values[0]), newest);
      newest = std::stoi(values[0]);
    }
  };
  std::thread first(read);
  std::thread second(read);
  for (int commit = 0; commit < kCommits; ++commit) {
    std::vector<std::string> words;
    for (int key = 0; key < kKeys; ++key) words.push_back(absl::StrCat("k", key, "=", commit));
    Write(words);
  }
  is_done = true;
  first.join();
  second.join();
}

// Scans from both ends wade through what was taken there; what is put behind them must be found.
TEST_P(KvContract, TakingFromBothEndsFindsWhatIsPutThereLater) {
  std::map<std::string, std::string> model;
  std::mt19937 random(20);
  const auto put = [&](Transaction& transaction) {
    const std::string key = absl::StrCat("k", 1000 + random() % 1000);
    transaction.Put(key, "v");
    model[key] = "v";
  };
  const auto take = [&](Transaction& transaction, Direction direction) {
    std::string found;
    const auto visited =
        transaction.Scan({"k", "l"}, 1, direction, [&](absl::string_view key, absl::string_view) {
          found = std::string(key);
          return true;
        });
    ASSERT_EQ(visited.status(), absl::OkStatus());
    ASSERT_EQ(*visited, model.empty() ? 0u : 1u);
    if (model.empty()) return;
    const auto expected = direction == Direction::kForward ? model.begin() : std::prev(model.end());
    ASSERT_EQ(found, expected->first);
    transaction.Delete(found);
    model.erase(expected);
  };
  for (int commit = 0; commit < 200 && !HasFailure(); ++commit) {
    const auto transaction = kv().Begin();
    for (int i = random() % 32; i > 0; --i) {
      if (random() % 2 == 0) {
        put(*transaction);
      } else {
        take(*transaction, random() % 3 == 0 ? Direction::kBackward : Direction::kForward);
      }
    }
    ASSERT_EQ(transaction->Commit(), absl::OkStatus());
  }
}

// Random commands against a std::map, and against a copy of it for each snapshot.
class RandomRun {
 public:
  RandomRun(Kv& kv, uint32_t seed) : kv_(kv), random_(seed) {}

  void Step() {
    const auto transaction = kv_.Begin();
    Model written = model_;
    for (int i = Below(12); i > 0; --i) {
      const std::string key = RandomKey();
      if (Below(3) == 0) {
        transaction->Delete(key);
        written.erase(key);
      } else {
        const std::string value = absl::StrCat(Below(1000));
        transaction->Put(key, value);
        written[key] = value;
      }
    }
    ExpectSame(*transaction, written);
    if (Below(4) == 0) return;
    ASSERT_EQ(transaction->Commit(), absl::OkStatus());
    model_ = written;
    TurnOverSnapshots();
  }

 private:
  using Model = std::map<std::string, std::string>;

  int Below(int bound) { return static_cast<int>(random_() % bound); }

  std::string RandomKey() {
    static constexpr char kLetters[] = {'\x00', '\x01', 'a', 'b', '\xff'};
    std::string key;
    for (int i = 1 + Below(3); i > 0; --i) key.push_back(kLetters[Below(sizeof(kLetters))]);
    return key;
  }

  std::string Expected(const Model& model, const std::string& begin, const std::string& end,
                       size_t limit, Direction direction) {
    std::vector<std::string> entries;
    for (const auto& [key, value] : model) {
      if (key >= begin && (end.empty() || key < end)) entries.push_back(key + "=" + value);
    }
    if (direction == Direction::kBackward) std::reverse(entries.begin(), entries.end());
    if (entries.size() > limit) entries.resize(limit);
    return absl::StrJoin(entries, " ");
  }

  void ExpectSame(const Reader& reader, const Model& model) {
    const std::string key = RandomKey();
    const auto expected = model.find(key);
    EXPECT_EQ(Read(reader, key), expected == model.end() ? "none" : expected->second);
    const std::string begin = Below(4) == 0 ? "" : RandomKey();
    const std::string end = Below(4) == 0 ? "" : RandomKey();
    const size_t limit = 1 + Below(40);
    const Direction direction = Below(2) == 0 ? Direction::kForward : Direction::kBackward;
    EXPECT_EQ(Entries(reader, {begin, end}, limit, direction),
              Expected(model, begin, end, limit, direction));
  }

  void TurnOverSnapshots() {
    if (snapshots_.size() < 6) snapshots_.emplace_back(kv_.TakeSnapshot(), model_);
    if (Below(3) == 0) snapshots_.erase(snapshots_.begin() + Below(snapshots_.size()));
    for (const auto& [snapshot, model] : snapshots_) ExpectSame(*snapshot, model);
  }

  Kv& kv_;
  std::mt19937 random_;
  Model model_;
  std::vector<std::pair<std::unique_ptr<Snapshot>, Model>> snapshots_;
};

TEST_P(KvContract, AgreesWithAMapOnRandomCommands) {
  const uint32_t seed = testing::UnitTest::GetInstance()->random_seed() != 0
                            ? testing::UnitTest::GetInstance()->random_seed()
                            : std::random_device()();
  SCOPED_TRACE(absl::StrCat("repeat with --gtest_random_seed=", seed % 100'000));
  RandomRun run(kv(), seed % 100'000);
  for (int step = 0; step < 600 && !HasFailure(); ++step) run.Step();
}

TEST_P(KvContract, StatsKeepTheirNames) {
  const auto names = [&] {
    std::vector<std::string> found;
    for (const Gauge& gauge : kv().Stats()) found.emplace_back(gauge.name);
    return found;
  };
  const std::vector<std::string> before = names();
  Write({"a=1"});
  EXPECT_EQ(names(), before);
  EXPECT_FALSE(before.empty());
}

}  // namespace
}  // namespace redress::storage
