#include "engine/measure/built_in_dimension.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/check.h"

namespace redress::engine {
namespace {

using T = v1::Ticket;

// The short name of an enum's value; empty for the unspecified one. `name` lives for ever.
template <typename Enum>
absl::string_view ShortName(Enum value, absl::string_view prefix, absl::string_view name) {
  if (static_cast<int>(value) == 0 || name.size() <= prefix.size()) return "";
  return name.substr(prefix.size());
}

absl::string_view LevelName(v1::Level level) {
  return ShortName(level, "LEVEL_", v1::Level_Name(level));
}

absl::string_view RootOf(absl::string_view category) {
  return category.substr(0, category.find('.'));
}

absl::string_view SeverityOf(const T& ticket) {
  return ShortName(ticket.severity(), "SEVERITY_", v1::Severity_Name(ticket.severity()));
}

absl::string_view KindOf(const T& ticket) {
  return ShortName(ticket.kind(), "ISSUE_KIND_", v1::IssueKind_Name(ticket.kind()));
}

absl::string_view OutcomeOf(const T& ticket) {
  const v1::Outcome outcome = ticket.resolution().outcome();
  return ShortName(outcome, "OUTCOME_", v1::Outcome_Name(outcome));
}

absl::string_view CloseCauseOf(const T& ticket) {
  const v1::CloseCause cause = ticket.close_cause();
  return ShortName(cause, "CLOSE_CAUSE_", v1::CloseCause_Name(cause));
}

absl::string_view StateOf(const T& ticket) {
  return ShortName(ticket.state(), "TICKET_STATE_", v1::TicketState_Name(ticket.state()));
}

// Whose move it is. Who directs a pause is told by what it waits for.
absl::string_view HolderOf(const T& ticket) {
  const v1::PauseReason reason = ticket.pause().reason();
  switch (ticket.state()) {
    case v1::TICKET_STATE_QUEUED:
      return "QUEUE";
    case v1::TICKET_STATE_LEASED:
    case v1::TICKET_STATE_ACCEPTED:
      return "HANDLER";
    case v1::TICKET_STATE_PAUSED:
      if (reason == v1::PAUSE_REASON_CUSTOMER_INFO) return "CUSTOMER";
      return ShortName(reason, "PAUSE_REASON_", v1::PauseReason_Name(reason));
    case v1::TICKET_STATE_RESOLVED:
      return "CUSTOMER";
    default:
      return "";
  }
}

constexpr size_t kReadsMax = 2;
constexpr int kNoField = 0;

struct Row {
  absl::string_view name;
  absl::string_view (*value)(const T& ticket);
  std::array<int, kReadsMax> reads;  // numbers of fields
};

constexpr Row kRows[] = {
    {"department", [](const T& t) -> absl::string_view { return t.department(); },
     {T::kDepartmentFieldNumber}},
    {"level", [](const T& t) { return LevelName(t.level()); }, {T::kLevelFieldNumber}},
    {"category", [](const T& t) -> absl::string_view { return t.category(); },
     {T::kCategoryFieldNumber}},
    {"root_category", [](const T& t) { return RootOf(t.category()); }, {T::kCategoryFieldNumber}},
    {"channel", [](const T& t) -> absl::string_view { return t.channel(); },
     {T::kChannelFieldNumber}},
    {"segment", [](const T& t) -> absl::string_view { return t.segment(); },
     {T::kSegmentFieldNumber}},
    {"value_tier", [](const T& t) -> absl::string_view { return t.value_tier(); },
     {T::kValueTierFieldNumber}},
    {"product", [](const T& t) -> absl::string_view { return t.product(); },
     {T::kProductFieldNumber}},
    {"severity", SeverityOf, {T::kSeverityFieldNumber}},
    {"touchpoint", [](const T& t) -> absl::string_view { return t.touchpoint(); },
     {T::kTouchpointFieldNumber}},
    {"kind", KindOf, {T::kKindFieldNumber}},
    {"outcome", OutcomeOf, {T::kResolutionFieldNumber}},
    {"close_cause", CloseCauseOf, {T::kCloseCauseFieldNumber}},
    {"state", StateOf, {T::kStateFieldNumber}},
    {"highest_level", [](const T& t) { return LevelName(t.highest_level()); },
     {T::kHighestLevelFieldNumber}},
    {"holder", HolderOf, {T::kStateFieldNumber, T::kPauseFieldNumber}},
    {"handler", [](const T& t) -> absl::string_view { return t.hold().handler(); },
     {T::kHoldFieldNumber}},
};

}  // namespace

std::vector<std::string> BuiltInDimensions() {
  std::vector<std::string> names;
  for (const Row& row : kRows) names.emplace_back(row.name);
  return names;
}

TicketFields BuiltInDimensionReads(int place) {
  TicketFields reads;
  for (const int field : kRows[place].reads)
    if (field != kNoField) reads.set(static_cast<size_t>(field));
  return reads;
}

absl::string_view BuiltInDimensionOf(int place, const v1::Ticket& ticket) {
  return kRows[place].value(ticket);
}

absl::string_view BuiltInDimensionOf(absl::string_view name, const v1::Ticket& ticket) {
  const auto row = std::find_if(std::begin(kRows), std::end(kRows),
                                [name](const Row& known) { return known.name == name; });
  CHECK(row != std::end(kRows));
  return row->value(ticket);
}

}  // namespace redress::engine
