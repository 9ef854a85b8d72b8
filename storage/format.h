// Which layout of keys and values a database holds, written into it, so that no release ever reads
// what it would misunderstand.
//
// The first byte 00 of a key is reserved for this; everything else begins with another one. A
// change of what is stored raises kFormatVersion and adds the step from the version before to the
// table in format.cc; a database of an older version is brought forward, step by step, when it is
// opened.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/kv.h"

namespace redress::storage {

inline constexpr uint32_t kFormatVersion = 1;

// Its value is "<format version> <release that wrote it>", in text for whoever finds it.
inline constexpr absl::string_view kFormatKey(
    "\x00"
    "format",
    7);

// Brings a database of format `from` to the format after it. A step may commit as often as it
// likes: the version is written once it returns OK, so a step that was cut short is run again from
// its beginning, and must come to the same end then.
struct FormatStep {
  uint32_t from;
  absl::Status (*run)(Kv& kv);
};

// Writes the version into an empty database, accepts a database of this version, and upgrades one
// of an older version. Refuses with FAILED_PRECONDITION a newer version, naming both and the
// release that is needed, a version that no step leads on from, and a database that is not one of
// Redress; with DATA_LOSS a version that cannot be read. Call before any other use, from the only
// thread that uses `kv`.
absl::Status EnsureFormatVersion(Kv& kv);

// The same for any version and steps.
absl::Status EnsureFormatVersion(Kv& kv, uint32_t version, absl::Span<const FormatStep> steps);

}  // namespace redress::storage
