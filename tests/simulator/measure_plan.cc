#include "tests/simulator/measure_plan.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/simulator/draw.h"

namespace redress::simulator {
namespace {

constexpr int kRowsMax = 4;

const std::vector<std::string>& Definitions() {
  static const auto& definitions = *new std::vector<std::string>{
      "basis: STOCK, of: ticket.state != TicketState.CLOSED",
      "basis: STOCK, of: ticket.hold.handler != \"\", share: ticket.transfers > 0u",
      "basis: COHORT, of: \"true\", share: ticket.reopens > 0u",
      "basis: COHORT, day: ticket.close_time, of: ticket.state == TicketState.CLOSED, "
      "value: ticket.close_time - ticket.create_time",
      "basis: EVENT, on: [ticket_transferred, level_changed], of: \"true\", "
      "share: before.department != after.department",
      "basis: EVENT, on: [ticket_resolved], of: after.cycle > 0u, "
      "value: after.resolve_time - after.cycle_time",
      "basis: DUE, of: clock.state != PromiseState.CANCELLED, share: clock.state == "
      "PromiseState.MET",
  };
  return definitions;
}

const std::vector<std::string>& Splits() {
  static const auto& splits = *new std::vector<std::string>{
      "department", "department, level", "[department, severity], state", "segment, outcome",
  };
  return splits;
}

}  // namespace

std::string MeasuresText(uint64_t number) {
  Draw draw(number);
  std::set<std::string> ids;
  const int rows = draw.Below(kRowsMax + 1);
  for (int i = 0; i < rows; ++i) ids.insert(absl::StrCat("m", draw.Below(kRowsMax + 2)));
  std::string text = ids.empty() ? "" : "measures:\n";
  for (const std::string& id : ids)
    absl::StrAppend(&text, "  - {id: ", id, ", title: Drawn, ", draw.Pick(Definitions()),
                    ", by: [", draw.Pick(Splits()), "]}\n");
  return text;
}

}  // namespace redress::simulator
