#include "services/inspection_reads.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/inspection/draw.h"
#include "engine/inspection/error_rates.h"
#include "engine/measure/day.h"
#include "engine/playbook/find_by_id.h"
#include "services/backend.h"
#include "services/population.h"

namespace redress::services {
namespace {

constexpr size_t kScanStep = 1000;

// Everything of a draw that is known before a ticket is looked at; fields that are wrong go to
// `violations`.
v1::SampleDrawn BeginDraw(const engine::Playbook& playbook, const v1::DrawSampleRequest& request,
                          std::vector<engine::FieldViolation>& violations) {
  v1::SampleDrawn draw;
  const int32_t from = ParseDayOr(request.from_day(), "from_day", 0, violations);
  const int32_t to = ParseDayOr(request.to_day(), "to_day", 0, violations);
  if (request.from_day().empty()) violations.push_back({"from_day", "is required"});
  if (request.to_day().empty()) violations.push_back({"to_day", "is required"});
  if (violations.empty() && to <= from)
    violations.push_back({"to_day", "must be later than from_day"});
  const v1::Playbook& message = playbook.message();
  const v1::SamplingPlan* plan = engine::FindById(message.sampling_plans(), request.plan());
  if (plan == nullptr) {
    violations.push_back({"plan", "must be a sampling plan of the playbook"});
    return draw;
  }
  *draw.mutable_plan() = *plan;
  *draw.mutable_form() = *engine::FindById(message.inspection_forms(), plan->form());
  draw.set_playbook_hash(playbook.hash());
  draw.set_from_day(request.from_day());
  draw.set_to_day(request.to_day());
  return draw;
}

}  // namespace

absl::StatusOr<std::variant<v1::SampleDrawn, Failure>> MakeDraw(
    const storage::LedgerReader& reader, absl::string_view tenant,
    const engine::Playbook& playbook, const v1::DrawSampleRequest& request,
    const std::string& salt) {
  std::vector<engine::FieldViolation> violations;
  v1::SampleDrawn draw = BeginDraw(playbook, request, violations);
  if (!violations.empty()) return InvalidRequest(violations);
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  draw.set_commit(head.commit());
  draw.set_commit_hash(head.hash());
  draw.set_salt(salt);
  draw.set_seed(engine::SeedOf(draw));
  engine::SampleBuilder builder(draw);
  RETURN_IF_ERROR(ScanPopulation(reader, tenant, draw, 1, head.last_ticket_id() + 1,
                                 [&](const v1::Ticket& ticket) {
                                   builder.Add(ticket.id(), engine::StratumOf(draw.plan(), ticket),
                                               ticket.department());
                                   return true;
                                 }));
  if (const std::optional<std::string> fault = builder.FindFault())
    return ToFailure(engine::InvalidField("plan", *fault));
  draw.MergeFrom(builder.Draw());
  return draw;
}

v1::Sample ToSample(const storage::RecordedEvent& recorded) {
  v1::Sample sample;
  *sample.mutable_draw() = recorded.event.sample_drawn();
  sample.set_drawer(recorded.event.actor());
  *sample.mutable_draw_time() = recorded.event.time();
  *sample.mutable_receipt() = recorded.receipt;
  return sample;
}

const v1::Inspection* FindInspectionOf(const v1::Ticket& ticket, uint32_t sample) {
  for (const v1::Inspection& inspection : ticket.inspections())
    if (inspection.sample() == sample) return &inspection;
  return nullptr;
}

absl::StatusOr<CasePage> ReadCases(const storage::LedgerReader& reader, absl::string_view tenant,
                                   const v1::SampleDrawn& draw, bool only_open, int first,
                                   int size) {
  CasePage page;
  for (int i = first; i < draw.tickets_size(); ++i) {
    if (static_cast<int>(page.cases.size()) >= size) {
      page.next = i;
      return page;
    }
    const v1::SampledTicket& drawn = draw.tickets(i);
    ASSIGN_OR_RETURN(const auto ticket, reader.ReadTicket(tenant, drawn.ticket_id()));
    if (!ticket)
      return absl::DataLossError(absl::StrCat("ticket ", drawn.ticket_id(), " is missing"));
    const v1::Inspection* inspection = FindInspectionOf(*ticket, draw.number());
    if (only_open && inspection != nullptr) continue;
    v1::SampledCase& shown = page.cases.emplace_back();
    shown.set_ticket_id(drawn.ticket_id());
    shown.set_reference(ticket->reference());
    *shown.mutable_values() = draw.strata(static_cast<int>(drawn.stratum())).values();
    shown.set_department(drawn.department());
    if (inspection != nullptr) *shown.mutable_inspection() = *inspection;
  }
  return page;
}

absl::StatusOr<PopulationPage> ReadPopulation(const storage::LedgerReader& reader,
                                              absl::string_view tenant,
                                              const v1::SampleDrawn& draw, uint64_t first_id,
                                              int size) {
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  const uint64_t end = std::min(head.last_ticket_id() + 1, first_id + kInspectionScanMax);
  PopulationPage page;
  if (end <= head.last_ticket_id()) page.next_id = end;
  const auto take = [&](const v1::Ticket& ticket) {
    if (static_cast<int>(page.members.size()) >= size) {
      page.next_id = ticket.id();
      return false;
    }
    v1::PopulationMember& member = page.members.emplace_back();
    member.set_ticket_id(ticket.id());
    for (std::string& value : engine::StratumOf(draw.plan(), ticket))
      member.add_values(std::move(value));
    member.set_department(ticket.department());
    return true;
  };
  RETURN_IF_ERROR(ScanPopulation(reader, tenant, draw, first_id, end, take));
  return page;
}

absl::StatusOr<v1::GetInspectionReportResponse> ReadInspectionReport(
    const storage::LedgerReader& reader, absl::string_view tenant,
    const v1::GetInspectionReportRequest& request) {
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  engine::ErrorTally tally;
  uint32_t samples = 0;
  for (uint32_t number = std::max(request.sample(), 1u);; ++number) {
    ASSIGN_OR_RETURN(const auto recorded, reader.ReadSample(tenant, number));
    if (!recorded || (request.sample() != 0 && number != request.sample())) break;
    const v1::SampleDrawn& draw = recorded->event.sample_drawn();
    if (!request.plan().empty() && draw.plan().id() != request.plan()) continue;
    if (draw.from_day() < request.from_day()) continue;
    if (!request.to_day().empty() && draw.to_day() > request.to_day()) continue;
    ++samples;
    tally.AddSample(draw);
    for (const v1::SampledTicket& drawn : draw.tickets()) {
      ASSIGN_OR_RETURN(const auto ticket, reader.ReadTicket(tenant, drawn.ticket_id()));
      const v1::Inspection* inspection = ticket ? FindInspectionOf(*ticket, number) : nullptr;
      if (inspection != nullptr) tally.AddInspection(draw, drawn, *inspection);
    }
  }
  v1::GetInspectionReportResponse report = tally.Report();
  report.set_samples(samples);
  report.set_commit(head.commit());
  report.set_commit_hash(head.hash());
  return report;
}

absl::StatusOr<MysteryPage> ReadMysteries(const storage::LedgerReader& reader,
                                          absl::string_view tenant, uint64_t before_id, int size) {
  MysteryPage page;
  for (uint64_t looked_at = 0; looked_at < kInspectionScanMax; looked_at += kScanStep) {
    ASSIGN_OR_RETURN(auto tickets, reader.ScanTickets(tenant, before_id, kScanStep));
    for (v1::Ticket& ticket : tickets) {
      before_id = ticket.id();
      if (!ticket.has_mystery()) continue;
      v1::MysteryCase& shown = page.cases.emplace_back();
      shown.set_submitter(ticket.mystery().submitter());
      shown.mutable_ticket()->Swap(&ticket);
      if (static_cast<int>(page.cases.size()) < size) continue;
      page.next_before_id = before_id;
      return page;
    }
    if (tickets.size() < kScanStep) return page;
  }
  page.next_before_id = before_id;
  return page;
}

}  // namespace redress::services
