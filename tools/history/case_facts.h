// The dated facts that the rows of one case add up to, in the order in which they happened.
//
// Pure: the same mapping and rows always give the same facts with the same request ids, so that
// importing again, after a crash or not, takes nothing twice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "redress/v1/intake_service.pb.h"
#include "tools/history/case_log.h"
#include "tools/history/mapping.h"

namespace redress::history {

struct DatedFact {
  int64_t line = 0;  // of the row that tells it
  v1::ImportHistoryRequest request;
};

// The instants of the opening, of the last cycle's resolving and closing come from their own
// columns; every other fact has its row's time, moved as little as possible so that no fact is
// earlier than the one before. A case whose last cycle has no time of resolving, though the mapping
// names a column for it, is closed without having been resolved. Whatever changed in rows that are
// already resolved or closed happened, as facts go, just before the resolving.
std::vector<DatedFact> FactsOf(const Mapping& mapping, const Case& rows);

// 32 hex digits from the mapping's name, the case and the fact's number within it.
std::string FactRequestId(const std::string& mapping, const std::string& case_id, int number);

}  // namespace redress::history
