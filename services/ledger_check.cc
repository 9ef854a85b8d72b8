#include "services/ledger_check.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "storage/chain.h"
#include "storage/index.h"

namespace redress::services {
namespace {

std::string PlaceOf(const v1::Position& position) {
  return absl::StrCat("commit ", position.commit(), ", event ", position.index());
}

absl::Status Differs(absl::string_view what) { return absl::DataLossError(what); }

}  // namespace

LedgerCheck::LedgerCheck(const storage::LedgerReader& reader, absl::string_view tenant,
                         const SampleCheck& samples, FirstDifference& first)
    : reader_(reader),
      tenant_(tenant),
      samples_(samples),
      first_(first),
      last_hash_(storage::GenesisHash()) {}

void LedgerCheck::Take(const CommitPage& page) {
  v1::Position position;
  for (size_t i = 0; i < page.commits.size(); ++i) {
    const PagedCommit& paged = page.commits[i];
    const uint64_t number = page.first + i;
    const DifferencePlace whole = {VerifyStage::kLedger, number, DifferencePlace::kWholeCommit};
    if (first_.IsBefore(whole)) return;
    absl::Status status = CheckChain(paged, number);
    first_.Note(whole, status);
    position.set_commit(number);
    for (int index = 0; status.ok() && index < paged.commit.events_size(); ++index) {
      position.set_index(static_cast<uint32_t>(index));
      status = TakeEvent(paged, position);
      first_.Note({VerifyStage::kLedger, number, index}, status);
    }
    if (!status.ok()) return;
    commits_ = number;
  }
}

absl::Status LedgerCheck::CheckChain(const PagedCommit& paged, uint64_t number) {
  const v1::Commit& commit = paged.commit;
  const auto name = [number] { return absl::StrCat("commit ", number); };
  if (commit.number() != number)
    return Differs(absl::StrCat(name(), " calls itself ", commit.number()));
  if (commit.events_size() == 0) return Differs(absl::StrCat(name(), " has no event"));
  if (commit.previous_hash() != last_hash_)
    return Differs(absl::StrCat(name(), " does not continue the commit before it"));
  if (commit.time().nanos() % 1000 != 0)  // the hash holds microseconds
    return Differs(absl::StrCat(name(), " has a time that is not in microseconds"));
  if (paged.merkle_root != commit.merkle_root())
    return Differs(absl::StrCat("the events of ", name(), " do not give its Merkle root"));
  last_hash_ = paged.hash;
  last_time_us_ = storage::ToMicros(commit.time());
  events_ += static_cast<uint64_t>(commit.events_size());
  return absl::OkStatus();
}

absl::Status LedgerCheck::TakeEvent(const PagedCommit& paged, const v1::Position& position) {
  const uint64_t ticket_id = paged.starts[position.index()].ticket_id;
  last_ticket_id_ = std::max(last_ticket_id_, ticket_id);
  if (ticket_id != 0) return absl::OkStatus();  // whoever takes the ticket reads it
  v1::Event event;
  // An event about a ticket begins with its id, or no part would take it.
  if (!event.ParseFromString(paged.commit.events(static_cast<int>(position.index()))) ||
      event.ticket_id() != 0)
    return Differs(absl::StrCat(PlaceOf(position), " cannot be read"));
  return TakeConfiguration(event, position);
}

absl::Status LedgerCheck::TakeConfiguration(const v1::Event& event, const v1::Position& position) {
  if (event.has_personal_data_read()) return absl::OkStatus();
  const std::string place = PlaceOf(position);
  const uint32_t version = event.playbook_published().version();
  if (event.has_playbook_published() && version != ++playbooks_taken_)
    return Differs(absl::StrCat(place, " publishes playbook version ", version, " out of order"));
  const uint32_t number = event.sample_drawn().number();
  if (event.has_sample_drawn() && number != ++samples_taken_)
    return Differs(absl::StrCat(place, " draws sample ", number, " out of order"));
  if (event.has_goal_evidenced() &&
      event.goal_evidenced().number() != ++evidence_taken_[event.goal_evidenced().goal()])
    return Differs(absl::StrCat(place, " shows a goal out of order"));
  const std::vector<std::string> keys = storage::ConfigurationKeys(tenant_, event);
  if (keys.empty()) return Differs(absl::StrCat(place, " is about no ticket and no configuration"));
  for (const std::string& key : keys) {
    ASSIGN_OR_RETURN(const std::optional<std::string> stored, reader_.reader().Get(key));
    if (stored && *stored == position.SerializeAsString()) continue;
    if (event.has_playbook_published())
      return Differs(absl::StrCat("playbook version ", version, " is not indexed at ", place));
    if (event.has_sample_drawn())
      return Differs(absl::StrCat("sample ", number, " is not indexed at ", place));
    return Differs(absl::StrCat("evidence of goal ", event.goal_evidenced().goal(),
                                " is not indexed at ", place));
  }
  if (event.has_sample_drawn()) return samples_.Take(event.sample_drawn(), position);
  return absl::OkStatus();
}

absl::Status LedgerCheck::CheckHead(const v1::LedgerHead& head) const {
  if (head.commit() == 0) return absl::OkStatus();
  if (head.hash() != last_hash_)
    return Differs("the ledger's head does not have the hash of its newest commit");
  if (head.events() != events_)
    return Differs(absl::StrCat("the ledger's head counts ", head.events(), " events, not ",
                                events_.load()));
  if (head.last_ticket_id() != last_ticket_id_)
    return Differs(absl::StrCat("the ledger's head names ticket ", head.last_ticket_id(),
                                " as the last one, not ", last_ticket_id_));
  if (head.time_us() != last_time_us_)
    return Differs("the ledger's head does not have the time of its newest commit");
  const auto next = reader_.ReadCommit(tenant_, head.commit() + 1);
  if (next.ok())
    return Differs(absl::StrCat("commit ", head.commit() + 1, " lies beyond the ledger's head"));
  return absl::OkStatus();
}

}  // namespace redress::services
