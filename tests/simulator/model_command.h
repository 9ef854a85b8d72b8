// What the model makes of one command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/simulator/model_ticket.h"

namespace redress::simulator {

// Refused before it is looked at: a field is missing or out of range. Knows the faults that the
// workload makes.
bool IsMalformed(const v1::Command& command);

// Empty for what the deadline driver sends.
std::string RequestIdOf(const v1::Command& command);

class CommandModel {
 public:
  CommandModel(ModelTenant& tenant, const engine::Actor& actor, int64_t now)
      : tenant_(tenant), actor_(actor), now_(now) {}

  // Changes the tenant when the command is accepted.
  Prediction Decide(const v1::Command& command, const PlaybookPlan* plan,
                    const ModelSample* drawn);

  bool has_events() const { return has_events_; }
  // Tickets changed, in the reply's order, as they were before; nothing: a new one.
  struct Replaced {
    uint64_t id;
    std::optional<ModelTicket> before;
  };
  std::vector<Replaced>& replaced() { return replaced_; }

 private:
  const PlaybookPlan* playbook() const;
  ModelTicket* Find(const std::string& name);
  int OpenTickets(const std::string& customer) const;
  Routing RouteIssue(const v1::Issue& issue, v1::Severity told, uint32_t cycle) const;

  std::string Submit(const v1::Issue& issue, Prediction& prediction);
  // `mystery`: who submits it to see how it is handled.
  void OpenTicket(const v1::Issue& issue, const std::string& key, uint64_t follows,
                  const std::string& mystery = "");
  std::string SubmitMystery(const v1::Issue& issue);
  std::string Import(const v1::ImportHistoryRequest& request);
  std::string ImportOpened(const v1::ImportHistoryRequest& request);
  std::string ImportFact(const v1::ImportHistoryRequest& request);
  std::string Pull(const v1::PullTicketsRequest& request);
  std::string Publish(const PlaybookPlan& plan, Prediction& prediction);
  std::string DrawSample(const v1::DrawSampleRequest& request, const ModelSample& drawn,
                         Prediction& prediction);
  std::string KeepEvidence(const v1::RecordGoalEvidenceRequest& request);
  std::string FireDue(const v1::FireDeadline& request);
  // Everything that names one ticket.
  std::string OnTicket(const v1::Command& command);
  std::string Change(const v1::Command& command, ModelTicket& ticket);
  std::string Take(const v1::Command& command, ModelTicket& ticket);
  std::string Work(const v1::Command& command, ModelTicket& ticket);
  std::string Move(const v1::Command& command, ModelTicket& ticket);
  std::string Finish(const v1::Command& command, ModelTicket& ticket);
  // model_inspection.cc
  std::string Inspect(const v1::Command& command, ModelTicket& ticket);
  std::string RecordInspection(const v1::RecordInspectionRequest& request, ModelTicket& ticket);
  std::string RefuseSampled(uint32_t number, const ModelTicket& ticket) const;
  std::string DisputeInspection(uint32_t number, ModelTicket& ticket);
  std::string DecideInspection(const v1::DecideInspectionRequest& request, ModelTicket& ticket);
  bool HasHandled(const ModelTicket& ticket) const;
  std::string ChangeLevel(ModelTicket& ticket, v1::Level to, bool is_up,
                          const std::string& department);
  std::string TransferTo(ModelTicket& ticket, const std::string& department);
  std::string AnswerOffer(const v1::AnswerLevelOfferRequest& request);
  std::string ResolveWith(ModelTicket& ticket, const v1::Resolution& resolution);
  std::string ReopenWith(ModelTicket& ticket, v1::ReopenCause cause);
  void ReopenNow(ModelTicket& ticket, v1::ReopenCause cause);

  // Why this actor may not: "" when it may.
  std::string RefuseHolder(const ModelTicket& ticket, uint64_t token) const;
  std::string RefuseMover(const ModelTicket& ticket, uint64_t token) const;
  std::string RefuseDepartment(const std::string& department) const;
  void Keep(ModelTicket ticket);

  ModelTenant& tenant_;
  const engine::Actor& actor_;
  const int64_t now_;
  bool has_events_ = false;
  std::vector<Replaced> replaced_;
};

}  // namespace redress::simulator
