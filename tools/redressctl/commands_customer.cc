// What the customer sees and says.
#include "absl/strings/str_cat.h"
#include "redress/v1/customer_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using Stub = v1::CustomerService::Stub;

template <typename Response>
void ShowView(const Response& response, Context& context) {
  const v1::CustomerView& view = response.view();
  std::vector<std::pair<std::string, std::string>> fields = {
      {"reference", view.reference()},
      {"title", view.title()},
      {"status", view.status()},
      {"stage", text::EnumText(view.stage())},
      {"next", view.next_step()},
      {"expected", text::FormatTime(view.expected_time())},
      {"created", text::FormatTime(view.create_time())},
      {"updated", text::FormatTime(view.update_time())},
  };
  for (const std::string& answer : view.answers()) fields.emplace_back("answer", answer);
  context.terminal.out << text::RenderFields(fields, context.HasColor());
  if (view.can_confirm()) {
    context.Say(absl::StrCat("next: redressctl customer confirm ", view.reference(),
                             ", or: redressctl customer dispute ", view.reference(),
                             " --comment WHY"));
  }
}

}  // namespace

void AddCustomerCommands(CommandTree& tree) {
  CLI::App* customer = tree.Group("customer", "The customer's side of a ticket");
  const Field ticket = {"TICKET", "ticket", "Id or reference", kRequired};
  AddCall(tree, customer, "view", "How the customer's ticket stands", &Stub::GetView,
          ShowView<v1::GetViewResponse>, {ticket});
  AddCall(tree, customer, "confirm", "The answer holds: close the ticket", &Stub::ConfirmResolution,
          ShowView<v1::ConfirmResolutionResponse>,
          {ticket, {"--comment", "comment", "In the customer's words"}});
  AddCall(tree, customer, "dispute", "The answer does not hold: open the ticket again",
          &Stub::DisputeResolution, ShowView<v1::DisputeResolutionResponse>,
          {ticket, {"--comment", "comment", "What is still wrong", kRequired}});
}

}  // namespace redress::ctl
