// One byte that changed behind the server's back: verification names the record, and nothing wrong
// is served in silence.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "services/verify.h"
#include "storage/index.h"
#include "storage/ledger.h"
#include "storage/memory_kv.h"
#include "storage/rocksdb_kv.h"
#include "storage/tables.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using storage::Table;
using testing::AnyOf;
using testing::HasSubstr;

constexpr char kTenant[] = "default";
// From sysexits(3): the service is not available.
constexpr int kCannotStart = 69;
// An error on reading or writing.
constexpr int kStoppedWriting = 74;
// Bytes tried in each record, and places tried in each file.
constexpr int kBytesPerRecord = 12;
constexpr int kPlacesPerFile = 12;

using Records = std::vector<std::pair<std::string, std::string>>;

Records RecordsUnder(const storage::Kv& kv, const std::string& prefix) {
  Records records;
  const auto snapshot = kv.TakeSnapshot();
  const auto take = [&](absl::string_view key, absl::string_view value) {
    records.emplace_back(key, value);
    return true;
  };
  CHECK_OK(storage::LedgerReader(*snapshot).ScanPrefix(prefix, take));
  return records;
}

Records RecordsOf(const storage::Kv& kv, Table table) {
  return RecordsUnder(kv, storage::TableKey(kTenant, table).Take());
}

void Put(storage::Kv& kv, const std::string& key, const std::string& value) {
  const auto transaction = kv.Begin();
  transaction->Put(key, value);
  CHECK_OK(transaction->Commit());
}

void Delete(storage::Kv& kv, const std::string& key) {
  const auto transaction = kv.Begin();
  transaction->Delete(key);
  CHECK_OK(transaction->Commit());
}

std::string Flipped(std::string bytes, size_t place) {
  bytes[place] = static_cast<char>(bytes[place] ^ 0x04);
  return bytes;
}

class DamageTest : public ServerTest {
 protected:
  // Sixteen tickets and more, so that ids have a byte that could be taken for an encoding's tag.
  void Work() {
    for (int i = 0; i < 10; ++i) desk().Submit(absl::StrCat("I have a complaint ", i), "c-1");
    for (int i = 0; i < 8; ++i) desk().Submit(absl::StrCat("The invoice is wrong ", i));
    desk().Resolve(desk().Take("I was charged twice"), SolvedForGood());
    ASSERT_EQ(desk().Verify(), "clean");
  }

  // Changes the database while the server is down.
  void Tamper(const std::function<void(storage::Kv&)>& change) {
    ASSERT_NO_FATAL_FAILURE(Stop());
    {
      auto kv = storage::RocksDbKv::Open(scratch_.Path("data"), {});
      ASSERT_TRUE(kv.ok()) << kv.status().ToString();
      change(**kv);
    }
    ASSERT_NO_FATAL_FAILURE(Start());
  }
};

TEST_F(DamageTest, VerificationNamesACommit) {
  Work();
  ASSERT_NO_FATAL_FAILURE(Tamper([](storage::Kv& kv) {
    const std::string key = storage::CommitKey(kTenant, 5);
    const std::string value = RecordsUnder(kv, key).front().second;
    Put(kv, key, Flipped(value, value.size() / 2));
  }));
  EXPECT_THAT(desk().Verify(), HasSubstr("commit 5"));
}

TEST_F(DamageTest, VerificationNamesATicket) {
  Work();
  ASSERT_NO_FATAL_FAILURE(Tamper([](storage::Kv& kv) {
    const std::string key = storage::TicketKey(kTenant, 7);
    std::string value = RecordsUnder(kv, key).front().second;
    const size_t channel = value.find("phone");
    ASSERT_NE(channel, std::string::npos);
    Put(kv, key, Flipped(value, channel));
  }));
  EXPECT_EQ(desk().Verify(), "ticket 7 is not what its events make it");
}

