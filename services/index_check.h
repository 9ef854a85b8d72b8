// Whether the stored index keys are those that the tickets have.
#pragma once

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/key_sum.h"
#include "storage/ledger.h"

namespace redress::services {

class IndexCheck {
 public:
  // REQUIRES: `reader` outlives this.
  IndexCheck(const storage::LedgerReader& reader, absl::string_view tenant)
      : reader_(reader), tenant_(tenant) {}

  // The tables can be summed piece by piece, on several threads.
  static size_t pieces();
  absl::StatusOr<KeySum> Sum(size_t piece) const;

  // The first key that is wrong or missing, once the sums differ. DATA_LOSS, always.
  absl::Status FindDifference(uint64_t last_ticket_id) const;

 private:
  absl::Status Scan(size_t piece, absl::FunctionRef<bool(absl::string_view)> visit) const;
  absl::Status FindWrongKey() const;
  absl::Status FindMissingKey(uint64_t last_ticket_id) const;

  const storage::LedgerReader& reader_;
  const absl::string_view tenant_;
};

}  // namespace redress::services
