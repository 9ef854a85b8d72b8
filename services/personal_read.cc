#include "services/personal_read.h"

#include <algorithm>

#include "base/status.h"
#include "engine/ticket/reference.h"
#include "storage/chain.h"

namespace redress::services {
namespace {

// The record that an event is, if it is one that the query asks for.
std::optional<v1::RecordedRead> MatchingRead(const v1::Event& event, const ReadQuery& query) {
  if (!event.has_personal_data_read()) return std::nullopt;
  if (!query.actor.empty() && event.actor() != query.actor) return std::nullopt;
  const v1::PersonalDataRead& read = event.personal_data_read();
  const auto& ids = read.ticket_ids();
  if (query.ticket_id != 0 && std::find(ids.begin(), ids.end(), query.ticket_id) == ids.end())
    return std::nullopt;
  v1::RecordedRead found;
  found.set_actor(event.actor());
  *found.mutable_time() = event.time();
  *found.mutable_read() = read;
  for (const uint64_t id : ids) found.add_references(engine::MakeReference(id));
  return found;
}

absl::Status AddReads(const v1::Commit& commit, const ReadQuery& query,
                      std::vector<v1::RecordedRead>& reads) {
  for (int index = commit.events_size() - 1; index >= 0; --index) {
    v1::Event event;
    if (!event.ParseFromString(commit.events(index)))
      return absl::DataLossError("an event of the ledger cannot be read");
    std::optional<v1::RecordedRead> read = MatchingRead(event, query);
    if (!read) continue;
    v1::Receipt& receipt = *read->mutable_receipt();
    receipt.mutable_position()->set_commit(commit.number());
    receipt.mutable_position()->set_index(static_cast<uint32_t>(index));
    receipt.set_event_hash(storage::LeafHash(commit.events(index)));
    *receipt.mutable_time() = commit.time();
    reads.push_back(*std::move(read));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsRecorded(const Caller& caller) {
  const RoleSet& roles = caller.actor.roles;
  const bool works_on_all =
      caller.actor.has_all_departments && (roles.Has(Role::kAgent) || roles.Has(Role::kOwner));
  const bool sees_all =
      roles.Has(Role::kManager) || roles.Has(Role::kAdmin) || roles.Has(Role::kInspector);
  return sees_all && !works_on_all;
}

v1::PersonalDataRead MakeRead(absl::string_view method, v1::PersonalDataKind kind) {
  v1::PersonalDataRead read;
  read.set_method(std::string(method));
  read.set_kind(kind);
  return read;
}

void RecordThen(Backend& backend, const Caller& caller, v1::PersonalDataRead read,
                std::function<void(const Failure&)> fail, std::function<void()> show) {
  const bool is_nothing =
      read.ticket_ids().empty() && read.kind() != v1::PERSONAL_DATA_KIND_EXPORT;
  if (!IsRecorded(caller) || is_nothing) return show();
  Order order = OrderOf(caller);
  order.command.mutable_record_read()->mutable_read()->Swap(&read);
  order.done = [fail = std::move(fail), show = std::move(show)](const Outcome& outcome) {
    if (outcome.failure) return fail(*outcome.failure);
    show();
  };
  backend.executor.Submit(std::move(order));
}

absl::StatusOr<ReadPage> ListReads(const storage::LedgerReader& reader, absl::string_view tenant,
                                   const ReadQuery& query) {
  ReadPage page;
  const uint64_t lowest =
      query.before_commit > kReadsScanMax ? query.before_commit - kReadsScanMax : 1;
  for (uint64_t number = query.before_commit; number-- > lowest;) {
    ASSIGN_OR_RETURN(const v1::Commit commit, reader.ReadCommit(tenant, number));
    RETURN_IF_ERROR(AddReads(commit, query, page.reads));
    if (static_cast<int>(page.reads.size()) < query.size) continue;
    page.next_before_commit = number > 1 ? number : 0;
    return page;
  }
  page.next_before_commit = lowest > 1 ? lowest : 0;
  return page;
}

}  // namespace redress::services
