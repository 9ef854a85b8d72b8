// Rules: checking, publishing, explaining.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "redress/v1/playbook_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/commands_change.h"
#include "tools/redressctl/issue_fields.h"
#include "tools/redressctl/playbook_file.h"
#include "tools/redressctl/source_command.h"
#include "tools/redressctl/ticket_text.h"
#include "tools/redressctl/warning_text.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using Stub = v1::PlaybookService::Stub;

constexpr int kWhyColumns = 60;

class CheckCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_flag("--overlaps", has_overlaps_,
                          "Also rows that take from each other, and what was not analysed");
    declarer.app.add_option("FILE", path_, "The playbook; - for standard input")
        ->required()
        ->type_name("FILE");
  }

  int Run(Context& context) override {
    v1::CheckPlaybookRequest request;
    if (!ReadSource(context, path_, *request.mutable_source())) return kExitFailure;
    v1::CheckPlaybookResponse response;
    const grpc::Status status = context.session.Call(&Stub::CheckPlaybook, request, &response);
    if (!status.ok()) return context.Fail(status);
    if (context.options.is_json) {
      context.PrintJson(response);
    } else {
      ShowFindings(response, path_, context);
      ShowWarnings(response, path_, has_overlaps_, context);
      if (response.findings().empty()) {
        context.terminal.out << path_ << ": no faults, " << response.examples()
                             << " examples hold, " << response.playbook_hash() << "\n";
      }
    }
    if (response.findings().empty()) return kExitOk;
    const int faults = response.findings_size();
    context.Say(absl::StrCat(faults, faults == 1 ? " fault" : " faults"));
    return kExitFailure;
  }

 private:
  std::string path_;
  bool has_overlaps_ = false;
};

void ShowPublished(const v1::PublishPlaybookResponse& response, Context& context) {
  const v1::PlaybookVersion& version = response.version();
  context.terminal.out << text::Printable(version.name()) << " version " << version.version()
                       << " is live, " << version.playbook_hash() << "\n";
}

// The source goes to the data stream as it was published, what is known about it to the message
// stream.
void ShowPlaybook(const v1::GetPlaybookResponse& response, Context& context) {
  const v1::PlaybookVersion& version = response.version();
  context.Say(text::Printable(absl::StrCat(version.name(), " version ", version.version(),
                                           ", published ", text::FormatTime(version.publish_time()),
                                           " by ", version.publisher(), ": ", version.reason())));
  context.terminal.out << version.source();
}

class ExplainCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_option("TICKET", ticket_, "Id or reference; or describe an issue by options");
    declarer.app.add_flag("--all-rows", has_all_rows_, "Also the classify rows that did not match");
    for (const Field& field : IssueFields("")) BindField(declarer, issue_, field);
  }

  int Run(Context& context) override {
    v1::ExplainDecisionRequest request;
    const bool has_issue = issue_.ByteSizeLong() > 0;
    if (ticket_.empty() != has_issue) {
      return context.FailUsage("explain: name a ticket, or describe an issue by options");
    }
    if (has_issue) {
      *request.mutable_issue() = issue_;
    } else {
      request.set_ticket(ticket_);
    }
    v1::ExplainDecisionResponse response;
    const grpc::Status status = context.session.Call(&Stub::ExplainDecision, request, &response);
    if (!status.ok()) return context.Fail(status);
    if (context.options.is_json) {
      context.PrintJson(response);
    } else {
      Show(context, response);
    }
    return kExitOk;
  }

 private:
  void Show(Context& context, const v1::ExplainDecisionResponse& response) const {
    context.terminal.out << DecisionText(response.decision(), context.HasColor());
    if (!ticket_.empty()) {
      context.terminal.out << "computed again, it is "
                           << (response.recomputed_identical() ? "the same" : "DIFFERENT") << "\n";
    }
    text::Table table({{"TABLE"}, {"ROW"}, {"MATCHED"}, {"WHY", text::Align::kLeft, kWhyColumns}});
    int left_out = 0;
    for (const auto& row : response.rows()) {
      const bool is_shown = has_all_rows_ || row.matched() || !row.error().empty();
      if (!is_shown && row.table() == "classify") {
        ++left_out;
        continue;
      }
      std::string why = row.matched() ? row.condition() : row.first_false();
      if (!row.error().empty()) why = absl::StrCat("error: ", row.error());
      table.AddRow({row.table(), row.rule(), row.matched() ? "yes" : "no", why});
    }
    context.terminal.out << "\n" << table.Render(context.HasColor());
    if (left_out > 0) {
      context.Say(absl::StrCat(left_out, " classify rows did not match; --all-rows shows them"));
    }
  }

  std::string ticket_;
  bool has_all_rows_ = false;
  v1::Issue issue_;
};

}  // namespace

void AddPlaybookCommands(CommandTree& tree) {
  CLI::App* playbook = tree.Group("playbook", "The rules");
  tree.Add(playbook, "check", "Check a playbook without publishing it",
           std::make_unique<CheckCommand>());
  tree.Add(playbook, "publish", "Check a playbook and make it live",
           std::make_unique<
               SourceCommand<Stub, v1::PublishPlaybookRequest, v1::PublishPlaybookResponse>>(
               &Stub::PublishPlaybook, ShowPublished,
               std::vector<Field>{{"--reason", "reason", "Why", kRequired}}, "The playbook"));
  AddCall(tree, playbook, "get", "Print a published playbook", &Stub::GetPlaybook, ShowPlaybook,
          {{"--number", "version", "Which version; the live one when left out"}});
  tree.Add(playbook, "explain", "Why a ticket was routed as it was, or how an issue would be",
           std::make_unique<ExplainCommand>());
  tree.Add(playbook, "test", "Run the examples inside a playbook",
           std::make_unique<CheckCommand>());
  // The commonest question gets a short name too.
  tree.Add(&tree.root(), "explain", "Why a ticket was routed as it was, or how an issue would be",
           std::make_unique<ExplainCommand>());
  AddTimelineCommand(tree, playbook);
  AddChangeCommands(tree, playbook);
  AddShadowCommands(tree, playbook);
  AddHolidaysCommand(tree, playbook);
}

}  // namespace redress::ctl