TEST_F(DamageTest, VerificationNamesAnIndexKey) {
  Work();
  std::string wrong;
  ASSERT_NO_FATAL_FAILURE(Tamper([&](storage::Kv& kv) {
    const std::string key = RecordsOf(kv, Table::kQueue).back().first;
    // Within the rank time of the key.
    wrong = Flipped(key, key.size() - 18);
    Delete(kv, key);
    Put(kv, wrong, "");
  }));
  EXPECT_THAT(desk().Verify(),
              HasSubstr(absl::StrCat("index key ", absl::BytesToHexString(wrong))));
}

TEST_F(DamageTest, VerificationNamesAMissingIndexKey) {
  Work();
  std::string gone;
  ASSERT_NO_FATAL_FAILURE(Tamper([&](storage::Kv& kv) {
    gone = RecordsOf(kv, Table::kQueue).front().first;
    Delete(kv, gone);
  }));
  EXPECT_THAT(desk().Verify(), HasSubstr(absl::StrCat("index key ", absl::BytesToHexString(gone))));
}

TEST_F(DamageTest, VerificationNamesACounterCell) {
  Work();
  std::string key;
  ASSERT_NO_FATAL_FAILURE(Tamper([&](storage::Kv& kv) {
    const auto [cell, value] = RecordsOf(kv, Table::kCell).front();
    key = cell;
    Put(kv, cell, Flipped(value, value.size() - 1));
  }));
  EXPECT_THAT(desk().Verify(),
              HasSubstr(absl::StrCat("counter cell ", absl::BytesToHexString(key))));
}

TEST_F(DamageTest, VerificationNamesTheTicketWhoseWordsWereChanged) {
  Work();
  ASSERT_NO_FATAL_FAILURE(Tamper([](storage::Kv& kv) {
    for (const auto& [key, value] : RecordsOf(kv, Table::kPersonal)) {
      const size_t place = value.find("complaint 6");
      if (place != std::string::npos) Put(kv, key, Flipped(value, place));
    }
  }));
  EXPECT_EQ(desk().Verify(), "words of ticket 7 do not have the hash that its event carries");
}

// Any byte of any record, tried on a copy in memory.
TEST_F(DamageTest, VerificationFindsAnyByteOfAnyRecord) {
  Work();
  ASSERT_NO_FATAL_FAILURE(Stop());
  const auto kv = storage::RocksDbKv::Open(scratch_.Path("data"), {});
  ASSERT_TRUE(kv.ok()) << kv.status().ToString();
  storage::MemoryKv copy;
  for (const auto& [key, value] : RecordsUnder(**kv, "")) Put(copy, key, value);
  services::PlaybookStore playbooks;
  const auto finding = [&copy, &playbooks] {
    const auto snapshot = copy.TakeSnapshot();
    const auto result = services::VerifyLedgerOf(
        storage::LedgerReader(*snapshot), kTenant, [](const auto&) { return true; },
        {.playbooks = &playbooks});
    return result.clean() ? std::string("clean") : result.first_difference();
  };
  ASSERT_EQ(finding(), "clean");
  std::mt19937_64 random(7);
  int tried = 0;
  for (const Table table : {Table::kHead, Table::kCommit, Table::kTicket, Table::kPersonal,
                            Table::kCell, Table::kPlaybook}) {
    for (const auto& [key, value] : RecordsOf(copy, table)) {
      for (int i = 0; i < kBytesPerRecord; ++i, ++tried) {
        const size_t place = random() % value.size();
        Put(copy, key, Flipped(value, place));
        EXPECT_NE(finding(), "clean") << "byte " << place << " of " << value.size() << " in table "
                                      << static_cast<int>(table);
      }
      Put(copy, key, value);
    }
  }
  EXPECT_EQ(finding(), "clean");
  std::printf("%d changed bytes, each found\n", tried);
}

std::vector<std::filesystem::path> FilesOf(const std::string& directory,
                                           const std::string& extension) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.path().extension() == extension) files.push_back(entry.path());
  return files;
}

