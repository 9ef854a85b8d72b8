#include "tools/redressctl/ticket_text.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/text_format.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;
using text::Align;
using text::EnumText;
using text::FormatTime;

constexpr int kTitleColumns = 40;
constexpr int kCategoryColumns = 28;

std::string CountOrNothing(int64_t count) { return count == 0 ? "" : text::FormatCount(count); }

std::string HoldText(const v1::Hold& hold) {
  if (hold.handler().empty()) return "";
  if (!hold.has_lease_expire_time()) return hold.handler();
  return absl::StrCat(hold.handler(), ", lease token ", hold.lease_token(), " until ",
                      FormatTime(hold.lease_expire_time()));
}

std::string PromiseText(const google::protobuf::Timestamp& due, v1::PromiseState state) {
  if (due.seconds() == 0) return "";
  return absl::StrCat(FormatTime(due), " (", EnumText(state), ")");
}

std::string DeadlinesText(const v1::Ticket& ticket) {
  std::vector<std::string> deadlines;
  for (const auto& deadline : ticket.deadlines()) {
    deadlines.push_back(absl::StrCat(EnumText(deadline.kind()), " ", FormatTime(deadline.time())));
  }
  return absl::StrJoin(deadlines, ", ");
}

// What the ticket climbs, whom it belongs to and where it was offered.
void AddChain(const v1::Ticket& ticket, Fields& fields) {
  const v1::Chain& chain = ticket.chain();
  std::string text = chain.rule();
  if (chain.has_next_time())
    absl::StrAppend(&text, ", next ", chain.steps(static_cast<int>(chain.next_step())).id(),
                    " at ", FormatTime(chain.next_time()));
  else if (ticket.has_chain()) absl::StrAppend(&text, ", ", EnumText(chain.state()));
  fields.emplace_back("chain", text);
  const v1::Director& director = ticket.director();
  fields.emplace_back("director", director.needs_hand_over()
                                      ? absl::StrCat(director.actor(), ", hand-over not written")
                                      : director.actor());
  fields.emplace_back("handed over to", ticket.hand_over().owner());
  if (!ticket.has_offer()) return;
  fields.emplace_back("offered to", absl::StrCat(ticket.offer().to_department(), ", ",
                                                 EnumText(ticket.offer().to_level()), ", by ",
                                                 ticket.offer().actor()));
}

void AddStanding(const v1::Ticket& ticket, Fields& fields) {
  fields.emplace_back("state", EnumText(ticket.state()));
  fields.emplace_back("level", EnumText(ticket.level()));
  fields.emplace_back("department", ticket.department());
  fields.emplace_back("held by", HoldText(ticket.hold()));
  if (ticket.has_pause()) {
    fields.emplace_back("paused for", absl::StrCat(EnumText(ticket.pause().reason()), " since ",
                                                   FormatTime(ticket.pause().start_time()), ": ",
                                                   ticket.pause().note()));
  }
  const v1::Promises& promises = ticket.promises();
  fields.emplace_back("first answer due",
                      PromiseText(promises.first_answer_due(), promises.first_answer_state()));
  fields.emplace_back("resolution due",
                      PromiseText(promises.resolution_due(), promises.resolution_state()));
  fields.emplace_back("deadlines", DeadlinesText(ticket));
  AddChain(ticket, fields);
  fields.emplace_back("etag", ticket.etag());
}

void AddSubject(const v1::Ticket& ticket, Fields& fields) {
  fields.emplace_back("kind", EnumText(ticket.kind()));
  fields.emplace_back("title", ticket.title());
  fields.emplace_back("category", ticket.category());
  fields.emplace_back("severity", EnumText(ticket.severity()));
  fields.emplace_back("touchpoint", ticket.touchpoint());
  fields.emplace_back("channel", ticket.channel());
  fields.emplace_back("customer", ticket.customer_id());
  fields.emplace_back("segment", ticket.segment());
  fields.emplace_back("product", ticket.product());
  fields.emplace_back("issues", text::FormatCount(ticket.issue_count()));
  fields.emplace_back("key", ticket.key());
  fields.emplace_back("imported as", ticket.external_id());
  fields.emplace_back("follows", CountOrNothing(static_cast<int64_t>(ticket.follows_id())));
}

void AddPast(const v1::Ticket& ticket, Fields& fields) {
  fields.emplace_back("created", FormatTime(ticket.create_time()));
  fields.emplace_back("first answer", FormatTime(ticket.first_answer_time()));
  fields.emplace_back("resolved", FormatTime(ticket.resolve_time()));
  fields.emplace_back("closed", FormatTime(ticket.close_time()));
  fields.emplace_back("close cause", EnumText(ticket.close_cause()));
  fields.emplace_back("updated", FormatTime(ticket.update_time()));
  fields.emplace_back("reopened", CountOrNothing(ticket.reopens()));
  fields.emplace_back("transfers", CountOrNothing(ticket.transfers()));
  fields.emplace_back("departments", absl::StrJoin(ticket.departments(), " > "));
  if (ticket.paused_seconds() > 0) {
    fields.emplace_back("paused", text::FormatDuration(ticket.paused_seconds()));
  }
  if (!ticket.has_resolution()) return;
  fields.emplace_back("outcome", EnumText(ticket.resolution().outcome()));
  fields.emplace_back("answer", ticket.resolution().answer());
  fields.emplace_back("root cause", ticket.resolution().root_cause());
  fields.emplace_back("prevention", ticket.resolution().prevention());
}

