// What must hold of a tenant's whole ledger, whatever happened.
#pragma once

#include <string>

#include "services/playbook_store.h"
#include "storage/kv.h"
#include "tests/simulator/failure.h"
#include "tests/simulator/model.h"

namespace redress::simulator {

// Reads everything: the ledger verifies, its events keep their promises, the queues hold each
// waiting ticket once, samples and evidence are the model's, the report reconciles and counts as
// many open tickets as the model.
// `playbooks`: where they may have been compiled before.
Failure CheckTenant(const storage::Reader& reader, const std::string& tenant,
                    const ModelTenant& model, int64_t now, services::PlaybookStore& playbooks);

}  // namespace redress::simulator
