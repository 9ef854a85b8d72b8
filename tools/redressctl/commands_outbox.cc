// What the product has to tell somebody outside, for whoever delivers it.
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "redress/v1/outbox_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/pipeline.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"

namespace redress::ctl {
namespace {

using Stub = v1::OutboxService::Stub;

// "COMMIT.INDEX", as the text output shows it.
std::optional<v1::Position> ParsePosition(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  uint64_t commit = 0;
  uint32_t index = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &commit) || commit == 0 ||
      !absl::SimpleAtoi(parts[1], &index))
    return std::nullopt;
  v1::Position position;
  position.set_commit(commit);
  position.set_index(index);
  return position;
}

absl::string_view Subject(v1::OutboxKind kind) {
  switch (kind) {
    case v1::OUTBOX_KIND_NOTICE: return "waits";
    case v1::OUTBOX_KIND_APPROVAL: return "asks for approval";
    case v1::OUTBOX_KIND_CALL: return "calls";
    case v1::OUTBOX_KIND_PAUSE_OVER: return "runs again after its pause";
    case v1::OUTBOX_KIND_HAND_OVER_OVERDUE: return "was to be taken on by now";
    case v1::OUTBOX_KIND_ANSWER: return "has an answer";
    case v1::OUTBOX_KIND_RESOLUTION: return "is resolved, to be confirmed or disputed";
    default: return "has a message";
  }
}

std::string Addressee(const v1::OutboxMessage& message) {
  const bool is_to_customer = message.kind() == v1::OUTBOX_KIND_ANSWER ||
                              message.kind() == v1::OUTBOX_KIND_RESOLUTION;
  if (is_to_customer) return "the customer";
  if (message.kind() == v1::OUTBOX_KIND_CALL) return message.url();
  return message.recipient().empty() ? "nobody" : message.recipient();
}

std::string Line(const v1::FollowOutboxResponse& response) {
  const v1::OutboxMessage& message = response.message();
  std::string line = absl::StrCat(
      response.position().commit(), ".", response.position().index(), "  ",
      text::FormatTime(message.time()), "  to ", text::Printable(Addressee(message)), ": ",
      message.reference(), " ", Subject(message.kind()));
  if (!message.step().empty())
    absl::StrAppend(&line, " (step ", message.step(), " of chain ", message.chain(), ")");
  return line + "\n";
}

// Prints messages as they come, until it is interrupted.
class FollowCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app
        .add_option("--after", after_,
                    "Begin behind this message, such as 12.3; with the first if left out")
        ->type_name("COMMIT.INDEX");
    BindField(declarer, request_, {"--until-now", "until_now", "Do not wait for more"});
    declarer.app.add_option("--count", count_, "Stop after this many messages")
        ->type_name("NUMBER");
  }

  int Run(Context& context) override {
    if (!after_.empty()) {
      const std::optional<v1::Position> after = ParsePosition(after_);
      if (!after) return context.FailUsage("--after must be a position such as 12.3");
      *request_.mutable_after() = *after;
    }
    grpc::Status status;
    for (int attempt = 0; attempt < kStreamAttemptsMax; ++attempt) {
      if (attempt > 0) context.session.PauseBefore(attempt, status);
      if (Follow(context, status)) attempt = 0;
      if (seen_ == count_ && count_ != 0) return kExitOk;
      if (status.ok()) return kExitOk;
      if (!IsPassing(status.error_code())) break;
    }
    return context.Fail(status);
  }

 private:
  // Until the stream ends; whether something came.
  bool Follow(Context& context, grpc::Status& status) {
    const auto call = context.session.NewContext(false);
    const auto reader = Stub(context.session.channel()).FollowOutbox(call.get(), request_);
    v1::FollowOutboxResponse response;
    bool has_come = false;
    while (reader->Read(&response)) {
      has_come = true;
      *request_.mutable_after() = response.position();
      if (!response.has_message()) continue;
      if (context.options.is_json) context.PrintJson(response);
      else
        context.terminal.out << Line(response);
      context.terminal.out.flush();
      if (++seen_ != count_) continue;
      call->TryCancel();
      break;
    }
    status = reader->Finish();
    return has_come;
  }

  std::string after_;
  v1::FollowOutboxRequest request_;
  int64_t count_ = 0;  // 0: for ever
  int64_t seen_ = 0;
};

}  // namespace

void AddOutboxCommands(CommandTree& tree) {
  CLI::App* outbox = tree.Group("outbox", "What is to be told to people and other systems");
  tree.Add(outbox, "follow", "Print every message to deliver, and each new one as it comes",
           std::make_unique<FollowCommand>());
}

}  // namespace redress::ctl