void AddInspections(const v1::Ticket& ticket, Fields& fields) {
  for (const v1::Inspection& inspection : ticket.inspections())
    fields.emplace_back(absl::StrCat("inspection ", inspection.number()),
                        InspectionText(inspection));
  if (ticket.has_mystery())
    fields.emplace_back("mystery", absl::StrCat("submitted by ", ticket.mystery().submitter()));
}

// The earliest promise that is not met, as queues go by it; nothing once there is an answer for
// good.
std::string NextDueText(const v1::Ticket& ticket) {
  const bool is_done =
      ticket.state() == v1::TICKET_STATE_RESOLVED || ticket.state() == v1::TICKET_STATE_CLOSED;
  if (is_done) return "";
  const v1::Promises& promises = ticket.promises();
  const auto counts = [](v1::PromiseState state) {
    return state == v1::PROMISE_STATE_RUNNING || state == v1::PROMISE_STATE_MISSED;
  };
  google::protobuf::Timestamp due;
  if (counts(promises.first_answer_state())) due = promises.first_answer_due();
  const google::protobuf::Timestamp& resolution = promises.resolution_due();
  const bool is_earlier = due.seconds() == 0 || resolution.seconds() < due.seconds();
  if (counts(promises.resolution_state()) && is_earlier) due = resolution;
  return FormatTime(due);
}

// The fields of a fact that are set, as "name=value"; words and hashes are left out.
std::string FactText(const google::protobuf::Message& fact) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  const auto* reflection = fact.GetReflection();
  reflection->ListFields(fact, &fields);
  std::vector<std::string> parts;
  for (const auto* field : fields) {
    using Descriptor = google::protobuf::FieldDescriptor;
    if (field->is_repeated() || field->type() == Descriptor::TYPE_BYTES) continue;
    if (field->name() == "source" || field->name() == "personal_hash") continue;
    std::string value;
    if (field->cpp_type() == Descriptor::CPPTYPE_ENUM) {
      value = text::ShortName(*reflection->GetEnum(fact, field));
    } else if (field->cpp_type() == Descriptor::CPPTYPE_MESSAGE) {
      const auto& inner = reflection->GetMessage(fact, field);
      const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&inner);
      const auto* decision = dynamic_cast<const v1::Decision*>(&inner);
      const auto* resolution = dynamic_cast<const v1::Resolution*>(&inner);
      const auto* step = dynamic_cast<const v1::ChainStepKey*>(&inner);
      if (step != nullptr) value = absl::StrCat(step->chain(), "/", step->step());
      if (time != nullptr) value = FormatTime(*time);
      if (decision != nullptr) value = decision->route_rule();
      if (resolution != nullptr) value = EnumText(resolution->outcome());
      if (value.empty()) continue;
    } else if (field->cpp_type() == Descriptor::CPPTYPE_STRING) {
      value = reflection->GetString(fact, field);
    } else {
      google::protobuf::TextFormat::PrintFieldValueToString(fact, field, -1, &value);
    }
    parts.push_back(absl::StrCat(field->name(), "=", value));
  }
  return absl::StrJoin(parts, " ");
}

// Null for a fact that this program does not know.
const google::protobuf::FieldDescriptor* FactOf(const v1::Event& event) {
  return event.GetReflection()->GetOneofFieldDescriptor(
      event, v1::Event::descriptor()->FindOneofByName("fact"));
}

}  // namespace

std::string InspectionText(const v1::Inspection& inspection) {
  const bool is_overturned = inspection.state() == v1::INSPECTION_STATE_OVERTURNED;
  std::vector<std::string> found;
  for (const v1::ItemResult& result :
       is_overturned ? inspection.verdict().results() : inspection.results())
    if (result.not_applicable() || result.defects() > 0)
      found.push_back(absl::StrCat(
          result.item(), result.fatal() ? " (fatal) " : " ",
          result.not_applicable() ? "does not apply" : absl::StrCat(result.defects())));
  return absl::StrCat("by ", text::Printable(inspection.inspector()), ", ",
                      EnumText(inspection.state()), ": ",
                      found.empty() ? "no defect" : absl::StrJoin(found, ", "));
}

