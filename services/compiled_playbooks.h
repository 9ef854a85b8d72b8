// Playbooks compiled from what was published, by the hash of what they are compiled from.
//
// Thread-safe. Compiling depends on the source and on the rules of its zones, and on nothing else,
// so what is kept may be used to check a ledger, and by a store that is opened later.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "engine/playbook/playbook.h"
#include "redress/v1/event.pb.h"

namespace redress::services {

class CompiledPlaybooks {
 public:
  // Playbooks kept; all are dropped when there are more.
  static constexpr size_t kKeptMax = 64;

  // The playbook that this event published, compiled from what the event says and from nothing
  // else; null: it does not compile.
  std::shared_ptr<const engine::Playbook> Of(const v1::PlaybookPublished& event);
  // The one with this hash, if it is kept.
  std::shared_ptr<const engine::Playbook> Find(absl::string_view hash);
  // Takes one that was compiled elsewhere.
  void Keep(std::shared_ptr<const engine::Playbook> playbook);

 private:
  void KeepAs(const std::string& hash, std::shared_ptr<const engine::Playbook> playbook);

  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<const engine::Playbook>, std::less<>> kept_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::services
