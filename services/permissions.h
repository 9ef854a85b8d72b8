// Who may call what: one row for each method of the API.
#pragma once

#include <vector>

#include "services/permission.h"

namespace redress::services {

// Agents and owners act for their departments; managers and admins for the whole tenant; inspectors
// inspect the work of the whole tenant; customers act for themselves. `more`: rows for methods that
// are served beside the API.
PermissionTable ApiPermissions(std::vector<Permission> more = {});

}  // namespace redress::services
