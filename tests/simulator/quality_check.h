// What must hold of samples, evidence and issues that test how they are handled.
#pragma once

#include <string>
#include <vector>

#include "redress/v1/ticket.pb.h"
#include "storage/ledger.h"
#include "tests/simulator/model.h"

namespace redress::simulator {

// The samples and the evidence of goals that the ledger finds are those that the model has. Empty,
// or what does not hold.
std::string CheckQuality(const storage::LedgerReader& reader, const std::string& tenant,
                         const ModelTenant& model);

// Shown to those who handle them, the tickets tell of no mark, and everything else. Empty, or what
// does not hold.
std::string CheckDisguise(const std::vector<v1::Ticket>& tickets);

}  // namespace redress::simulator
