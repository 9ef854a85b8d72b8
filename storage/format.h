// Which layout of keys and values a database holds, written into it, so that no release ever reads
// what it would misunderstand.
//
// The first byte 00 of a key is reserved for this; everything else begins with another one.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/kv.h"

namespace redress::storage {

inline constexpr uint32_t kFormatVersion = 1;

// Its value is "<format version> <release that wrote it>", in text for whoever finds it.
inline constexpr absl::string_view kFormatKey(
    "\x00"
    "format",
    7);

// Writes the version into an empty database, and accepts a database of this version. Refuses with
// FAILED_PRECONDITION a newer version, naming both and the release that is needed, and a database
// that is not one of Redress; with DATA_LOSS a version that cannot be read. Call before any other
// use, from the only thread that uses `kv`.
absl::Status EnsureFormatVersion(Kv& kv);

}  // namespace redress::storage
