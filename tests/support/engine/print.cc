#include "tests/support/engine/print.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/check.h"
#include "engine/ticket/reference.h"
#include "engine/time/instant.h"
#include "google/protobuf/descriptor.h"

namespace redress::test {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kDay[] = "2026 Nov 02";

std::string PrintText(const std::string& text) {
  return absl::StrContains(text, ' ') ? absl::StrCat("\"", text, "\"") : text;
}

std::string PrintMessage(const Message& message) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message))
    return Print(*time);
  if (const auto* decision = dynamic_cast<const v1::Decision*>(&message))
    return absl::StrCat(decision->route_rule(), ":", Short(decision->effects().level()), ":",
                        decision->effects().department());
  if (const auto* resolution = dynamic_cast<const v1::Resolution*>(&message))
    return absl::StrCat(Short(resolution->outcome()),
                        resolution->imported_code().empty() ? "" : ":",
                        resolution->imported_code());
  if (const auto* key = dynamic_cast<const v1::ChainStepKey*>(&message))
    return absl::StrCat(key->chain(), "/", key->step(), "#", key->generation());
  if (const auto* value = dynamic_cast<const v1::OperandValue*>(&message))
    return absl::StrCat(value->name(), ":", value->value());
  return "{}";
}

std::string PrintMessages(const Message& fact, const FieldDescriptor& field) {
  std::vector<std::string> parts;
  const auto& reflection = *fact.GetReflection();
  const bool is_id = field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  for (int i = 0; i < reflection.FieldSize(fact, &field); ++i)
    parts.push_back(is_id ? absl::StrCat("T", reflection.GetRepeatedUInt64(fact, &field, i))
                          : PrintMessage(reflection.GetRepeatedMessage(fact, &field, i)));
  return absl::StrCat("=[", absl::StrJoin(parts, ", "), "]");
}

