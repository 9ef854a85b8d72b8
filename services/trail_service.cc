#include "services/trail_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/anchor.h"
#include "services/personal_read.h"
#include "storage/chain.h"

namespace redress::services {
namespace {

// The commit's hash; that before the first commit for 0.
absl::StatusOr<std::string> HashOf(const storage::LedgerReader& reader, absl::string_view tenant,
                                   uint64_t number) {
  if (number == 0) return storage::GenesisHash();
  ASSIGN_OR_RETURN(const v1::Commit commit, reader.ReadCommit(tenant, number));
  return storage::CommitHash(commit);
}

std::vector<engine::FieldViolation> FindFaults(const v1::ExportTrailRequest& request,
                                               uint64_t newest) {
  std::vector<engine::FieldViolation> violations;
  const std::string known = absl::StrCat("must not be behind the newest commit, which is ", newest);
  if (request.after_commit() > newest) violations.push_back({"after_commit", known});
  if (request.last_commit() > newest) violations.push_back({"last_commit", known});
  if (request.last_commit() != 0 && request.last_commit() < request.after_commit())
    violations.push_back({"last_commit", "must not be before after_commit"});
  return violations;
}

}  // namespace

struct TrailService::Export {
  Stream<v1::ExportTrailResponse> stream;
  Caller caller;
  uint64_t next = 0;
  uint64_t last = 0;
};

TrailService::TrailService(Backend& backend, const base::SigningKey* key)
    : backend_(backend),
      key_(key),
      methods_(*v1::ExportTrailRequest::descriptor()->file()->FindServiceByName("TrailService")) {
  methods_.ServerStream("ExportTrail", this, &TrailService::ExportTrail);
  methods_.Unary("GetAnchor", this, &TrailService::GetAnchor);
}

void TrailService::ExportTrail(const Caller& caller, v1::ExportTrailRequest request,
                               Stream<v1::ExportTrailResponse> stream) {
  Work(backend_, caller, stream, [this, caller, request, stream] {
    const std::string& tenant = caller.actor.tenant;
    const LedgerView view(backend_.kv);
    const auto head = view.reader().ReadHead(tenant);
    if (!head.ok()) return stream.Fail(StorageFailure(head.status()));
    const auto violations = FindFaults(request, head->commit());
    if (!violations.empty()) return stream.Fail(InvalidRequest(violations));
    const auto hash = HashOf(view.reader(), tenant, request.after_commit());
    if (!hash.ok()) return stream.Fail(StorageFailure(hash.status()));

    const uint64_t last = request.last_commit() == 0 ? head->commit() : request.last_commit();
    v1::ExportTrailResponse response;
    v1::TrailStart& start = *response.mutable_start();
    start.set_tenant(tenant);
    start.set_after_commit(request.after_commit());
    start.set_after_hash(*hash);
    start.set_last_commit(last);
    Begin(std::make_shared<Export>(Export{stream, caller, request.after_commit() + 1, last}),
          std::move(response));
  });
}

// Nothing is given out before it is recorded that it will be.
void TrailService::Begin(const std::shared_ptr<Export>& trail, v1::ExportTrailResponse start) {
  v1::PersonalDataRead read = MakeRead("TrailService.ExportTrail", v1::PERSONAL_DATA_KIND_EXPORT);
  read.set_first_commit(trail->next);
  read.set_last_commit(trail->last);
  RecordThen(
      backend_, trail->caller, std::move(read),
      [trail](const Failure& failure) { trail->stream.Fail(failure); },
      [this, trail, start = std::move(start)] {
        trail->stream.Send(start);
        Work(backend_, trail->caller, trail->stream, [this, trail] { SendSome(trail); });
      });
}

void TrailService::SendSome(const std::shared_ptr<Export>& trail) {
  const LedgerView view(backend_.kv);
  for (; trail->next <= trail->last; ++trail->next) {
    if (trail->stream.is_over()) return;
    if (!trail->stream.HasRoom()) {
      trail->stream.WhenRoom([this, trail] {
        Work(backend_, trail->caller, trail->stream, [this, trail] { SendSome(trail); });
      });
      return;
    }
    auto commit = view.reader().ReadCommit(trail->caller.actor.tenant, trail->next);
    if (!commit.ok()) return trail->stream.Fail(StorageFailure(commit.status()));
    v1::ExportTrailResponse response;
    response.mutable_commit()->Swap(&*commit);
    trail->stream.Send(response);
  }
  trail->stream.Close();
}

void TrailService::GetAnchor(const Caller& caller, v1::GetAnchorRequest,
                             Reply<v1::GetAnchorResponse> reply) {
  if (key_ == nullptr)
    return reply.Fail(MakeFailure(v1::ERROR_REASON_ANCHOR_KEY_MISSING,
                                  "The server has no key to sign with. Start it with "
                                  "--anchor-key; redressctl audit keygen makes one."));
  Work(backend_, caller, reply, [this, tenant = caller.actor.tenant, reply] {
    const LedgerView view(backend_.kv);
    const auto head = view.reader().ReadHead(tenant);
    if (!head.ok()) return reply.Fail(StorageFailure(head.status()));
    v1::GetAnchorResponse response;
    *response.mutable_anchor() = SignAnchor(*key_, tenant, *head, backend_.clock.Now());
    reply.Finish(response);
  });
}

}  // namespace redress::services
