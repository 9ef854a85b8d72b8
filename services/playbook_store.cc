#include "services/playbook_store.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace redress::services {

absl::StatusOr<std::optional<storage::RecordedEvent>> ReadPlaybookEvent(
    const storage::LedgerReader& reader, absl::string_view tenant, uint32_t version) {
  ASSIGN_OR_RETURN(const std::optional<v1::Position> position,
                   reader.FindPlaybook(tenant, version));
  if (!position) return std::optional<storage::RecordedEvent>();
  ASSIGN_OR_RETURN(storage::RecordedEvent recorded, reader.ReadEvent(tenant, *position));
  if (!recorded.event.has_playbook_published())
    return absl::DataLossError("a playbook's position names another event");
  return std::optional<storage::RecordedEvent>(std::move(recorded));
}

absl::StatusOr<PublishedPlaybook> PlaybookStore::Live(const storage::LedgerReader& reader,
                                                      absl::string_view tenant) {
  if (const std::optional<PublishedPlaybook> known = Known(tenant)) {
    ASSIGN_OR_RETURN(const auto newer, reader.FindPlaybook(tenant, known->version + 1));
    if (!newer) return *known;
  }
  ASSIGN_OR_RETURN(const PublishedPlaybook published, Compile(reader, tenant, 0));
  absl::MutexLock lock(&mutex_);
  PublishedPlaybook& live = live_[std::string(tenant)];
  if (published.version >= live.version) live = published;
  return live;
}

std::optional<PublishedPlaybook> PlaybookStore::Known(absl::string_view tenant) {
  absl::MutexLock lock(&mutex_);
  const auto it = live_.find(tenant);
  if (it == live_.end()) return std::nullopt;
  return it->second;
}

absl::StatusOr<PublishedPlaybook> PlaybookStore::Find(const storage::LedgerReader& reader,
                                                      absl::string_view tenant,
                                                      uint32_t version) {
  {
    absl::MutexLock lock(&mutex_);
    if (const auto it = kept_.find(Key(tenant, version)); it != kept_.end()) return it->second;
  }
  return Compile(reader, tenant, version);
}

absl::StatusOr<PublishedPlaybook> PlaybookStore::FindByHash(const storage::LedgerReader& reader,
                                                            absl::string_view tenant,
                                                            absl::string_view hash) {
  if (const std::optional<PublishedPlaybook> kept = FindKept(tenant, hash)) return *kept;
  ASSIGN_OR_RETURN(const PublishedPlaybook live, Live(reader, tenant));
  for (uint32_t version = live.version; version > 0; --version) {
    ASSIGN_OR_RETURN(const auto recorded, ReadPlaybookEvent(reader, tenant, version));
    if (recorded && recorded->event.playbook_published().playbook_hash() == hash)
      return Find(reader, tenant, version);
  }
  return PublishedPlaybook();
}

std::optional<PublishedPlaybook> PlaybookStore::FindKept(absl::string_view tenant,
                                                         absl::string_view hash) {
  absl::MutexLock lock(&mutex_);
  for (auto it = kept_.lower_bound(Key(tenant, 0)); it != kept_.end(); ++it) {
    if (it->first.first != tenant) return std::nullopt;
    if (it->second.playbook->hash() == hash) return it->second;
  }
  return std::nullopt;
}

void PlaybookStore::SetLive(absl::string_view tenant, PublishedPlaybook published) {
  compiled_->Keep(published.playbook);
  absl::MutexLock lock(&mutex_);
  Keep(tenant, published);
  live_[std::string(tenant)] = std::move(published);
}

void PlaybookStore::ForgetLive(absl::string_view tenant) {
  absl::MutexLock lock(&mutex_);
  const auto it = live_.find(tenant);
  if (it != live_.end()) live_.erase(it);
}

absl::StatusOr<PublishedPlaybook> PlaybookStore::Compile(const storage::LedgerReader& reader,
                                                         absl::string_view tenant,
                                                         uint32_t version) {
  ASSIGN_OR_RETURN(const auto recorded, ReadPlaybookEvent(reader, tenant, version));
  if (!recorded) return PublishedPlaybook();
  const v1::PlaybookPublished& event = recorded->event.playbook_published();
  PublishedPlaybook published{event.version(), CompileEvent(event)};
  if (published.playbook == nullptr)
    return absl::DataLossError(absl::StrCat("playbook version ", event.version(),
                                            " was published but does not compile"));
  absl::MutexLock lock(&mutex_);
  Keep(tenant, published);
  return published;
}

void PlaybookStore::Keep(absl::string_view tenant, const PublishedPlaybook& published) {
  if (kept_.size() >= kKeptMax) kept_.clear();
  kept_[Key(tenant, published.version)] = published;
}

}  // namespace redress::services
