// What each role may call, in one table.
//
// Deny by default: a method without a row is for nobody. The answer is the same whether or not the
// object that the request names exists, since it is given before the request is read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "services/auth.h"

namespace redress::services {

// How far a role reaches, from narrow to wide. The handler passes it on to whatever loads objects.
enum class Scope {
  kOwnRecord,       // the customer record that the actor is
  kOwnDepartments,  // tickets of the actor's departments
  kOwnTenant,       // everything of the actor's tenant
};

struct Grant {
  Role role;
  Scope scope;
};

struct Permission {
  std::string method;  // full name: "redress.v1.QueueService.PullTickets"
  std::vector<Grant> grants;
};

class PermissionTable {
 public:
  // REQUIRES: no method stands twice.
  explicit PermissionTable(std::vector<Permission> permissions);

  // The widest scope that one of the roles has for this method. Nothing: none of them may call it.
  std::optional<Scope> Find(absl::string_view method, const RoleSet& roles) const;
  bool Has(absl::string_view method) const { return grants_.contains(method); }

 private:
  absl::flat_hash_map<std::string, std::vector<Grant>> grants_;
};

// The methods of a service without a row, for the test that there are none.
std::vector<std::string> MethodsWithoutPermission(
    const PermissionTable& table, const google::protobuf::ServiceDescriptor& service);

}  // namespace redress::services
