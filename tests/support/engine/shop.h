// The playbook of the tests: a shop with a desk, billing, operations and a board.
#pragma once

#include <memory>
#include <string>

#include "engine/playbook/playbook.h"

namespace redress::test {

// The YAML text.
std::string ShopSource();

// The same, compiled once for the whole process.
const std::shared_ptr<const engine::Playbook>& Shop();

}  // namespace redress::test
