#include "services/sample_check.h"

#include <algorithm>
#include <optional>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/measure/day.h"
#include "storage/chain.h"

namespace redress::services {

absl::StatusOr<std::unique_ptr<SampleCheck>> SampleCheck::Open(
    const storage::LedgerReader& reader, absl::string_view tenant) {
  auto check = absl::WrapUnique(new SampleCheck(reader, tenant));
  for (uint32_t number = 1;; ++number) {
    ASSIGN_OR_RETURN(auto recorded, reader.ReadSample(tenant, number));
    if (!recorded) return check;
    v1::SampleDrawn& draw = *recorded->event.mutable_sample_drawn();
    const auto from = engine::ParseDay(draw.from_day());
    const auto to = engine::ParseDay(draw.to_day());
    if (!from || !to)
      return absl::DataLossError(absl::StrCat("sample ", number, " has no period"));
    check->samples_.emplace_back(std::move(draw));
  }
}

absl::Status SampleCheck::Take(const v1::SampleDrawn& draw, const v1::Position& position) const {
  const auto differs = [&](absl::string_view what) {
    return absl::DataLossError(absl::StrCat("sample ", draw.number(), " ", what));
  };
  if (draw.number() > samples_.size()) return differs("is not indexed");
  if (draw.commit() >= position.commit()) return differs("looks at what was recorded after it");
  ASSIGN_OR_RETURN(const v1::Commit commit, reader_.ReadCommit(tenant_, draw.commit()));
  if (storage::CommitHash(commit) != draw.commit_hash())
    return differs("names another hash of the commit that it looks at");
  return absl::OkStatus();
}

void SampleCheck::Add(const v1::Event& event, const v1::Ticket& after, uint64_t commit) {
  if (!event.has_ticket_resolved() || samples_.empty()) return;
  absl::MutexLock lock(&mutex_);
  for (Sample& sample : samples_) {
    if (!sample.period.Has(event, after, commit)) continue;
    TextTable& texts = sample.texts;
    sample.pass[event.ticket_id()] = {
        texts.NumberOf(engine::StratumOf(sample.draw.plan(), after)),
        texts.NumberOf({after.department()})};
  }
}

uint32_t SampleCheck::TextTable::NumberOf(Texts texts) {
  const auto [found, is_new] =
      numbers_.try_emplace(std::move(texts), static_cast<uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(&found->first);
  return found->second;
}

void SampleCheck::EndPass() {
  for (Sample& sample : samples_) {
    std::vector<std::pair<uint64_t, Member>> members(sample.pass.begin(), sample.pass.end());
    std::sort(members.begin(), members.end(),
              [](const auto& one, const auto& other) { return one.first < other.first; });
    for (const auto& [id, member] : members)
      sample.builder.Add(id, sample.texts.Find(member.stratum),
                         sample.texts.Find(member.department).front());
    sample.pass.clear();
  }
}

absl::Status SampleCheck::Compare() {
  for (Sample& sample : samples_)
    if (const auto difference = engine::FindDifference(sample.draw, sample.builder.Draw()))
      return absl::DataLossError(absl::StrCat("drawn again, sample ", sample.draw.number(),
                                              " differs: ", *difference));
  return absl::OkStatus();
}

}  // namespace redress::services
