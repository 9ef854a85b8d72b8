#include "tools/redressctl/trail_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "storage/chain.h"
#include "tools/trail/trail_csv.h"

namespace redress::ctl {
namespace {

constexpr size_t kReadBytes = 1 << 20;

absl::Status Unreadable(const std::string& path) {
  return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
}

}  // namespace

absl::StatusOr<trail::Format> FormatOfFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Unreadable(path);
  char first = 0;
  if (!file.get(first)) return absl::DataLossError(absl::StrCat(path, " is empty"));
  return trail::FormatOf(absl::string_view(&first, 1));
}

absl::Status CheckLines(const std::string& path, trail::TrailChecker& checker,
                        const TrailProgress& progress) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Unreadable(path);
  std::vector<char> buffer(kReadBytes);
  std::string line;
  int64_t bytes = 0;
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    absl::string_view rest(buffer.data(), static_cast<size_t>(file.gcount()));
    bytes += file.gcount();
    for (size_t end; (end = rest.find('\n')) != absl::string_view::npos;) {
      absl::StrAppend(&line, rest.substr(0, end));
      RETURN_IF_ERROR(checker.Take(line));
      line.clear();
      rest.remove_prefix(end + 1);
    }
    absl::StrAppend(&line, rest);
    if (line.size() > trail::kTrailLineBytesMax) return checker.Take(line);
    progress(bytes);
  }
  if (file.bad()) return Unreadable(path);
  if (line.empty()) return absl::OkStatus();
  return checker.FinishWithin();
}

absl::Status TrailWriter::Create(const std::string& path) {
  if (std::filesystem::exists(path))
    return absl::AlreadyExistsError(
        absl::StrCat(path, " exists; add --resume to go on with it, or name another file"));
  path_ = path;
  file_.open(path, std::ios::binary);
  if (!file_) return absl::InternalError(absl::StrCat(path, " cannot be written"));
  if (format_ == trail::Format::kCsv) return Write(trail::CsvHeader());
  return absl::OkStatus();
}

absl::Status TrailWriter::Resume(const std::string& path, const TrailProgress& progress) {
  trail::TrailChecker checker(format_);
  const absl::Status checked = CheckLines(path, checker, progress);
  const trail::TrailState& state = checker.state();
  // A line that is cut short is what a broken export leaves; anything else behind the last seal is
  // not, but is exported again just the same.
  if (state.sealed_bytes == 0)
    return absl::DataLossError(absl::StrCat(
        path, ": ", checked.ok() ? "it has no start" : checked.message()));
  std::error_code error;
  std::filesystem::resize_file(path, state.sealed_bytes, error);
  if (error) return absl::InternalError(absl::StrCat(path, ": ", error.message()));
  path_ = path;
  file_.open(path, std::ios::binary | std::ios::app);
  if (!file_) return absl::InternalError(absl::StrCat(path, " cannot be written"));
  tenant_ = state.tenant;
  last_commit_ = state.commit;
  last_hash_ = state.hash;
  events_ = state.events;
  return absl::OkStatus();
}

absl::Status TrailWriter::Write(const std::string& line) {
  file_ << line << '\n';
  if (file_) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(path_, " cannot be written; is the disk full?"));
}

absl::Status TrailWriter::Start(const v1::TrailStart& start) {
  if (last_commit_) {
    if (start.tenant() == tenant_ && start.after_commit() == *last_commit_ &&
        start.after_hash() == last_hash_)
      return absl::OkStatus();
    return absl::DataLossError(absl::StrCat(
        "the server's ledger does not continue ", path_, ", which ends with commit ", *last_commit_,
        " of tenant ", tenant_));
  }
  tenant_ = start.tenant();
  last_commit_ = start.after_commit();
  last_hash_ = start.after_hash();
  return Write(trail::Render(trail::StartLine(start), format_));
}

absl::Status TrailWriter::Add(const v1::Commit& commit) {
  for (int i = 0; i < commit.events_size(); ++i) {
    ASSIGN_OR_RETURN(
        const v1::TrailLine line,
        trail::EventLine(commit.number(), static_cast<uint32_t>(i), commit.events(i)));
    RETURN_IF_ERROR(Write(trail::Render(line, format_)));
  }
  RETURN_IF_ERROR(Write(trail::Render(trail::SealLine(commit), format_)));
  last_commit_ = commit.number();
  last_hash_ = storage::CommitHash(commit);
  events_ += static_cast<uint64_t>(commit.events_size());
  return absl::OkStatus();
}

absl::Status TrailWriter::Finish() {
  RETURN_IF_ERROR(
      Write(trail::Render(trail::EndLine(*last_commit_, last_hash_, events_), format_)));
  file_.close();
  const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_synced = file >= 0 && fsync(file) == 0;
  if (file >= 0) close(file);
  if (file_ && is_synced) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(path_, " cannot be written; is the disk full?"));
}

}  // namespace redress::ctl
