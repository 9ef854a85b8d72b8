#include "storage/format.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace redress::storage {
namespace {

absl::Status WriteVersion(Transaction& transaction) {
  transaction.Put(std::string(kFormatKey), absl::StrCat(kFormatVersion, " ", REDRESS_RELEASE));
  return transaction.Commit();
}

absl::Status CheckVersion(absl::string_view stored) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(stored, absl::MaxSplits(' ', 1));
  uint32_t version = 0;
  if (!absl::SimpleAtoi(parts.first, &version) || version == 0) {
    return absl::DataLossError(
        absl::StrCat("the format version is unreadable: \"", absl::CHexEscape(stored), "\""));
  }
  if (version <= kFormatVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the database has format ", version, ", and release ", REDRESS_RELEASE,
                   " reads formats up to ", kFormatVersion, ": use release ",
                   absl::CHexEscape(parts.second), " or a newer one"));
}

}  // namespace

absl::Status EnsureFormatVersion(Kv& kv) {
  const std::unique_ptr<Transaction> transaction = kv.Begin();
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, transaction->Get(kFormatKey));
  if (stored.has_value()) return CheckVersion(*stored);
  ASSIGN_OR_RETURN(const size_t entries,
                   transaction->Scan({}, 1, Direction::kForward,
                                     [](absl::string_view, absl::string_view) { return true; }));
  if (entries == 0) return WriteVersion(*transaction);
  return absl::FailedPreconditionError(
      "not a Redress directory: it holds keys, and no format version");
}

}  // namespace redress::storage
