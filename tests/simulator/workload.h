// Draws commands: mostly what somebody who looks at the tickets would do, now and then what nobody
// should.
//
// Looks into the model to know tickets, holders and tokens, and gives some of it wrongly on
// purpose.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "redress/v1/command.pb.h"
#include "tests/simulator/action.h"
#include "tests/simulator/model.h"
#include "tests/simulator/plan_shelf.h"

namespace redress::simulator {

// Every command but those of the deadline driver has one.
void SetRequestId(v1::Command& command, const std::string& request_id);

class Workload {
 public:
  Workload(Draw& draw, std::vector<engine::Actor> actors, PlanShelf plans)
      : draw_(draw), actors_(std::move(actors)), plans_(plans) {}

  // `now`: the clock's time.
  Sending Next(const std::string& tenant, const ModelTenant& model, int64_t now);
  // The end of the time in which a closed ticket may be reopened, and the command that does it; or
  // the end of the silence that closes a resolved one, and a repeat of its issue. Nothing: no such
  // ticket was drawn.
  std::optional<int64_t> NextEdge(const ModelTenant& model, int64_t now, Sending& sending);
  // A request id never given before.
  std::string NewRequestId();

 private:
  void DrawSubmit(const ModelTenant& model, int64_t now, v1::Issue& issue);
  void DrawIssue(v1::Issue& issue);
  void DrawImport(const ModelTenant& model, int64_t now, v1::ImportHistoryRequest& request);
  void DrawFact(v1::ImportHistoryRequest& request);
  // workload_quality.cc: whatever does not handle tickets but looks at how they are handled.
  void DrawQualityOrder(const ModelTenant& model, int64_t now, Sending& sending);
  void DrawMystery(v1::SubmitMysteryIssueRequest& request);
  void DrawSampling(const ModelTenant& model, int64_t now, v1::DrawSampleRequest& request);
  void DrawFindings(const ModelTenant& model,
                    google::protobuf::RepeatedPtrField<v1::ItemFinding>& findings);
  void DrawInspection(const ModelTenant& model, Sending& sending);
  // Mostly somebody who may look at the ticket and has not handled it.
  const engine::Actor& Inspector(const ModelTicket& ticket);
  // Says that an inspection is wrong, or decides it; false: there is none.
  bool DrawJudgement(const ModelTenant& model, Sending& sending);
  // Mostly one in that state; false: there is none.
  template <typename Request>
  bool NameInspection(const ModelTenant& model, v1::InspectionState state, Request& request);
  // A command about a ticket that somebody may have.
  void DrawOnTicket(const ModelTenant& model, Sending& sending);
  void DrawOrder(const ModelTicket& ticket, v1::Command& command);
  template <typename Request>
  void Fill(const ModelTicket& ticket, Request& request);
  template <typename Request>
  void FillRest(Request&) {}
  void FillRest(v1::ExtendLeaseRequest& request);
  void FillRest(v1::ReturnTicketRequest& request);
  void FillRest(v1::AnswerTicketRequest& request);
  void FillRest(v1::PauseTicketRequest& request);
  void FillRest(v1::TransferTicketRequest& request);
  void FillRest(v1::AnswerLevelOfferRequest& request);
  void FillRest(v1::CloseTicketRequest& request);
  void FillRest(v1::ReopenTicketRequest& request);
  void FillRest(v1::AddNoteRequest& request);
  void FillRest(v1::ResolveTicketRequest& request);
  void DrawResolution(v1::Resolution& resolution);
  const ModelTicket& AnyTicket(const ModelTenant& model);
  engine::Actor ActorFor(const ModelTicket& ticket, const v1::Command& command);
  const std::string& Department();

  Draw& draw_;
  const std::vector<engine::Actor> actors_;
  const PlanShelf plans_;
  int requests_ = 0;
};

}  // namespace redress::simulator
