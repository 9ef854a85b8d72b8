// The measures of a drawn playbook. The model does not know them: what they count is held against
// a recount of the whole history.
#pragma once

#include <cstdint>
#include <string>

namespace redress::simulator {

// The measures table in YAML, drawn by the playbook's number; empty without rows. The same id may
// mean something else in another playbook.
std::string MeasuresText(uint64_t number);

}  // namespace redress::simulator
