#include "services/permission.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace redress::services {

PermissionTable::PermissionTable(std::vector<Permission> permissions) {
  for (Permission& permission : permissions) {
    CHECK(grants_.emplace(std::move(permission.method), std::move(permission.grants)).second);
  }
}

std::optional<Scope> PermissionTable::Find(absl::string_view method, const RoleSet& roles) const {
  const auto found = grants_.find(method);
  if (found == grants_.end()) return std::nullopt;
  std::optional<Scope> widest;
  for (const Grant& grant : found->second) {
    if (!roles.Has(grant.role)) continue;
    widest = widest.has_value() ? std::max(*widest, grant.scope) : grant.scope;
  }
  return widest;
}

std::vector<std::string> MethodsWithoutPermission(
    const PermissionTable& table, const google::protobuf::ServiceDescriptor& service) {
  std::vector<std::string> missing;
  for (int i = 0; i < service.method_count(); ++i) {
    const std::string& name = service.method(i)->full_name();
    if (!table.Has(name)) missing.push_back(name);
  }
  return missing;
}

}  // namespace redress::services
