// Draws, inspections and their disputes.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "engine/playbook/find_by_id.h"
#include "engine/ticket/apply_inspection.h"
#include "engine/ticket/catch_up.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/draft.h"
#include "engine/ticket/guard.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

using Results = google::protobuf::RepeatedPtrField<v1::ItemResult>;
using Findings = google::protobuf::RepeatedPtrField<v1::ItemFinding>;

bool HasHandled(const Facts& facts, const std::string& actor) {
  return std::find(facts.handlers.begin(), facts.handlers.end(), actor) != facts.handlers.end();
}

Rejection NotIndependent(absl::string_view message) {
  return {v1::ERROR_REASON_NOT_INDEPENDENT, std::string(message), {}, {}};
}

Rejection InspectionDone(const v1::Ticket& ticket, const v1::Inspection& inspection,
                         absl::string_view what) {
  return {v1::ERROR_REASON_INSPECTION_DONE,
          absl::StrCat("Inspection ", inspection.number(), " of ticket ", ticket.reference(), " ",
                       what),
          {{"ticket", ticket.reference()}, {"number", absl::StrCat(inspection.number())}},
          {}};
}

Rejection InspectionNotFound(const v1::Ticket& ticket, uint32_t number) {
  return {v1::ERROR_REASON_INSPECTION_NOT_FOUND,
          absl::StrCat("Ticket ", ticket.reference(), " has no inspection ", number, "."),
          {{"ticket", ticket.reference()}, {"number", absl::StrCat(number)}},
          {}};
}

// All items of the form, without defect.
Results CleanResults(const v1::InspectionForm& form) {
  Results results;
  for (const v1::InspectionItem& item : form.items()) {
    v1::ItemResult& result = *results.Add();
    result.set_item(item.id());
    result.set_fatal(item.fatal());
    result.set_opportunities(item.opportunities());
  }
  return results;
}

// The same items as if nothing were wrong.
Results CleanResults(Results results) {
  for (v1::ItemResult& result : results) {
    result.clear_defects();
    result.clear_not_applicable();
  }
  return results;
}

// Writes the findings into results without defect.
std::optional<Rejection> TakeFindings(const Findings& findings, Results& results) {
  for (int i = 0; i < findings.size(); ++i) {
    const v1::ItemFinding& finding = findings[i];
    const std::string field = absl::StrCat("findings[", i, "]");
    const auto result = std::find_if(results.begin(), results.end(), [&](const auto& known) {
      return known.item() == finding.item();
    });
    if (result == results.end())
      return InvalidField(absl::StrCat(field, ".item"),
                          absl::StrCat("must be an item of the form; '", finding.item(),
                                       "' is none"));
    if (result->defects() > 0 || result->not_applicable())
      return InvalidField(absl::StrCat(field, ".item"), "must not be named twice");
    if (finding.defects() > result->opportunities())
      return InvalidField(absl::StrCat(field, ".defects"),
                          absl::StrCat("must be at most ", result->opportunities(),
                                       ", the item's opportunities"));
    result->set_defects(finding.defects());
    result->set_not_applicable(finding.not_applicable());
  }
  return std::nullopt;
}

std::optional<Rejection> RefuseSampled(const Facts& facts, const v1::Ticket& ticket,
                                       uint32_t number) {
  if (!facts.sample)
    return Rejection{v1::ERROR_REASON_SAMPLE_NOT_FOUND,
                     absl::StrCat("There is no sample ", number, "."),
                     {{"sample", absl::StrCat(number)}},
                     {}};
  const auto& drawn = facts.sample->tickets();
  const bool is_drawn = std::any_of(drawn.begin(), drawn.end(), [&](const auto& sampled) {
    return sampled.ticket_id() == ticket.id();
  });
  if (!is_drawn)
    return Rejection{v1::ERROR_REASON_SAMPLE_NOT_FOUND,
                     absl::StrCat("Ticket ", ticket.reference(), " was not drawn in sample ",
                                  number, "."),
                     {{"sample", absl::StrCat(number)}, {"ticket", ticket.reference()}},
                     {}};
  for (const v1::Inspection& inspection : ticket.inspections())
    if (inspection.sample() == number)
      return InspectionDone(ticket, inspection,
                            "is the one for this sample; dispute it if it is wrong.");
  return std::nullopt;
}

// Which department is accountable for what is inspected.
std::string DepartmentOf(const Facts& facts, const v1::Ticket& ticket) {
  if (!facts.sample) return ticket.department();
  for (const v1::SampledTicket& sampled : facts.sample->tickets())
    if (sampled.ticket_id() == ticket.id()) return sampled.department();
  return ticket.department();
}

// The form that the command inspects with; nullptr: there is none.
const v1::InspectionForm* FormOf(const Facts& facts, const v1::RecordInspectionRequest& command) {
  if (command.sample() != 0) return &facts.sample->form();
  if (facts.playbook == nullptr) return nullptr;
  return FindById(facts.playbook->message().inspection_forms(), command.form());
}

std::optional<Rejection> RefusePeriod(const Facts& facts, const v1::SampleDrawn& draw,
                                      absl::Time now) {
  const std::string today = absl::FormatTime("%Y-%m-%d", now, absl::UTCTimeZone());
  if (draw.to_day() <= draw.from_day())
    return InvalidField("to_day", "must be later than from_day");
  if (draw.to_day() > today)
    return InvalidField("to_day", "must not be after today: only days that are over can be drawn");
  const auto& earlier = facts.earlier_sample;
  if (!earlier || earlier->to_day() <= draw.from_day()) return std::nullopt;
  return Rejection{v1::ERROR_REASON_SAMPLE_DRAWN,
                   absl::StrCat("Plan ", draw.plan().id(), " was drawn from ", earlier->from_day(),
                                " to ", earlier->to_day(), " as sample ", earlier->number(),
                                "; no day is drawn from twice."),
                   {{"sample", absl::StrCat(earlier->number())}},
                   {}};
}

}  // namespace

