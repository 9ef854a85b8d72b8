#include "services/compiled_playbooks.h"

#include <utility>

namespace redress::services {

std::shared_ptr<const engine::Playbook> CompiledPlaybooks::Of(const v1::PlaybookPublished& event) {
  // Not the hash that the event names.
  const std::string hash = engine::PlaybookHash(event.source(), event.zones());
  if (std::shared_ptr<const engine::Playbook> kept = Find(hash)) return kept;
  engine::PlaybookCompilation compilation =
      engine::CompilePlaybook(event.source(), engine::PublishedZones(event.zones()));
  std::shared_ptr<const engine::Playbook> playbook = std::move(compilation.playbook);
  KeepAs(hash, playbook);
  return playbook;
}

std::shared_ptr<const engine::Playbook> CompiledPlaybooks::Find(absl::string_view hash) {
  absl::MutexLock lock(&mutex_);
  const auto it = kept_.find(hash);
  return it == kept_.end() ? nullptr : it->second;
}

void CompiledPlaybooks::Keep(std::shared_ptr<const engine::Playbook> playbook) {
  const std::string hash = playbook->hash();
  KeepAs(hash, std::move(playbook));
}

void CompiledPlaybooks::KeepAs(const std::string& hash,
                               std::shared_ptr<const engine::Playbook> playbook) {
  absl::MutexLock lock(&mutex_);
  if (kept_.size() >= kKeptMax) kept_.clear();
  kept_[hash] = std::move(playbook);
}

}  // namespace redress::services
