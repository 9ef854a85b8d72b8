// The keys by which a ticket must be found, from the model alone: a second description of
// storage/index.h.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "storage/kv.h"
#include "tests/simulator/model.h"

namespace redress::simulator {

// In rising order.
std::vector<std::string> ExpectedKeys(const std::string& tenant, const ShownTicket& ticket);

// Follows the keys of tickets from change to change, so that each check costs what changed.
class IndexCheck {
 public:
  // The keys of a ticket that may have changed (null: there is none) are there, and those that it
  // had before are gone. Empty, or what does not hold.
  std::string Take(const storage::Reader& reader, const std::string& tenant, uint64_t ticket_id,
                   const ShownTicket* ticket);

 private:
  std::map<std::pair<std::string, uint64_t>, std::vector<std::string>> keys_;
};

}  // namespace redress::simulator
