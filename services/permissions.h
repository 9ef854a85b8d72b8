// Who may call what: one row for each method of the API.
#pragma once

#include "services/permission.h"

namespace redress::services {

// Agents and owners act for their departments; managers and admins for the whole tenant; customers for themselves.
PermissionTable ApiPermissions();

}  // namespace redress::services
