#include "services/anchor.h"

#include "absl/strings/str_cat.h"
#include "engine/time/instant.h"
#include "storage/chain.h"
#include "storage/index.h"

namespace redress::services {
namespace {

using storage::EightBytes;

std::string StatementOf(const v1::Anchor& anchor) {
  return absl::StrCat("redress anchor 1", EightBytes(anchor.tenant().size()), anchor.tenant(),
                      EightBytes(anchor.commit()), anchor.commit_hash(),
                      EightBytes(anchor.events()),
                      EightBytes(static_cast<uint64_t>(storage::ToMicros(anchor.sign_time()))));
}

}  // namespace

v1::Anchor SignAnchor(const base::SigningKey& key, absl::string_view tenant,
                      const v1::LedgerHead& head, absl::Time now) {
  v1::Anchor anchor;
  anchor.set_tenant(std::string(tenant));
  anchor.set_commit(head.commit());
  anchor.set_commit_hash(head.hash());
  anchor.set_events(head.events());
  *anchor.mutable_sign_time() = engine::ToTimestamp(now);
  anchor.set_public_key(key.public_key());
  anchor.set_signature(key.Sign(StatementOf(anchor)));
  return anchor;
}

std::optional<std::string> FindAnchorFault(const v1::Anchor& anchor, absl::string_view public_key) {
  if (anchor.public_key() != public_key) return "the anchor was signed with another key";
  if (anchor.sign_time().nanos() % 1000 != 0)  // the statement holds microseconds
    return "the anchor's signature is not of what it says";
  if (!base::IsSignedBy(public_key, StatementOf(anchor), anchor.signature()))
    return "the anchor's signature is not of what it says";
  return std::nullopt;
}

}  // namespace redress::services
