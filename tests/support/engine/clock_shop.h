// A playbook whose clocks run on a calendar, and desks that work by it.
#pragma once

#include <memory>
#include <string>

#include "engine/playbook/playbook.h"
#include "tests/support/engine/desk.h"

namespace redress::test {

// The office is open from Monday to Friday, 09:00 to 12:00 and 13:00 to 17:00. ACK 30m, FIRST 2h,
// NEXT 1h, LEVEL[RELAY] 4h, RESOLVE 16h, all on the office's hours; OWNER 45m elapsed. ANALYSIS and
// INITIATIVE have rows of their own for RESOLVE, which count from the start.
std::string ClockShopSource();
const std::shared_ptr<const engine::Playbook>& ClockShop();

// Compiles a source that has no faults.
std::shared_ptr<const engine::Playbook> MustCompile(const std::string& source);

// A desk with another live playbook, which must outlive it.
Desk DeskOn(const engine::Playbook& playbook);

}  // namespace redress::test
