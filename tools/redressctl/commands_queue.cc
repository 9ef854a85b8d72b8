// Commands on queues.
#include "redress/v1/queue_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/ticket_text.h"

namespace redress::ctl {
namespace {

using Stub = v1::QueueService::Stub;

void ShowPulled(const v1::PullTicketsResponse& response, Context& context) {
  if (response.tickets().empty()) return context.Say("the queue is empty");
  context.terminal.out << TicketTable(response.tickets(), true, context.HasColor());
  const v1::Ticket& first = response.tickets(0);
  context.Say("next: redressctl ticket accept " + first.reference() + " --lease-token " +
              std::to_string(first.hold().lease_token()));
}

void ShowPeeked(const v1::PeekQueueResponse& response, Context& context) {
  if (response.tickets().empty()) return context.Say("the queue is empty");
  context.terminal.out << TicketTable(response.tickets(), false, context.HasColor());
}

// A pull that waits needs a deadline that lies behind its waiting.
class PullCommand : public CallCommand<Stub, v1::PullTicketsRequest, v1::PullTicketsResponse> {
 public:
  PullCommand()
      : CallCommand(&Stub::PullTickets, ShowPulled,
                    {{"DEPARTMENT", "department", "Whose queue", kRequired},
                     {"--level", "level",
                      "Only this level; else relay first, then analysis, then initiative"},
                     {"--max", "max_tickets", "How many; 1 when left out"},
                     {"--lease", "lease", "How long they are yours; 15m when left out"},
                     {"--wait", "wait", "Wait this long for a ticket when there is none"}}) {}

  int Run(Context& context) override {
    context.session.AddTime(absl::Seconds(request().wait().seconds()));
    return CallCommand::Run(context);
  }
};

// Prints the queue now and whenever it changes, until it is interrupted.
class WatchCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    BindField(declarer, request_, {"DEPARTMENT", "department", "Whose queue", kRequired});
    BindField(declarer, request_, {"--level", "level", "Only this level"});
    declarer.app.add_option("--count", count_, "Stop after this many reports")->type_name("NUMBER");
  }

  int Run(Context& context) override {
    Stub stub(context.session.channel());
    const auto call = context.session.NewContext(false);
    const auto reader = stub.WatchQueue(call.get(), request_);
    v1::WatchQueueResponse queue;
    for (int64_t seen = 0; reader->Read(&queue);) {
      if (context.options.is_json) {
        context.PrintJson(queue);
      } else {
        context.terminal.out << QueueText(queue, context.HasColor());
      }
      context.terminal.out.flush();
      if (++seen != count_) continue;
      call->TryCancel();
      return kExitOk;
    }
    const grpc::Status status = reader->Finish();
    return status.ok() ? kExitOk : context.Fail(status);
  }

 private:
  v1::WatchQueueRequest request_;
  int64_t count_ = 0;  // 0: for ever
};

}  // namespace

void AddQueueCommands(CommandTree& tree) {
  CLI::App* queue = tree.Group("queue", "What departments have to do");
  tree.Add(queue, "pull", "Lease the first tickets of a queue", std::make_unique<PullCommand>());
  AddCall(tree, queue, "extend", "Move the end of a lease", &Stub::ExtendLease,
          ShowTicketAfter<v1::ExtendLeaseResponse>,
          {{"TICKET", "ticket", "Id or reference", kRequired},
           {"--lease-token", "lease_token", "The token of the lease", kRequired},
           {"--lease", "lease", "From now, such as 15m", kRequired}});
  AddCall(tree, queue, "return", "Give a ticket back to its queue", &Stub::ReturnTicket,
          ShowTicketAfter<v1::ReturnTicketResponse>,
          {{"TICKET", "ticket", "Id or reference", kRequired},
           {"--reason", "reason", "Why", kRequired},
           {"--lease-token", "lease_token", "The token of the lease; not needed once accepted"}});
  AddCall(tree, queue, "peek", "Show the head of a queue without leasing", &Stub::PeekQueue,
          ShowPeeked,
          {{"DEPARTMENT", "department", "Whose queue", kRequired},
           {"--level", "level", "Only this level"}});
  tree.Add(queue, "watch", "Show a queue now and whenever it changes",
           std::make_unique<WatchCommand>());
}

}  // namespace redress::ctl
