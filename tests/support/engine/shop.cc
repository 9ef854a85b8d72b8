#include "tests/support/engine/shop.h"

#include "base/check.h"

namespace redress::test {
namespace {

constexpr char kShop[] = R"(playbook: shop
touchpoints:
  checkout: {title: Checkout}
taxonomy:
  billing.double_charge: {title: Charged twice, touchpoint: checkout}
  product.unsafe: {title: Unsafe}
  voice.praise: {title: Praise}
departments:
  desk: {title: Service desk, head: desk-lead}
  billing: {title: Billing, head: billing-lead}
  operations: {title: Operations, head: operations-lead}
  board: {title: Board, head: chief}
classify:
  - id: double-charge
    when: issue.text.mentions(["charged twice"])
    set: {category: billing.double_charge, severity: HIGH}
  - id: unsafe
    when: issue.text.mentions(["burned"])
    set: {category: product.unsafe, severity: CRITICAL}
  - id: praise
    when: issue.kind == PRAISE
    set: {category: voice.praise, severity: LOW}
route:
  - id: harm
    when: ticket.severity == CRITICAL
    to: {level: INITIATIVE, department: board, first_answer: 1h, resolution: 24h}
  - id: praise
    when: issue.kind == PRAISE
    to: {record: true}
  - id: alert
    when: issue.kind == ALERT
    to: {level: ANALYSIS, department: operations, resolution: 8h}
  - id: question
    when: issue.kind == QUESTION
    to: {level: RELAY, department: desk}
  - id: double-charge
    when: ticket.category == "billing.double_charge"
    to: {level: ANALYSIS, department: billing, first_answer: 4h, resolution: 3d}
  - id: rest
    to: {level: RELAY, department: desk, first_answer: 4h, resolution: 2d, confirmation: 5d,
         reopen_window: 14d}
)";

}  // namespace

std::string ShopSource() { return kShop; }

const std::shared_ptr<const engine::Playbook>& Shop() {
  // Never destroyed: tests of other threads may still hold it when the process ends.
  static const auto& shop = *new std::shared_ptr<const engine::Playbook>([] {
    engine::PlaybookCompilation compilation = engine::CompilePlaybook(kShop);
    for (const engine::Finding& finding : compilation.findings)
      base::CheckFailed(__FILE__, __LINE__, engine::Render(finding));
    return std::shared_ptr<const engine::Playbook>(std::move(compilation.playbook));
  }());
  return shop;
}

}  // namespace redress::test
