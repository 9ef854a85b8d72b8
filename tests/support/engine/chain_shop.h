// A shop whose tickets climb chains, whose initiatives have directors, and whose hand-overs are
// guarded.
#pragma once

#include <memory>

#include "engine/playbook/playbook.h"
#include "tests/support/engine/clock_shop.h"

namespace redress::test {

const std::shared_ptr<const engine::Playbook>& ChainShop();

}  // namespace redress::test
