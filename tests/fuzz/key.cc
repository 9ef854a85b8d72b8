// The key codec: what reads as elements writes back to the same bytes, and no bytes do harm.
#include "storage/key.h"

#include <string>

#include "base/check.h"
#include "storage/index.h"
#include "tests/fuzz/fuzz.h"

namespace redress::storage {
namespace {

// Reads elements in the order that the first byte says, and writes what was read.
void ReadAndWrite(uint8_t order, absl::string_view key) {
  KeyReader reader(key);
  KeyWriter writer;
  for (int i = 0; i < 4 && reader.fault() == KeyFault::kNone; ++i, order >>= 2) {
    if ((order & 3) == 0) {
      if (const auto value = reader.ReadBytes()) writer.AppendBytes(*value);
    } else if ((order & 3) == 1) {
      if (const auto value = reader.ReadUnsigned()) writer.AppendUnsigned(*value);
    } else if ((order & 3) == 2) {
      if (const auto value = reader.ReadSigned()) writer.AppendSigned(*value);
    } else if (const auto value = reader.ReadUnsignedDescending()) {
      writer.AppendUnsignedDescending(*value);
    }
  }
  CHECK(key.substr(0, writer.key().size()) == writer.key());
  if (reader.IsAtEnd()) CHECK(writer.key() == key);
}

}  // namespace
}  // namespace redress::storage

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const absl::string_view key = redress::fuzz::ViewOf(data + 1, size - 1);
  redress::storage::ReadAndWrite(data[0], key);
  redress::storage::ParseDeadlineKey(key);
  const std::string end = redress::storage::PrefixEnd(key);
  if (!end.empty()) CHECK(std::string(key) < end);
  return 0;
}
