// What holds of a ledger as a whole: the hashes and links of its commits, what it records about the
// configuration, and the head.
//
// One thread at a time; the counts may be read from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/stored.pb.h"
#include "services/commit_pages.h"
#include "services/first_difference.h"
#include "services/sample_check.h"
#include "storage/ledger.h"

namespace redress::services {

class LedgerCheck {
 public:
  // REQUIRES: everything outlives this.
  LedgerCheck(const storage::LedgerReader& reader, absl::string_view tenant,
              const SampleCheck& samples, FirstDifference& first);

  // Takes the next page.
  void Take(const CommitPage& page);
  // There are no more pages: what the head must be.
  absl::Status CheckHead(const v1::LedgerHead& head) const;

  uint64_t commits() const { return commits_; }
  uint64_t events() const { return events_; }

 private:
  absl::Status CheckChain(const PagedCommit& paged, uint64_t number);
  absl::Status TakeEvent(const PagedCommit& paged, const v1::Position& position);
  absl::Status TakeConfiguration(const v1::Event& event, const v1::Position& position);

  const storage::LedgerReader& reader_;
  const absl::string_view tenant_;
  const SampleCheck& samples_;
  FirstDifference& first_;
  std::atomic<uint64_t> commits_ = 0;
  std::atomic<uint64_t> events_ = 0;
  std::string last_hash_;
  int64_t last_time_us_ = 0;
  uint64_t last_ticket_id_ = 0;
  uint32_t playbooks_taken_ = 0;
  uint32_t samples_taken_ = 0;
  std::map<std::string, uint32_t> evidence_taken_;  // by goal
};

}  // namespace redress::services
