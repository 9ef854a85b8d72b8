#include "storage/log_check.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/rocksdb_kv.h"
#include "temp_directory.h"

namespace redress::storage {
namespace {

constexpr size_t kHeaderBytes = 7;
constexpr size_t kBlockBytes = 32 << 10;

// A log as RocksDB writes it: small commits, and one that is cut into fragments.
std::string MakeLog(const TempDirectory& directory) {
  const std::string path = directory.Path("kv");
  {
    const auto kv = RocksDbKv::Open(path, {});
    EXPECT_TRUE(kv.ok()) << kv.status().ToString();
    for (int i = 0; i < 10; ++i) {
      const auto transaction = (*kv)->Begin();
      transaction->Put(absl::StrCat("key", i), std::string(i == 5 ? 70'000 : 100 * i, 'x'));
      EXPECT_TRUE(transaction->Commit().ok());
    }
  }
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() != ".log") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
  }
  return "";
}

std::vector<size_t> HeadersOf(const std::string& log) {
  std::vector<size_t> headers;
  for (size_t offset = 0; offset + kHeaderBytes <= log.size();) {
    const size_t room = kBlockBytes - offset % kBlockBytes;
    if (room < kHeaderBytes) {
      offset += room;
      continue;
    }
    headers.push_back(offset);
    offset += kHeaderBytes + static_cast<uint8_t>(log[offset + 4]) +
              256 * static_cast<uint8_t>(log[offset + 5]);
  }
  return headers;
}

TEST(LogCheck, FindsEveryBitOfEveryHeaderButTheLast) {
  const TempDirectory directory;
  std::string log = MakeLog(directory);
  EXPECT_EQ(FindDamage(log), std::nullopt);
  std::vector<size_t> headers = HeadersOf(log);
  ASSERT_GE(headers.size(), 12u);
  headers.pop_back();
  for (const size_t header : headers)
    for (size_t byte = header; byte < header + kHeaderBytes; ++byte)
      for (int bit = 0; bit < 8; ++bit) {
        log[byte] = static_cast<char>(log[byte] ^ (1 << bit));
        EXPECT_EQ(FindDamage(log), header) << "byte " << byte - header << ", bit " << bit;
        log[byte] = static_cast<char>(log[byte] ^ (1 << bit));
      }
}

TEST(LogCheck, TakesALogThatWasCutShortAnywhere) {
  const TempDirectory directory;
  const std::string log = MakeLog(directory);
  for (size_t size = 0; size < log.size(); size += 97)
    EXPECT_EQ(FindDamage(absl::string_view(log).substr(0, size)), std::nullopt) << size;
  EXPECT_EQ(FindDamage(log + std::string(10'000, '\0')), std::nullopt);
}

TEST(LogCheck, KeepsADamagedLogFromBeingReplayed) {
  const TempDirectory directory;
  MakeLog(directory);
  for (const auto& entry : std::filesystem::directory_iterator(directory.Path("kv"))) {
    if (entry.path().extension() != ".log") continue;
    // The type of the first record: RocksDB would take it for the end of the log.
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(6);
    file.put(5);
  }
  const auto kv = RocksDbKv::Open(directory.Path("kv"), {});
  EXPECT_EQ(kv.status().code(), absl::StatusCode::kDataLoss) << kv.status().ToString();
}

}  // namespace
}  // namespace redress::storage