// The value of a field that is set, with what parts it from the name; empty: nothing to say.
std::string PrintField(const Message& fact, const FieldDescriptor& field) {
  const auto& reflection = *fact.GetReflection();
  if (field.is_repeated()) return PrintMessages(fact, field);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat("=", reflection.GetInt32(fact, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat("=", reflection.GetInt64(fact, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat("=", reflection.GetUInt32(fact, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat("=", reflection.GetUInt64(fact, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat("=",
                          ShortEnum(*field.enum_type(), reflection.GetEnumValue(fact, &field)));
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return "=#";
      return absl::StrCat("=", PrintText(reflection.GetString(fact, &field)));
    default:
      return absl::StrCat("=", PrintMessage(reflection.GetMessage(fact, &field)));
  }
}

std::string PrintFact(const Message& fact) {
  std::string text = fact.GetDescriptor()->name();
  std::vector<const FieldDescriptor*> fields;
  fact.GetReflection()->ListFields(fact, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_left_out = field->name() == "issue" || field->name() == "reference" ||
                             field->name() == "source" || field->name() == "playbook_hash";
    if (!is_left_out) absl::StrAppend(&text, " ", field->name(), PrintField(fact, *field));
  }
  return text;
}

}  // namespace

absl::Time At(absl::string_view text) {
  const bool has_day = text.size() > 6 && text[3] == ' ';
  const std::string full = has_day ? absl::StrCat("2026 ", text) : absl::StrCat(kDay, " ", text);
  absl::Time time;
  std::string error;
  const bool is_read = absl::ParseTime("%Y %b %d %H:%M:%E*S", full, &time, &error) ||
                       absl::ParseTime("%Y %b %d %H:%M", full, &time, &error);
  if (!is_read) base::CheckFailed(__FILE__, __LINE__, absl::StrCat(text, ": ", error));
  return time;
}

std::string Print(absl::Time time) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  std::string text = absl::FormatTime("%Y %b %d %H:%M", time, utc);
  text = std::string(absl::StripPrefix(text, absl::StrCat(kDay, " ")));
  text = std::string(absl::StripPrefix(text, "2026 "));
  const std::string seconds = absl::FormatTime("%E*S", time, utc);
  return seconds == "00" ? text : absl::StrCat(text, ":", seconds);
}

std::string Print(const google::protobuf::Timestamp& time) { return Print(engine::ToTime(time)); }

std::string Print(const v1::Clock& clock) {
  std::string text = Short(clock.kind());
  if (clock.kind() == v1::CLOCK_KIND_LEVEL) absl::StrAppend(&text, "[", Short(clock.level()), "]");
  if (clock.kind() == v1::CLOCK_KIND_OWNER) absl::StrAppend(&text, "[", clock.department(), "]");
  if (clock.entry() > 1) absl::StrAppend(&text, "#", clock.entry());
  absl::StrAppend(&text, " ", clock.paused() ? "PAUSED" : Short(clock.state()));
  if (clock.by_auto_reply()) absl::StrAppend(&text, " by auto reply");
  if (clock.state() == v1::PROMISE_STATE_RUNNING)
    return absl::StrCat(text, " due ", Print(clock.due_time()));
  return absl::StrCat(text, " at ", Print(clock.end_time()));
}

std::string Print(const v1::Chain& chain) {
  const std::string name = absl::StrCat("chain ", chain.rule(), "#", chain.generation(), " ");
  if (chain.state() != v1::CHAIN_STATE_RUNNING) return absl::StrCat(name, Short(chain.state()));
  return absl::StrCat(name, "next ", chain.steps(static_cast<int>(chain.next_step())).id(), " at ",
                      Print(chain.next_time()));
}

std::string Print(const v1::Event& event) {
  const auto& reflection = *event.GetReflection();
  const auto* oneof = event.GetDescriptor()->FindOneofByName("fact");
  const FieldDescriptor* set = reflection.GetOneofFieldDescriptor(event, oneof);
  CHECK(set != nullptr);
  std::string text = absl::StrCat(Print(event.time()), " ", event.actor(), " ",
                                  PrintFact(reflection.GetMessage(event, set)));
  for (const v1::ClockChange& change : event.clock_changes()) {
    absl::StrAppend(&text, "\n  ", Print(change.clock()));
    if (change.revision() != v1::CLOCK_REVISION_UNSPECIFIED)
      absl::StrAppend(&text, " by ", Short(change.revision()));
  }
  if (event.chain_change().has_started())
    absl::StrAppend(&text, "\n  ", Print(event.chain_change().started()));
  if (event.chain_change().has_next_time())
    absl::StrAppend(&text, "\n  chain next at ", Print(event.chain_change().next_time()));
  return text;
}

std::string Print(const engine::Rejection& rejection) {
  return absl::StrCat(engine::ShortName(rejection.reason), ": ", NameTickets(rejection.message));
}

std::string Print(const v1::Ticket& ticket) {
  std::string text =
      absl::StrCat(Short(ticket.state()), " ", Short(ticket.level()), " ", ticket.department());
  if (ticket.has_hold()) absl::StrAppend(&text, " held by ", ticket.hold().handler());
  if (ticket.has_pause()) absl::StrAppend(&text, " for ", Short(ticket.pause().reason()));
  if (ticket.state() == v1::TICKET_STATE_CLOSED)
    absl::StrAppend(&text, " as ", Short(ticket.close_cause()));
  if (ticket.cycle() > 0) absl::StrAppend(&text, ", cycle ", ticket.cycle());
  return text;
}

std::string PrintDeadlines(const v1::Ticket& ticket) {
  return absl::StrJoin(ticket.deadlines(), ", ",
                       [](std::string* out, const v1::Deadline& deadline) {
                         absl::StrAppend(out, Short(deadline.kind()), " ", Print(deadline.time()));
                       });
}

std::string NameTickets(std::string text) {
  for (uint64_t id = 1; id <= 9; ++id)
    absl::StrReplaceAll({{engine::MakeReference(id), absl::StrCat("T", id)}}, &text);
  return text;
}

std::string ShortEnum(const google::protobuf::EnumDescriptor& type, int value) {
  const absl::string_view zero = type.FindValueByNumber(0)->name();
  const absl::string_view prefix = absl::StripSuffix(zero, "UNSPECIFIED");
  const auto* named = type.FindValueByNumber(value);
  if (named == nullptr) return absl::StrCat(value);
  return std::string(absl::StripPrefix(named->name(), prefix));
}

}  // namespace redress::test
