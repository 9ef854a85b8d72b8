#include "storage/log_check.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace redress::storage {
namespace {

constexpr size_t kBlockBytes = 32 << 10;
constexpr size_t kHeaderBytes = 7;
constexpr size_t kTypeOffset = 6;

enum FragmentType : uint8_t { kWhole = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

// CRC-32C (RFC 3720, appendix B.4), a byte at a time.
constexpr std::array<uint32_t, 256> MakeCrcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
    table[i] = crc;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = MakeCrcTable();

uint32_t Crc32c(absl::string_view bytes) {
  uint32_t crc = ~uint32_t{0};
  for (const char byte : bytes)
    crc = kCrcTable[(crc ^ static_cast<uint8_t>(byte)) & 0xff] ^ (crc >> 8);
  return ~crc;
}

// As RocksDB stores it, so that a checksum of bytes that hold checksums stays sound.
uint32_t Masked(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8; }

uint32_t ReadNumber(absl::string_view log, size_t offset, int bytes) {
  uint32_t number = 0;
  for (int i = bytes - 1; i >= 0; --i)
    number = number << 8 | static_cast<uint8_t>(log[offset + static_cast<size_t>(i)]);
  return number;
}

// The type of the whole and sound fragment that begins here; nothing if there is none.
std::optional<uint8_t> FragmentAt(absl::string_view log, size_t offset) {
  const size_t room = std::min(log.size() - offset, kBlockBytes - offset % kBlockBytes);
  if (room < kHeaderBytes) return std::nullopt;
  const auto type = static_cast<uint8_t>(log[offset + kTypeOffset]);
  if (type < kWhole || type > kLast) return std::nullopt;
  const size_t size = ReadNumber(log, offset + 4, 2);
  if (kHeaderBytes + size > room) return std::nullopt;
  const uint32_t crc = Crc32c(log.substr(offset + kTypeOffset, 1 + size));
  if (Masked(crc) != ReadNumber(log, offset, 4)) return std::nullopt;
  return type;
}

bool DoesRecordBeginBehind(absl::string_view log, size_t offset) {
  for (size_t next = offset + 1; next < log.size(); ++next) {
    const auto type = FragmentAt(log, next);
    if (type == kWhole || type == kFirst) return true;
  }
  return false;
}

}  // namespace

std::optional<uint64_t> FindDamage(absl::string_view log) {
  size_t offset = 0;
  while (offset < log.size()) {
    const size_t room = kBlockBytes - offset % kBlockBytes;
    if (room < kHeaderBytes) {
      offset += room;
      continue;
    }
    if (!FragmentAt(log, offset)) break;
    offset += kHeaderBytes + ReadNumber(log, offset + 4, 2);
  }
  if (offset >= log.size() || !DoesRecordBeginBehind(log, offset)) return std::nullopt;
  return offset;
}

absl::Status CheckLogs(const std::string& directory) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() != ".log") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    const std::optional<uint64_t> damage = FindDamage(bytes.str());
    if (damage)
      return absl::DataLossError(absl::StrCat(
          "cannot open directory ", directory, ": checksum mismatch in ",
          entry.path().filename().string(), " at byte ", *damage, ", with commits behind it"));
  }
  return absl::OkStatus();
}

}  // namespace redress::storage
