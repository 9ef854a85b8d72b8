// What will happen to a sample issue that nobody touches.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/util/json_util.h"
#include "redress/v1/playbook_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/commands_change.h"
#include "tools/redressctl/playbook_file.h"
#include "tools/redressctl/ticket_text.h"
#include "tools/text/display_width.h"

namespace redress::ctl {
namespace {

using Stub = v1::PlaybookService::Stub;

void ShowTimeline(const v1::PreviewTimelineResponse& response, Context& context) {
  context.terminal.out << TimelineText(response.events(), context.HasColor());
  if (response.is_cut()) context.Say("there is more; a shorter --horizon shows all of it");
}

class TimelineCommand
    : public CallCommand<Stub, v1::PreviewTimelineRequest, v1::PreviewTimelineResponse> {
 public:
  TimelineCommand()
      : CallCommand(&Stub::PreviewTimeline, ShowTimeline,
                    {{"--at", "start_time", "When it is taken in; now when left out"},
                     {"--horizon", "horizon", "How far to look; 30d when left out"}}) {}

  void Declare(Declarer& declarer) override {
    CallCommand::Declare(declarer);
    declarer.app.add_option("--issue", issue_path_, "One issue as JSON; - for standard input")
        ->required()
        ->type_name("FILE");
    declarer.app
        .add_option("--playbook", playbook_path_, "The playbook; the live one when left out")
        ->type_name("FILE");
  }

  int Run(Context& context) override {
    std::string json;
    if (!ReadSource(context, issue_path_, json)) return kExitFailure;
    const auto status =
        google::protobuf::util::JsonStringToMessage(json, request().mutable_issue());
    if (!status.ok())
      return context.Fail(absl::StrCat(issue_path_, " is no issue in JSON: ",
                                       text::Printable(std::string(status.message()))));
    const bool has_playbook = !playbook_path_.empty();
    if (has_playbook && !ReadSource(context, playbook_path_, *request().mutable_source()))
      return kExitFailure;
    return CallCommand::Run(context);
  }

 private:
  std::string issue_path_;
  std::string playbook_path_;
};

}  // namespace

void AddTimelineCommand(CommandTree& tree, CLI::App* playbook) {
  tree.Add(playbook, "timeline", "What will happen to an issue that nobody touches",
           std::make_unique<TimelineCommand>());
}

}  // namespace redress::ctl
