#include "tests/support/engine/clock_shop.h"

#include "base/check.h"

namespace redress::test {
namespace {

constexpr char kClockShop[] = R"(playbook: clock-shop
calendars:
  office: {zone: UTC, week: {mon-fri: [09:00-12:00, 13:00-17:00]}}
departments:
  desk: {title: Service desk, head: desk-lead, calendar: office}
  billing: {title: Billing, head: billing-lead}
  board: {title: Board, head: chief}
clocks:
  - {id: ack, clock: ACK, budget: 30m, calendar: office}
  - {id: first, clock: FIRST, budget: 2h, calendar: department, warn: [50]}
  - {id: next, clock: NEXT, budget: 1h, calendar: office}
  - {id: relay, clock: LEVEL, for: {level: RELAY}, budget: 4h, calendar: office}
  - {id: analysis, clock: LEVEL, for: {level: ANALYSIS}, budget: 8h, calendar: office}
  - {id: resolve-analysis, clock: RESOLVE, for: {level: ANALYSIS}, budget: 10h, calendar: office,
     on_change: RETRO_START}
  - {id: resolve-initiative, clock: RESOLVE, for: {level: INITIATIVE}, budget: 10h,
     calendar: office, on_change: RETRO_START_AND_PAUSE}
  - {id: resolve, clock: RESOLVE, budget: 16h, calendar: office, warn: [50, 90],
     pauses: [CUSTOMER_INFO, LEGAL]}
  - {id: owner, clock: OWNER, budget: 45m}
route:
  - {id: thanks, when: issue.kind == PRAISE, to: {record: true}}
  - {id: rest, to: {level: RELAY, department: desk}}
)";

}  // namespace

std::string ClockShopSource() { return kClockShop; }

std::shared_ptr<const engine::Playbook> MustCompile(const std::string& source) {
  engine::PlaybookCompilation compilation = engine::CompilePlaybook(source);
  for (const engine::Finding& finding : compilation.findings)
    base::CheckFailed(__FILE__, __LINE__, engine::Render(finding));
  return std::move(compilation.playbook);
}

const std::shared_ptr<const engine::Playbook>& ClockShop() {
  static const auto& shop = *new std::shared_ptr<const engine::Playbook>(MustCompile(kClockShop));
  return shop;
}

Desk DeskOn(const engine::Playbook& playbook) {
  Desk desk;
  desk.SetPlaybook(&playbook);
  return desk;
}

}  // namespace redress::test
