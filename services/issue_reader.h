// The issues behind many tickets, for reads that go through them in the order in which they were
// opened: neighbours share a commit, which is read once.
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"
#include "storage/ledger.h"

namespace redress::services {

class IssueReader {
 public:
  // REQUIRES: `reader` outlives this.
  IssueReader(const storage::LedgerReader& reader, absl::string_view tenant)
      : reader_(reader), tenant_(tenant) {}

  // Text and contact are stored apart; reading them takes longer than all else.
  enum class Words { kRead, kLeaveOut };

  // The issue that opened a ticket, with its words unless they were erased or are left out. Looks
  // at the ticket's id and first event only.
  absl::StatusOr<v1::Issue> Read(const v1::Ticket& ticket, Words words = Words::kRead);

 private:
  const storage::LedgerReader& reader_;
  const std::string tenant_;
  v1::Commit commit_;  // the last one read
};

// Whether an issue without words is whole: a machine or a survey may say nothing.
bool IsWhole(const v1::Issue& issue);

}  // namespace redress::services
