#include "engine/measure/measure_functions.h"

#include <google/protobuf/message.h>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace redress::engine {
namespace {

using cel::CallContext;
using cel::Value;

absl::Time ToTime(cel::Instant instant) {
  return absl::FromUnixSeconds(instant.seconds) + absl::Nanoseconds(instant.nanos);
}

// The first attribute of the name; the empty text when there is none.
Value Attribute(CallContext& context, absl::Span<const Value> arguments) {
  const auto* ticket = dynamic_cast<const v1::Ticket*>(&arguments[0].AsMessage());
  if (ticket == nullptr) return context.Error("only a ticket has attributes");
  for (const v1::Attribute& attribute : ticket->attributes())
    if (attribute.name() == arguments[1].AsString()) return Value::String(attribute.value());
  return Value::String("");
}

Value OpenTimeBetween(const OpenTime& open_time, CallContext& context,
                      absl::Span<const Value> arguments) {
  const absl::Time from = ToTime(arguments[1].AsTimestamp());
  const absl::Time to = ToTime(arguments[2].AsTimestamp());
  if (to <= from) return Value::Duration(0);
  const std::optional<absl::Duration> open = open_time(arguments[0].AsString(), from, to);
  if (!open) return context.Error("there is no such calendar");
  return Value::Duration(absl::ToInt64Nanoseconds(*open));
}

}  // namespace

void AddMeasureFunctions(const OpenTime& open_time, cel::Environment& environment) {
  const auto open = [&open_time](CallContext& context, absl::Span<const Value> arguments) {
    return OpenTimeBetween(open_time, context, arguments);
  };
  const auto prepare = [&open_time](absl::Span<const Value* const> arguments) {
    cel::Prepared prepared;
    if (arguments[0] == nullptr) return prepared;
    const absl::string_view calendar = arguments[0]->AsString();
    if (!open_time(calendar, absl::UnixEpoch(), absl::UnixEpoch()))
      prepared.problem = absl::StrCat("no calendar is named '", calendar, "'");
    return prepared;
  };
  cel::Overload attribute;
  attribute.id = "ticket_attribute";
  attribute.function = "attribute";
  attribute.is_method = true;
  attribute.parameters = {cel::Type::Message(v1::Ticket::descriptor()), cel::Type::String()};
  attribute.result = cel::Type::String();
  attribute.native = Attribute;
  attribute.folding = cel::Folding::kAtRunTime;
  environment.AddOverload(std::move(attribute));
  environment.AddFunctions(
      {{{"open_time_calendar", "open_time(string, timestamp, timestamp) -> duration", open,
         cel::Folding::kAtRunTime, prepare}}});
}

}  // namespace redress::engine