std::string TicketText(const v1::Ticket& ticket, bool has_color) {
  Fields fields = {{"ticket", absl::StrCat(ticket.reference(), " (", ticket.id(), ")")}};
  AddStanding(ticket, fields);
  AddSubject(ticket, fields);
  AddPast(ticket, fields);
  AddInspections(ticket, fields);
  return text::RenderFields(fields, has_color);
}

std::string TicketLine(const v1::Ticket& ticket) {
  std::string line = absl::StrCat(ticket.reference(), "  ", EnumText(ticket.state()), "  ",
                                  EnumText(ticket.level()), "  ", ticket.department());
  const std::string hold = HoldText(ticket.hold());
  if (!hold.empty()) absl::StrAppend(&line, "  held by ", hold);
  return text::Printable(line);
}

std::string TicketTable(const google::protobuf::RepeatedPtrField<v1::Ticket>& tickets,
                        bool has_leases, bool has_color) {
  std::vector<text::Column> columns = {{"TICKET"},   {"STATE"},
                                       {"LEVEL"},    {"DEPARTMENT"},
                                       {"SEVERITY"}, {"CATEGORY", Align::kLeft, kCategoryColumns},
                                       {"NEXT DUE"}};
  if (has_leases) columns.push_back({"LEASE", Align::kRight});
  columns.push_back({"TITLE", Align::kLeft, kTitleColumns});
  text::Table table(columns);
  for (const v1::Ticket& ticket : tickets) {
    std::vector<std::string> cells = {ticket.reference(),          EnumText(ticket.state()),
                                      EnumText(ticket.level()),    ticket.department(),
                                      EnumText(ticket.severity()), ticket.category(),
                                      NextDueText(ticket)};
    if (has_leases) cells.push_back(absl::StrCat(ticket.hold().lease_token()));
    cells.push_back(ticket.title());
    table.AddRow(cells);
  }
  return table.Render(has_color);
}

std::string QueueText(const v1::WatchQueueResponse& queue, bool has_color) {
  std::string out =
      absl::StrCat(FormatTime(queue.time()), "  ", text::FormatCount(queue.length()), " waiting\n");
  if (queue.head().empty()) return out;
  text::Table table(
      {{"TICKET"}, {"LEVEL"}, {"SEVERITY"}, {"RANKED BY"}, {"TITLE", Align::kLeft, kTitleColumns}});
  for (const auto& entry : queue.head()) {
    table.AddRow({entry.reference(), EnumText(entry.level()), EnumText(entry.severity()),
                  FormatTime(entry.due()), entry.title()});
  }
  return out + table.Render(has_color);
}

std::string TimelineText(const google::protobuf::RepeatedPtrField<v1::Event>& events,
                         bool has_color) {
  text::Table table({{"TIME"}, {"EVENT"}, {"ACTOR"}, {"DETAILS"}});
  for (const v1::Event& event : events) {
    const auto* field = FactOf(event);
    if (field == nullptr) continue;
    table.AddRow({FormatTime(event.time()), field->name(), event.actor(),
                  FactText(event.GetReflection()->GetMessage(event, field))});
  }
  return table.Render(has_color);
}

std::string HistoryText(const google::protobuf::RepeatedPtrField<v1::RecordedEvent>& events,
                        bool has_color) {
  text::Table table({{"TIME"}, {"EVENT"}, {"ACTOR"}, {"COMMIT", Align::kRight}, {"DETAILS"}});
  for (const auto& recorded : events) {
    const v1::Event& event = recorded.event();
    const auto* field = FactOf(event);
    table.AddRow(
        {FormatTime(event.time()), field == nullptr ? "unknown" : field->name(), event.actor(),
         absl::StrCat(recorded.receipt().position().commit(), ".",
                      recorded.receipt().position().index()),
         field == nullptr ? "" : FactText(event.GetReflection()->GetMessage(event, field))});
  }
  return table.Render(has_color);
}

std::string DecisionText(const v1::Decision& decision, bool has_color) {
  const v1::Effects& effects = decision.effects();
  Fields fields = {
      {"playbook", decision.playbook_hash()},
      {"route rule", decision.route_rule()},
      {"classify rules", absl::StrJoin(decision.classify_rules(), ", ")},
      {"level", EnumText(effects.level())},
      {"department", effects.department()},
      {"category", effects.category()},
      {"severity", EnumText(effects.severity())},
      {"touchpoint", effects.touchpoint()},
      {"segment", effects.segment()},
      {"record only", effects.record_only() ? "yes" : ""},
  };
  if (effects.has_first_answer()) {
    fields.emplace_back("first answer", text::FormatDuration(effects.first_answer()));
  }
  if (effects.has_resolution()) {
    fields.emplace_back("resolution", text::FormatDuration(effects.resolution()));
  }
  for (const auto& error : decision.errors()) {
    fields.emplace_back("could not tell", absl::StrCat(error.rule(), ": ", error.message()));
  }
  return text::RenderFields(fields, has_color);
}

}  // namespace redress::ctl
