// Walks tickets through the loop, so that a fresh server has something to show.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "redress/v1/customer_service.grpc.pb.h"
#include "redress/v1/queue_service.grpc.pb.h"
#include "redress/v1/ticket_service.grpc.pb.h"
#include "tools/redressctl/command.h"

namespace redress::ctl {
namespace {

using Customer = v1::CustomerService::Stub;
using Queue = v1::QueueService::Stub;
using Tickets = v1::TicketService::Stub;

constexpr int kPullMax = 100;

// What becomes of the tickets, in turn.
enum class Path { kConfirm, kAnswerFirst, kDispute, kTransfer, kEscalate, kPause, kReturn, kHold };
constexpr std::array<Path, 12> kPaths = {Path::kConfirm,     Path::kAnswerFirst, Path::kConfirm,
                                         Path::kTransfer,    Path::kConfirm,     Path::kDispute,
                                         Path::kPause,       Path::kConfirm,     Path::kEscalate,
                                         Path::kAnswerFirst, Path::kReturn,      Path::kHold};

// Plays handlers and customers. The first refused call ends the walk.
class Walk {
 public:
  explicit Walk(Context& context) : context_(context) {}

  grpc::Status Run(int tickets_max) {
    const grpc::Status listed = ListDepartments();
    if (!listed.ok()) return listed;
    for (const std::string& department : departments_) {
      const int left = tickets_max - walked_;
      if (left <= 0) break;
      const grpc::Status status = WorkOn(department, left);
      if (!status.ok()) return status;
    }
    return grpc::Status::OK;
  }

  int walked() const { return walked_; }
  const std::map<std::string, int>& steps() const { return steps_; }

