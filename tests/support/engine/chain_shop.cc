#include "tests/support/engine/chain_shop.h"

namespace redress::test {
namespace {

constexpr char kChainShop[] = R"(playbook: chain-shop
calendars:
  office: {zone: UTC, week: {mon-fri: [09:00-12:00, 13:00-17:00]}}
  beijing: {zone: Asia/Shanghai, week: {mon-fri: [09:00-18:00]}}
departments:
  desk: {title: Service desk, head: desk-lead, calendar: office}
  billing: {title: Billing, head: billing-lead}
  quality: {title: Quality, head: quality-lead}
  board: {title: Board, head: chief}
roles: {duty: dora}
directors:
  calendar: beijing
  months: {2026-11: dan, 2026-12: eve, 2027-02: finn}
hand_overs: {relay_owner: true, relay_raise_at: 3, bounces_raise_at: 2, raise_to: quality}
clocks:
  - {id: first, clock: FIRST, budget: 4h, calendar: office}
  - {id: resolve, clock: RESOLVE, budget: 8h, calendar: office}
chains:
  - id: alerts
    for: {kind: ALERT}
    stop_on: [ACKNOWLEDGED]
    steps:
      - {id: page, after: 10m, do: NOTIFY, to: duty}
      - {id: again, after: 10m, when: "!ticket.is_held", do: NOTIFY, to: HOLDER, else: DIRECTOR}
      - {id: hook, after: 10m, do: WEBHOOK, url: "https://pager.example/alarm"}
  - id: analysis
    for: {level: ANALYSIS, department: quality}
    steps:
      - {id: leave, at: 2h, calendar: department, do: ASK_APPROVAL, to: DIRECTOR}
  - id: slow
    stop_on: [ACCEPTED]
    steps:
      - {id: half, at: 50% of FIRST, do: NOTIFY, to: HEAD}
      - {id: grave, at: 100% of FIRST, when: ticket.severity < HIGH, do: SET_SEVERITY,
         severity: HIGH}
      - {id: other, at: 1d, do: REASSIGN, department: billing}
      - {id: up, after: 4h, calendar: office, do: RAISE_LEVEL}
route:
  - {id: thanks, when: issue.kind == PRAISE, to: {record: true}}
  - {id: harm, when: 'issue.text.contains("burned")', to: {level: INITIATIVE, department: board}}
  - {id: rest, to: {level: RELAY, department: desk}}
)";

}  // namespace

const std::shared_ptr<const engine::Playbook>& ChainShop() {
  static const auto& shop = *new std::shared_ptr<const engine::Playbook>(MustCompile(kChainShop));
  return shop;
}

}  // namespace redress::test
