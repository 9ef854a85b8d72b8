#include "tests/simulator/quality_check.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "redress/v1/queue_service.pb.h"
#include "services/disguise.h"

namespace redress::simulator {
namespace {

std::string CheckSamples(const storage::LedgerReader& reader, const std::string& tenant,
                         const std::vector<ModelSample>& samples) {
  for (uint32_t number = 1; number <= samples.size() + 1; ++number) {
    const auto recorded = reader.ReadSample(tenant, number);
    if (!recorded.ok()) return std::string(recorded.status().message());
    const bool is_expected = number <= samples.size();
    if (recorded->has_value() != is_expected)
      return absl::StrCat("sample ", number, is_expected ? " is lost" : " must not be there");
    if (!is_expected) return "";
    const v1::SampleDrawn& drawn = (*recorded)->event.sample_drawn();
    const ModelSample& expected = samples[number - 1];
    if (drawn.plan().id() != expected.plan || drawn.from_day() != expected.from_day ||
        drawn.to_day() != expected.to_day)
      return absl::StrCat("sample ", number, " is another: ", drawn.ShortDebugString());
    if (static_cast<size_t>(drawn.tickets_size()) != expected.tickets.size())
      return absl::StrCat("sample ", number, " has ", drawn.tickets_size(), " tickets, not ",
                          expected.tickets.size());
  }
  return "";
}

std::string CheckEvidence(const storage::LedgerReader& reader, const std::string& tenant,
                          const std::string& goal, const std::vector<std::string>& expected) {
  const auto recorded = reader.ReadGoalEvidence(tenant, goal);
  if (!recorded.ok()) return std::string(recorded.status().message());
  std::vector<std::string> texts;
  for (const storage::RecordedEvent& piece : *recorded)
    texts.push_back(piece.event.goal_evidenced().text());
  if (texts == expected) return "";
  return absl::StrCat("goal ", goal, " has the evidence ", absl::StrJoin(texts, ", "), ", not ",
                      absl::StrJoin(expected, ", "));
}

}  // namespace

std::string CheckQuality(const storage::LedgerReader& reader, const std::string& tenant,
                         const ModelTenant& model) {
  std::string broken = CheckSamples(reader, tenant, model.samples);
  for (const auto& [goal, texts] : model.evidence)
    if (broken.empty()) broken = CheckEvidence(reader, tenant, goal, texts);
  return broken;
}

std::string CheckDisguise(const std::vector<v1::Ticket>& tickets) {
  const bool tells = std::any_of(tickets.begin(), tickets.end(),
                                 [](const v1::Ticket& ticket) { return ticket.has_mystery(); });
  if (!tells) return "";
  static const auto& disguise =
      *new services::Disguise(*v1::PullTicketsResponse::descriptor());
  v1::PullTicketsResponse answer;
  for (const v1::Ticket& ticket : tickets) *answer.add_tickets() = ticket;
  const std::unique_ptr<google::protobuf::Message> disguised = disguise.Of(answer);
  for (v1::Ticket& ticket : *answer.mutable_tickets()) ticket.clear_mystery();
  if (disguised->SerializeAsString() == answer.SerializeAsString()) return "";
  return absl::StrCat("handlers are shown ", disguised->ShortDebugString());
}

}  // namespace redress::simulator