 private:
  grpc::Status ListDepartments() {
    v1::ListTicketsRequest request;
    request.mutable_filter()->add_states(v1::TICKET_STATE_QUEUED);
    request.set_page_size(1000);
    do {
      v1::ListTicketsResponse page;
      const grpc::Status status = context_.session.Call(&Tickets::ListTickets, request, &page);
      if (!status.ok()) return status;
      for (const auto& ticket : page.tickets()) ++waiting_[ticket.department()];
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    for (const auto& [department, count] : waiting_) departments_.push_back(department);
    return grpc::Status::OK;
  }

  // Four of five waiting tickets of a department, so that its queue is not empty afterwards.
  grpc::Status WorkOn(const std::string& department, int tickets_max) {
    v1::PullTicketsRequest request;
    request.set_department(department);
    const int wanted = std::max(1, waiting_[department] * 4 / 5);
    request.set_max_tickets(std::min({wanted, tickets_max, kPullMax}));
    request.set_request_id(Session::NewRequestId());
    v1::PullTicketsResponse pulled;
    const grpc::Status status = context_.session.Call(&Queue::PullTickets, request, &pulled);
    if (!status.ok()) return status;
    for (const v1::Ticket& ticket : pulled.tickets()) {
      const Path path = kPaths[static_cast<size_t>(walked_++) % kPaths.size()];
      const grpc::Status walked = Follow(path, ticket);
      if (!walked.ok()) return walked;
    }
    return grpc::Status::OK;
  }

  grpc::Status Follow(Path path, const v1::Ticket& ticket) {
    if (path == Path::kReturn) return Return(ticket);
    const grpc::Status accepted = Accept(ticket);
    if (!accepted.ok()) return accepted;
    switch (path) {
      case Path::kTransfer:
        return Transfer(ticket);
      case Path::kEscalate:
        if (ticket.level() != v1::LEVEL_INITIATIVE) return Escalate(ticket);
        return ResolveAndConfirm(ticket);
      case Path::kPause:
        return PauseAndResolve(ticket);
      case Path::kDispute:
        return ResolveAndDispute(ticket);
      case Path::kAnswerFirst:
        return AnswerAndResolve(ticket);
      case Path::kHold:
        return grpc::Status::OK;
      default:
        return ResolveAndConfirm(ticket);
    }
  }

  template <typename Stub, typename Request, typename Response>
  grpc::Status Do(const char* step,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const v1::Ticket& ticket, Request request) {
    request.set_request_id(Session::NewRequestId());
    request.set_ticket(ticket.reference());
    Response response;
    const grpc::Status status = context_.session.Call(method, request, &response);
    if (status.ok()) ++steps_[step];
    return status;
  }

  grpc::Status Accept(const v1::Ticket& ticket) {
    v1::AcceptTicketRequest request;
    request.set_lease_token(ticket.hold().lease_token());
    return Do("accepted", &Tickets::AcceptTicket, ticket, request);
  }

  grpc::Status Return(const v1::Ticket& ticket) {
    v1::ReturnTicketRequest request;
    request.set_lease_token(ticket.hold().lease_token());
    request.set_reason("Needs somebody who knows the old contract terms.");
    return Do("returned", &Queue::ReturnTicket, ticket, request);
  }

  grpc::Status Transfer(const v1::Ticket& ticket) {
    if (departments_.size() < 2) return ResolveAndConfirm(ticket);
    v1::TransferTicketRequest request;
    const std::string& other =
        ticket.department() == departments_.front() ? departments_.back() : departments_.front();
    request.set_to_department(other);
    request.set_reason(v1::TRANSFER_REASON_NEXT_STEP);
    request.set_note("Our part is done; the rest is yours.");
    return Do("transferred", &Tickets::TransferTicket, ticket, request);
  }

  grpc::Status Escalate(const v1::Ticket& ticket) {
    v1::EscalateTicketRequest request;
    request.set_reason("The same thing has been reported by several customers this week.");
    return Do("escalated", &Tickets::EscalateTicket, ticket, request);
  }

  grpc::Status Answer(const v1::Ticket& ticket) {
    v1::AnswerTicketRequest request;
    request.set_text("We have found your order and are looking into it; you hear from us today.");
    return Do("answered", &Tickets::AnswerTicket, ticket, request);
  }

  grpc::Status Resolve(const v1::Ticket& ticket) {
    v1::ResolveTicketRequest request;
    v1::Resolution& resolution = *request.mutable_resolution();
    const bool is_harmful = ticket.severity() >= v1::SEVERITY_HIGH;
    resolution.set_outcome(is_harmful ? v1::OUTCOME_FIXED : v1::OUTCOME_EXPLAINED);
    resolution.set_answer(
        is_harmful ? "We have put it right and checked that it holds. Thank you for telling us."
                   : "This is how it came about, and what you can do from here.");
    if (ticket.level() >= v1::LEVEL_ANALYSIS) {
      resolution.set_root_cause("A retry after a timeout was booked as a new order.");
      resolution.set_prevention("Retries carry the number of the first attempt from now on.");
    }
    return Do("resolved", &Tickets::ResolveTicket, ticket, request);
  }

  grpc::Status ResolveAndConfirm(const v1::Ticket& ticket) {
    const grpc::Status resolved = Resolve(ticket);
    if (!resolved.ok()) return resolved;
    v1::ConfirmResolutionRequest request;
    request.set_comment("Works now, thank you.");
    return Do("confirmed", &Customer::ConfirmResolution, ticket, request);
  }

  grpc::Status ResolveAndDispute(const v1::Ticket& ticket) {
    const grpc::Status resolved = Resolve(ticket);
    if (!resolved.ok()) return resolved;
    v1::DisputeResolutionRequest request;
    request.set_comment("It happened again this morning.");
    return Do("disputed", &Customer::DisputeResolution, ticket, request);
  }

  grpc::Status AnswerAndResolve(const v1::Ticket& ticket) {
    const grpc::Status answered = Answer(ticket);
    return answered.ok() ? Resolve(ticket) : answered;
  }

  grpc::Status PauseAndResolve(const v1::Ticket& ticket) {
    v1::PauseTicketRequest pause;
    pause.set_reason(v1::PAUSE_REASON_CUSTOMER_INFO);
    pause.set_note("A photo of the receipt.");
    const grpc::Status paused = Do("paused", &Tickets::PauseTicket, ticket, pause);
    if (!paused.ok()) return paused;
    const grpc::Status resumed =
        Do("resumed", &Tickets::ResumeTicket, ticket, v1::ResumeTicketRequest());
    return resumed.ok() ? ResolveAndConfirm(ticket) : resumed;
  }

  Context& context_;
  std::map<std::string, int> waiting_;  // tickets, by department
  std::vector<std::string> departments_;
  std::map<std::string, int> steps_;
  int walked_ = 0;
};

class WalkCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_option("--max", tickets_max_, "How many tickets")->type_name("NUMBER");
  }

  int Run(Context& context) override {
    Walk walk(context);
    const grpc::Status status = walk.Run(tickets_max_);
    std::string line = absl::StrCat("walked ", walk.walked(), " tickets:");
    for (const auto& [step, count] : walk.steps()) absl::StrAppend(&line, " ", count, " ", step);
    context.Say(line);
    return status.ok() ? kExitOk : context.Fail(status);
  }

 private:
  int tickets_max_ = 200;
};

}  // namespace

void AddDemoCommands(CommandTree& tree) {
  CLI::App* demo = tree.Group("demo", "What makes a fresh server worth a look");
  demo->group("");
  tree.Add(demo, "walk", "Walk waiting tickets through the loop", std::make_unique<WalkCommand>());
}

}  // namespace redress::ctl