Decision DecideDrawSample(const Facts& facts, const v1::DrawSampleRequest& command,
                          const Envelope& envelope) {
  if (facts.playbook == nullptr) return PlaybookMissing();
  const v1::SamplingPlan* plan =
      FindById(facts.playbook->message().sampling_plans(), command.plan());
  if (plan == nullptr) return InvalidField("plan", "must be a sampling plan of the playbook");
  CHECK(facts.draw != nullptr);
  if (facts.draw->playbook_hash() != facts.playbook->hash())
    return Rejection{v1::ERROR_REASON_ETAG_MISMATCH,
                     "Another playbook was published meanwhile. Draw again.",
                     {},
                     {}};
  REJECT_IF(RefusePeriod(facts, *facts.draw, envelope.time));

  v1::Event event;
  *event.mutable_time() = ToTimestamp(envelope.time);
  event.set_actor(envelope.actor.id);
  event.set_provenance(v1::PROVENANCE_LIVE);
  *event.mutable_sample_drawn() = *facts.draw;
  event.mutable_sample_drawn()->set_number(facts.samples + 1);
  return {{{std::move(event), {}}}, {}};
}

Decision DecideRecordInspection(const Facts& facts, const v1::RecordInspectionRequest& command,
                                const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), ""));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Ticket& ticket = draft.ticket();
  if (!ticket.has_resolve_time()) return WrongState(ticket, "be inspected before it was resolved");
  if (HasHandled(facts, envelope.actor.id))
    return NotIndependent("Who handled a ticket does not inspect it.");
  if (command.sample() != 0) REJECT_IF(RefuseSampled(facts, ticket, command.sample()));
  if (ticket.inspections_size() >= kTicketInspectionsMax)
    return Rejection{v1::ERROR_REASON_TICKET_FULL,
                     absl::StrCat("Ticket ", ticket.reference(), " was inspected ",
                                  kTicketInspectionsMax, " times, the most that one may be."),
                     {{"ticket", ticket.reference()}},
                     {}};
  const v1::InspectionForm* form = FormOf(facts, command);
  if (form == nullptr) return InvalidField("form", "must be an inspection form of the playbook");
  Results results = CleanResults(*form);
  REJECT_IF(TakeFindings(command.findings(), results));

  v1::Event event = draft.NewEvent();
  v1::Inspection& inspection = *event.mutable_inspection_recorded()->mutable_inspection();
  inspection.set_number(static_cast<uint32_t>(ticket.inspections_size()) + 1);
  inspection.set_sample(command.sample());
  inspection.set_form(form->id());
  inspection.set_playbook_hash(facts.sample ? facts.sample->playbook_hash()
                                            : facts.playbook->hash());
  inspection.set_inspector(envelope.actor.id);
  *inspection.mutable_time() = event.time();
  *inspection.mutable_results() = std::move(results);
  inspection.set_note(command.note());
  inspection.set_department(DepartmentOf(facts, ticket));
  inspection.set_state(v1::INSPECTION_STATE_RECORDED);
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecideDisputeInspection(const Facts& facts, const v1::DisputeInspectionRequest& command,
                                 const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), ""));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Inspection* inspection = FindInspection(draft.ticket(), command.number());
  if (inspection == nullptr) return InspectionNotFound(draft.ticket(), command.number());
  if (inspection->inspector() == envelope.actor.id)
    return NotIndependent("Who inspected a ticket does not dispute the inspection.");
  if (!envelope.actor.is_owner && !HasHandled(facts, envelope.actor.id))
    return NotIndependent("Only who handled a ticket, or an owner, disputes its inspection.");
  if (inspection->state() != v1::INSPECTION_STATE_RECORDED)
    return InspectionDone(draft.ticket(), *inspection, "was disputed before.");

  v1::Event event = draft.NewEvent();
  event.mutable_inspection_disputed()->set_number(command.number());
  event.mutable_inspection_disputed()->set_reason(command.reason());
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecideDecideInspection(const Facts& facts, const v1::DecideInspectionRequest& command,
                                const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), ""));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Inspection* inspection = FindInspection(draft.ticket(), command.number());
  if (inspection == nullptr) return InspectionNotFound(draft.ticket(), command.number());
  const std::string& actor = envelope.actor.id;
  if (inspection->inspector() == actor || inspection->dispute().actor() == actor ||
      HasHandled(facts, actor))
    return NotIndependent(
        "Who inspected or handled a ticket, or disputes the inspection, does not decide on it.");
  if (inspection->state() != v1::INSPECTION_STATE_DISPUTED)
    return InspectionDone(draft.ticket(), *inspection, "has no open dispute.");
  Results results = CleanResults(inspection->results());
  REJECT_IF(TakeFindings(command.findings(), results));

  v1::Event event = draft.NewEvent();
  v1::InspectionDecided& decided = *event.mutable_inspection_decided();
  decided.set_number(command.number());
  decided.set_state(command.upheld() ? v1::INSPECTION_STATE_UPHELD
                                     : v1::INSPECTION_STATE_OVERTURNED);
  decided.set_note(command.note());
  if (!command.upheld()) *decided.mutable_results() = std::move(results);
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

}  // namespace redress::engine
