// permissions.cc: who may call what.
#include "services/permissions.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "redress/v1/admin_service.pb.h"
#include "redress/v1/audit_service.pb.h"
#include "redress/v1/customer_service.pb.h"
#include "redress/v1/inspection_service.pb.h"
#include "redress/v1/intake_service.pb.h"
#include "redress/v1/playbook_service.pb.h"
#include "redress/v1/queue_service.pb.h"
#include "redress/v1/ticket_service.pb.h"

namespace redress::services {
namespace {

constexpr Role kRoles[] = {Role::kCustomer, Role::kAgent, Role::kOwner, Role::kManager,
                           Role::kAdmin,    Role::kInspector};

// A letter for each role from customer to inspector: its record, its departments, the tenant, or
// nothing.
std::string Reach(const std::string& method) {
  const PermissionTable table = ApiPermissions();
  std::string reach;
  for (const Role role : kRoles) {
    const auto scope = table.Find(absl::StrCat("redress.v1.", method), RoleSet({role}));
    if (!scope)
      reach += '-';
    else if (*scope == Scope::kOwnRecord)
      reach += 'r';
    else if (*scope == Scope::kOwnDepartments)
      reach += 'd';
    else
      reach += 't';
  }
  return reach;
}

TEST(ApiPermissions, HaveARowForEveryMethod) {
  const PermissionTable table = ApiPermissions();
  for (const auto* file :
       {v1::SubmitIssueRequest::descriptor()->file(), v1::PullTicketsRequest::descriptor()->file(),
        v1::GetTicketRequest::descriptor()->file(), v1::GetViewRequest::descriptor()->file(),
        v1::GetReportRequest::descriptor()->file(), v1::CheckPlaybookRequest::descriptor()->file(),
        v1::CreateBackupRequest::descriptor()->file(), v1::ListPlansRequest::descriptor()->file()})
    EXPECT_EQ(MethodsWithoutPermission(table, *file->service(0)), std::vector<std::string>());
}

TEST(ApiPermissions, ReachAsFarAsTheRoleDoes) {
  EXPECT_EQ(Reach("IntakeService.SubmitIssue"), "-tttt-");
  EXPECT_EQ(Reach("IntakeService.ImportHistory"), "----t-");
  EXPECT_EQ(Reach("QueueService.PullTickets"), "-ddtt-");
  EXPECT_EQ(Reach("TicketService.ResolveTicket"), "-ddtt-");
  EXPECT_EQ(Reach("CustomerService.GetView"), "rddtt-");
  EXPECT_EQ(Reach("CustomerService.ConfirmResolution"), "rddtt-");
  EXPECT_EQ(Reach("AuditService.GetReport"), "---tt-");
  EXPECT_EQ(Reach("PlaybookService.PublishPlaybook"), "---tt-");
  EXPECT_EQ(Reach("PlaybookService.GetPlaybook"), "-ddtt-");
  EXPECT_EQ(Reach("TicketService.GetTicket"), "-ddttt");
  EXPECT_EQ(Reach("InspectionService.RecordInspection"), "---ttt");
  EXPECT_EQ(Reach("InspectionService.DrawSample"), "---tt-");
  EXPECT_EQ(Reach("InspectionService.DisputeInspection"), "-ddtt-");
  EXPECT_EQ(Reach("AdminService.CreateBackup"), "----t-");
}

TEST(ApiPermissions, LetCustomersCallTheirOwnServiceOnly) {
  const PermissionTable table = ApiPermissions();
  for (const auto* file :
       {v1::SubmitIssueRequest::descriptor()->file(), v1::PullTicketsRequest::descriptor()->file(),
        v1::GetTicketRequest::descriptor()->file(), v1::GetReportRequest::descriptor()->file(),
        v1::CheckPlaybookRequest::descriptor()->file(),
        v1::CreateBackupRequest::descriptor()->file(),
        v1::ListPlansRequest::descriptor()->file()}) {
    const auto& service = *file->service(0);
    for (int i = 0; i < service.method_count(); ++i)
      EXPECT_FALSE(table.Find(service.method(i)->full_name(), RoleSet({Role::kCustomer})))
          << service.method(i)->full_name();
  }
}

TEST(ApiPermissions, AreForNobodyWhereThereIsNoRow) {
  EXPECT_EQ(Reach("TicketService.DropEverything"), "------");
}

}  // namespace
}  // namespace redress::services