void FlipInFile(const std::filesystem::path& path, uint64_t place) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(place));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(place));
  file.put(static_cast<char>(byte ^ 0x04));
  CHECK(file.good());
}

class FileDamageTest : public DamageTest {
 protected:
  // With one byte of a file of this kind changed, at many places in turn: the server does not
  // start, or says DATA_LOSS, or serves exactly what was there.
  void TryPlaces(const std::string& extension, const std::vector<uint64_t>& places) {
    const std::string data = scratch_.Path("data");
    const std::string good = scratch_.Path("good");
    std::string before;
    for (const v1::Ticket& ticket : desk().ListAll()) before += ticket.ShortDebugString();
    ASSERT_NO_FATAL_FAILURE(Stop());
    std::filesystem::rename(data, good);
    for (const uint64_t place : places) {
      std::filesystem::remove_all(data);
      std::filesystem::copy(good, data, std::filesystem::copy_options::recursive);
      for (const auto& file : FilesOf(data, extension)) {
        if (std::filesystem::file_size(file) == 0) continue;
        FlipInFile(file, place % std::filesystem::file_size(file));
      }
      ++outcomes_[Outcome(before)];
    }
    for (const auto& [outcome, count] : outcomes_)
      std::printf("%s: %d times %s\n", extension.c_str(), count, outcome.c_str());
  }

  std::string Outcome(const std::string& before) {
    if (!server_.Start()) {
      EXPECT_EQ(server_.exit_code(), kCannotStart) << server_.log();
      EXPECT_THAT(server_.log(), AnyOf(HasSubstr("orrupt"), HasSubstr("checksum mismatch")));
      return "refused";
    }
    const std::string outcome = OutcomeOfServing(before, Desk(server_.port()));
    const int code = server_.Stop();
    EXPECT_TRUE(code == 0 || code == kStoppedWriting) << code;
    return outcome;
  }

  static std::string OutcomeOfServing(const std::string& before, const Desk& desk) {
    v1::ListTicketsRequest all;
    all.set_page_size(1000);
    v1::ListTicketsResponse page;
    const std::string said = Describe(desk.Call(&Tickets::ListTickets, all, &page));
    if (said == "OK") {
      std::string after;
      for (const v1::Ticket& ticket : page.tickets()) after += ticket.ShortDebugString();
      EXPECT_EQ(after, before) << "served in silence";
    } else {
      EXPECT_EQ(said, "DATA_LOSS STORAGE_DAMAGED");
    }
    return said == "OK" && desk.Verify() == "clean" ? "nothing lost" : "told";
  }

  std::map<std::string, int> outcomes_;
};

std::vector<uint64_t> RandomPlaces() {
  std::mt19937_64 random(11);
  std::vector<uint64_t> places;
  for (int i = 0; i < kPlacesPerFile; ++i) places.push_back(random());
  return places;
}

TEST_F(FileDamageTest, OfALogIsNeverServed) {
  Work();
  TryPlaces(".log", RandomPlaces());
  EXPECT_GT(outcomes_["refused"], 0);
}

// Every byte of the header of the first commit, which RocksDB alone would take for the end of the
// log.
TEST_F(FileDamageTest, OfALogsFirstHeaderIsNeverServed) {
  Work();
  TryPlaces(".log", {0, 1, 2, 3, 4, 5, 6});
  EXPECT_EQ(outcomes_["refused"], 7);
}

TEST_F(FileDamageTest, OfATableIsNeverServed) {
  Work();
  ASSERT_NO_FATAL_FAILURE(Restart());  // writes the log into a table
  ASSERT_FALSE(FilesOf(scratch_.Path("data"), ".sst").empty());
  TryPlaces(".sst", RandomPlaces());
  EXPECT_GT(outcomes_["refused"] + outcomes_["told"], 0);
}

}  // namespace
}  // namespace redress::test
