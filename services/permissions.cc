#include "services/permissions.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace redress::services {
namespace {

using Grants = std::vector<Grant>;

const Grants& Intake() {
  static const auto& grants = *new Grants{{Role::kAgent, Scope::kOwnTenant},
                                          {Role::kOwner, Scope::kOwnTenant},
                                          {Role::kManager, Scope::kOwnTenant},
                                          {Role::kAdmin, Scope::kOwnTenant}};
  return grants;
}

const Grants& Departments() {
  static const auto& grants = *new Grants{{Role::kAgent, Scope::kOwnDepartments},
                                          {Role::kOwner, Scope::kOwnDepartments},
                                          {Role::kManager, Scope::kOwnTenant},
                                          {Role::kAdmin, Scope::kOwnTenant}};
  return grants;
}

// Who handles tickets, and who inspects how they are handled.
const Grants& Readers() {
  static const auto& grants = *new Grants{{Role::kAgent, Scope::kOwnDepartments},
                                          {Role::kOwner, Scope::kOwnDepartments},
                                          {Role::kInspector, Scope::kOwnTenant},
                                          {Role::kManager, Scope::kOwnTenant},
                                          {Role::kAdmin, Scope::kOwnTenant}};
  return grants;
}

const Grants& Inspectors() {
  static const auto& grants = *new Grants{{Role::kInspector, Scope::kOwnTenant},
                                          {Role::kManager, Scope::kOwnTenant},
                                          {Role::kAdmin, Scope::kOwnTenant}};
  return grants;
}

const Grants& Customers() {
  static const auto& grants = *new Grants{{Role::kCustomer, Scope::kOwnRecord},
                                          {Role::kAgent, Scope::kOwnDepartments},
                                          {Role::kOwner, Scope::kOwnDepartments},
                                          {Role::kManager, Scope::kOwnTenant},
                                          {Role::kAdmin, Scope::kOwnTenant}};
  return grants;
}

// Who answers for departments.
const Grants& Owners() {
  static const auto& grants = *new Grants{{Role::kOwner, Scope::kOwnDepartments},
                                          {Role::kManager, Scope::kOwnTenant},
                                          {Role::kAdmin, Scope::kOwnTenant}};
  return grants;
}

const Grants& Managers() {
  static const auto& grants =
      *new Grants{{Role::kManager, Scope::kOwnTenant}, {Role::kAdmin, Scope::kOwnTenant}};
  return grants;
}

const Grants& Admins() {
  static const auto& grants = *new Grants{{Role::kAdmin, Scope::kOwnTenant}};
  return grants;
}

struct Row {
  const char* method;
  const Grants& (*grants)();
};

constexpr Row kRows[] = {
    {"IntakeService.SubmitIssue", Intake},
    {"IntakeService.BatchSubmitIssues", Intake},
    {"IntakeService.StreamIssues", Intake},
    {"IntakeService.ImportHistory", Admins},
    {"QueueService.PullTickets", Departments},
    {"QueueService.ExtendLease", Departments},
    {"QueueService.ReturnTicket", Departments},
    {"QueueService.PeekQueue", Departments},
    {"QueueService.WatchQueue", Departments},
    {"TicketService.GetTicket", Readers},
    {"TicketService.ListTickets", Readers},
    {"TicketService.ListEvents", Readers},
    {"TicketService.ExplainDue", Departments},
    {"TicketService.AcceptTicket", Departments},
    {"TicketService.AnswerTicket", Departments},
    {"TicketService.PauseTicket", Departments},
    {"TicketService.ResumeTicket", Departments},
    {"TicketService.TransferTicket", Departments},
    {"TicketService.EscalateTicket", Departments},
    {"TicketService.DeescalateTicket", Departments},
    {"TicketService.AnswerLevelOffer", Departments},
    {"TicketService.GetStory", Readers},
    {"TicketService.ResolveTicket", Departments},
    {"TicketService.CloseTicket", Departments},
    {"TicketService.ReopenTicket", Departments},
    {"TicketService.AddNote", Departments},
    {"CustomerService.GetView", Customers},
    {"CustomerService.ConfirmResolution", Customers},
    {"CustomerService.DisputeResolution", Customers},
    {"AuditService.GetReport", Managers},
    {"AuditService.GetMeasures", Managers},
    {"AuditService.ListMembers", Managers},
    {"AuditService.VerifyLedger", Managers},
    {"AuditService.GetFindings", Managers},
    {"AuditService.ListFindings", Managers},
    {"AuditService.ListReads", Managers},
    {"TrailService.ExportTrail", Managers},
    {"TrailService.GetAnchor", Managers},
    {"OutboxService.FollowOutbox", Admins},
    {"PlaybookService.CheckPlaybook", Departments},
    {"PlaybookService.PublishPlaybook", Managers},
    {"PlaybookService.GetPlaybook", Departments},
    {"PlaybookService.ExplainDecision", Departments},
    {"PlaybookService.PreviewTimeline", Departments},
    {"PlaybookService.BacktestPlaybook", Managers},
    {"PlaybookService.StartShadow", Managers},
    {"PlaybookService.GetShadow", Managers},
    {"PlaybookService.StopShadow", Managers},
    {"PlaybookService.ReviewRules", Managers},
    {"InspectionService.ListPlans", Inspectors},
    {"InspectionService.DrawSample", Managers},
    {"InspectionService.ListSamples", Inspectors},
    {"InspectionService.GetSample", Inspectors},
    {"InspectionService.ListSampledTickets", Inspectors},
    {"InspectionService.ListPopulation", Inspectors},
    {"InspectionService.RecordInspection", Inspectors},
    {"InspectionService.DisputeInspection", Departments},
    {"InspectionService.DecideInspection", Inspectors},
    {"InspectionService.GetInspectionReport", Inspectors},
    {"InspectionService.SubmitMysteryIssue", Inspectors},
    {"InspectionService.ListMysteryIssues", Inspectors},
    {"GoalService.ListGoals", Readers},
    {"GoalService.RecordGoalEvidence", Owners},
    {"AdminService.CreateBackup", Admins},
    {"AdminService.ListBackups", Admins},
};

}  // namespace

PermissionTable ApiPermissions(std::vector<Permission> more) {
  std::vector<Permission> permissions = std::move(more);
  for (const Row& row : kRows)
    permissions.push_back({absl::StrCat("redress.v1.", row.method), row.grants()});
  return PermissionTable(std::move(permissions));
}

}  // namespace redress::services
