// Compiled playbooks, by tenant and version.
//
// Thread-safe. A compiled playbook is shared: the executor replaces the live one while requests
// that read the old one are still under way.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "engine/playbook/playbook.h"
#include "services/compiled_playbooks.h"
#include "storage/ledger.h"

namespace redress::services {

// A published version, compiled.
struct PublishedPlaybook {
  uint32_t version = 0;
  std::shared_ptr<const engine::Playbook> playbook;
};

class PlaybookStore {
 public:
  // Versions kept beside the live ones; all are dropped when there are more.
  static constexpr size_t kKeptMax = 64;

  PlaybookStore() : PlaybookStore(std::make_shared<CompiledPlaybooks>()) {}
  // What is compiled may be shared with a store of before or beside this one.
  explicit PlaybookStore(std::shared_ptr<CompiledPlaybooks> compiled)
      : compiled_(std::move(compiled)) {}

  // The tenant's live playbook; version 0 and null when it has none. Looks into the ledger whether
  // there is a newer one than is known: a commit whose outcome is unknown may have published it.
  absl::StatusOr<PublishedPlaybook> Live(const storage::LedgerReader& reader,
                                         absl::string_view tenant);
  // A version that was published, live or not. Null: no such version.
  absl::StatusOr<PublishedPlaybook> Find(const storage::LedgerReader& reader,
                                         absl::string_view tenant, uint32_t version);
  // The one with this hash; null: never published.
  absl::StatusOr<PublishedPlaybook> FindByHash(const storage::LedgerReader& reader,
                                               absl::string_view tenant, absl::string_view hash);
  // See CompiledPlaybooks::Of.
  std::shared_ptr<const engine::Playbook> CompileEvent(const v1::PlaybookPublished& event) {
    return compiled_->Of(event);
  }
  // Called when a version has become durable.
  void SetLive(absl::string_view tenant, PublishedPlaybook published);
  // Called when it is not known whether a version has become durable: the ledger is asked again.
  void ForgetLive(absl::string_view tenant);

 private:
  using Key = std::pair<std::string, uint32_t>;
  // The live one as far as it is known; nothing for a tenant that was not asked for before.
  std::optional<PublishedPlaybook> Known(absl::string_view tenant);
  // One of those that are kept.
  std::optional<PublishedPlaybook> FindKept(absl::string_view tenant, absl::string_view hash);
  absl::StatusOr<PublishedPlaybook> Compile(const storage::LedgerReader& reader,
                                            absl::string_view tenant, uint32_t version);
  void Keep(absl::string_view tenant, const PublishedPlaybook& published)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::shared_ptr<CompiledPlaybooks> compiled_;
  absl::Mutex mutex_;
  std::map<std::string, PublishedPlaybook, std::less<>> live_ ABSL_GUARDED_BY(mutex_);
  std::map<Key, PublishedPlaybook> kept_ ABSL_GUARDED_BY(mutex_);
};

// The event that published a version (0: the newest). Nothing: no such version.
absl::StatusOr<std::optional<storage::RecordedEvent>> ReadPlaybookEvent(
    const storage::LedgerReader& reader, absl::string_view tenant, uint32_t version);

}  // namespace redress::services
