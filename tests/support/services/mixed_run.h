// A run of many commands of all kinds by chance, from one seed: what checks of the whole ledger are
// tested on.
#pragma once

#include <cstdint>

#include "tests/support/services/office.h"

namespace redress::test {

// Some weeks of an office: issues of every kind, work, disputes, transfers, pauses, imported
// histories, deadlines.
void RunMixed(Office& office, uint64_t seed, int commands);

}  // namespace redress::test
