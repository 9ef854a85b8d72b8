#include "storage/format.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/log.h"
#include "base/status.h"

namespace redress::storage {
namespace {

// From the oldest to the newest. None yet: format 1 is the first.
constexpr absl::Span<const FormatStep> kSteps;

absl::Status WriteVersion(Kv& kv, uint32_t version) {
  const std::unique_ptr<Transaction> transaction = kv.Begin();
  transaction->Put(std::string(kFormatKey), absl::StrCat(version, " ", REDRESS_RELEASE));
  return transaction->Commit();
}

// What is stored under kFormatKey; nothing for an empty database.
absl::StatusOr<std::optional<std::string>> ReadFormat(const Kv& kv) {
  const std::unique_ptr<Snapshot> snapshot = kv.TakeSnapshot();
  ASSIGN_OR_RETURN(std::optional<std::string> stored, snapshot->Get(kFormatKey));
  if (stored.has_value()) return stored;
  ASSIGN_OR_RETURN(const size_t entries,
                   snapshot->Scan({}, 1, Direction::kForward,
                                  [](absl::string_view, absl::string_view) { return true; }));
  if (entries == 0) return stored;
  return absl::FailedPreconditionError(
      "not a Redress directory: it holds keys, and no format version");
}

absl::StatusOr<uint32_t> ParseVersion(absl::string_view stored, uint32_t newest) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(stored, absl::MaxSplits(' ', 1));
  uint32_t version = 0;
  if (!absl::SimpleAtoi(parts.first, &version) || version == 0) {
    return absl::DataLossError(
        absl::StrCat("the format version is unreadable: \"", absl::CHexEscape(stored), "\""));
  }
  if (version <= newest) return version;
  return absl::FailedPreconditionError(
      absl::StrCat("the database has format ", version, ", and release ", REDRESS_RELEASE,
                   " reads formats up to ", newest, ": use release ",
                   absl::CHexEscape(parts.second), " or a newer one"));
}

}  // namespace

absl::Status EnsureFormatVersion(Kv& kv, uint32_t version, absl::Span<const FormatStep> steps) {
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, ReadFormat(kv));
  if (!stored.has_value()) return WriteVersion(kv, version);
  ASSIGN_OR_RETURN(uint32_t at, ParseVersion(*stored, version));
  for (; at < version; ++at) {
    const auto step = std::find_if(steps.begin(), steps.end(),
                                   [at](const FormatStep& one) { return one.from == at; });
    if (step == steps.end()) {
      return absl::FailedPreconditionError(
          absl::StrCat("the database has format ", at, ", which release ", REDRESS_RELEASE,
                       " no longer upgrades: use an older release first"));
    }
    spdlog::info("upgrading the database from format {} to {}", at, at + 1);
    RETURN_IF_ERROR(step->run(kv));
    RETURN_IF_ERROR(WriteVersion(kv, at + 1));
  }
  return absl::OkStatus();
}

absl::Status EnsureFormatVersion(Kv& kv) {
  return EnsureFormatVersion(kv, kFormatVersion, kSteps);
}

}  // namespace redress::storage
