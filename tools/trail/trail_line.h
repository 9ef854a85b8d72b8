// The lines of an exported trail.
//
// A trail is a text file: a start, then for each commit its events and its seal, then an end. Each
// stands on a line of its own that ends with LF. The words for people and the bytes that are hashed
// stand side by side; a line says exactly what its bytes say, so a reader can make every line anew
// and compare (trail_checker.h). Hashes are those of storage/chain.h, in hex.
//
//   JSON Lines   proto/redress/v1/trail.proto as protobuf JSON, without spaces
//   CSV          the same as columns (trail_csv.h), after a first line that names them
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/trail.pb.h"
#include "redress/v1/trail_service.pb.h"

namespace redress::trail {

inline constexpr uint32_t kTrailFormat = 1;
// A line, its end not counted. The longest event has 1 MiB.
inline constexpr size_t kTrailLineBytesMax = 8 << 20;

enum class Format { kJsonLines, kCsv };

v1::TrailLine StartLine(const v1::TrailStart& start);
// DATA_LOSS: the bytes are not an event.
absl::StatusOr<v1::TrailLine> EventLine(uint64_t commit, uint32_t index,
                                        const std::string& stored);
// The Merkle root is made of the events; the one in the commit is not looked at.
v1::TrailLine SealLine(const v1::Commit& commit);
// `events`: in all commits of the trail.
v1::TrailLine EndLine(uint64_t commit, const std::string& hash, uint64_t events);

// Without its end.
std::string Render(const v1::TrailLine& line, Format format);
// DATA_LOSS: it is no such line. Of an event, a CSV line gives only where it stands, its bytes and
// its hash.
absl::StatusOr<v1::TrailLine> Parse(absl::string_view text, Format format);

}  // namespace redress::trail
