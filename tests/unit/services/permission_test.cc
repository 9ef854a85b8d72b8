#include "services/permission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/echo.pb.h"

namespace redress::services {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const google::protobuf::ServiceDescriptor& Echo() {
  return *test::EchoRequest::descriptor()->file()->service(0);
}

TEST(PermissionTable, DeniesAMethodWithoutARowToEveryRole) {
  const PermissionTable table({});
  for (Role role : kAllRoles) {
    EXPECT_EQ(table.Find("redress.test.EchoService.Echo", {role}), std::nullopt) << RoleName(role);
  }
}

TEST(PermissionTable, DeniesRolesThatTheRowDoesNotName) {
  const PermissionTable table({{"a.B.C", {{Role::kOwner, Scope::kOwnTenant}}}});
  EXPECT_EQ(table.Find("a.B.C", {Role::kOwner}), Scope::kOwnTenant);
  EXPECT_EQ(table.Find("a.B.C", {Role::kAgent, Role::kAdmin}), std::nullopt);
  EXPECT_EQ(table.Find("a.B.C", {}), std::nullopt);
  EXPECT_EQ(table.Find("a.B.c", {Role::kOwner}), std::nullopt);
}

TEST(PermissionTable, GivesTheWidestScopeOfAllRoles) {
  const PermissionTable table({{"a.B.C",
                                {{Role::kCustomer, Scope::kOwnRecord},
                                 {Role::kManager, Scope::kOwnTenant},
                                 {Role::kAgent, Scope::kOwnDepartments}}}});
  EXPECT_EQ(table.Find("a.B.C", {Role::kCustomer}), Scope::kOwnRecord);
  EXPECT_EQ(table.Find("a.B.C", {Role::kCustomer, Role::kAgent}), Scope::kOwnDepartments);
  EXPECT_EQ(table.Find("a.B.C", {Role::kAgent, Role::kManager}), Scope::kOwnTenant);
}

TEST(MethodsWithoutPermission, NamesWhatWasForgotten) {
  const Grant agent = {Role::kAgent, Scope::kOwnTenant};
  const PermissionTable some({{"redress.test.EchoService.Repeat", {agent}}});
  EXPECT_THAT(MethodsWithoutPermission(some, Echo()),
              ElementsAre("redress.test.EchoService.Echo", "redress.test.EchoService.Chat"));
  const PermissionTable all({{"redress.test.EchoService.Echo", {agent}},
                             {"redress.test.EchoService.Repeat", {agent}},
                             {"redress.test.EchoService.Chat", {agent}}});
  EXPECT_THAT(MethodsWithoutPermission(all, Echo()), IsEmpty());
}

}  // namespace
}  // namespace redress::services
