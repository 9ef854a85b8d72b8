// Exported trails as files.
#pragma once

#include <cstdint>
#include <fstream>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/trail/trail_checker.h"

namespace redress::ctl {

// Called after each line with how many bytes of the file were read.
using TrailProgress = std::function<void(int64_t bytes)>;

// The format that the file has, by its first byte. NOT_FOUND: it cannot be read; DATA_LOSS: it is
// empty.
absl::StatusOr<trail::Format> FormatOfFile(const std::string& path);

// Gives every line of the file to the checker. Fails as TrailChecker::Take does, or when the file
// cannot be read or ends within a line; does not call Finish.
absl::Status CheckLines(const std::string& path, trail::TrailChecker& checker,
                        const TrailProgress& progress);

// Writes a trail, from its start or behind the last seal of one that was cut short.
class TrailWriter {
 public:
  explicit TrailWriter(trail::Format format) : format_(format) {}

  // A new file. ALREADY_EXISTS: there is one of that name.
  absl::Status Create(const std::string& path);
  // Goes on with a file: what stands behind its last good seal is cut off. DATA_LOSS: it is
  // damaged before that.
  absl::Status Resume(const std::string& path, const TrailProgress& progress);

  // After Create: what the server says it will send.
  absl::Status Start(const v1::TrailStart& start);
  absl::Status Add(const v1::Commit& commit);
  // Writes the end, and makes sure that all is on the disk.
  absl::Status Finish();

  // The last commit in the file; nothing before the start.
  std::optional<uint64_t> last_commit() const { return last_commit_; }
  const std::string& tenant() const { return tenant_; }
  const std::string& last_hash() const { return last_hash_; }
  uint64_t events() const { return events_; }

 private:
  absl::Status Write(const std::string& line);

  const trail::Format format_;
  std::string path_;
  std::ofstream file_;
  std::string tenant_;
  std::optional<uint64_t> last_commit_;
  std::string last_hash_;
  uint64_t events_ = 0;
};

}  // namespace redress::ctl
