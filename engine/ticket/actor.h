// Who gives a command, as far as decisions depend on it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace redress::engine {

struct Actor {
  std::string id;
  // May act for these departments; ignored when all_departments is set.
  std::vector<std::string> departments;
  bool all_departments = false;
  // An owner or manager may move and reopen tickets that somebody else holds.
  bool is_owner = false;
  // A customer reaches only tickets whose customer_id is `id`.
  bool is_customer = false;

  bool MayActFor(absl::string_view department) const {
    return all_departments ||
           std::find(departments.begin(), departments.end(), department) != departments.end();
  }
};

}  // namespace redress::engine
