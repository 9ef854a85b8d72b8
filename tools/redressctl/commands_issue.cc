// Taking in issues: one, a batch, a stream.
#include <algorithm>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "redress/v1/intake_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/error_text.h"
#include "tools/redressctl/issue_fields.h"
#include "tools/redressctl/issue_lines.h"
#include "tools/redressctl/pipeline.h"
#include "tools/redressctl/ticket_text.h"
#include "tools/text/duration_text.h"
#include "tools/text/progress_bar.h"

namespace redress::ctl {
namespace {

using Stub = v1::IntakeService::Stub;

constexpr size_t kBatchMax = 500;
constexpr size_t kBatchBytesMax = 2 << 20;

void ShowSubmitted(const v1::SubmitIssueResponse& response, Context& context) {
  context.terminal.out << TicketLine(response.ticket()) << "\n";
  const std::string& reference = response.ticket().reference();
  context.Say(response.joined() ? absl::StrCat("joined the open ticket ", reference)
                                : absl::StrCat("next: redressctl ticket get ", reference,
                                               ", or: redressctl playbook explain ", reference));
}

// What became of the issues of a file.
class Tally {
 public:
  explicit Tally(Context& context) : context_(context) {}

  void AddFault(const IssueFault& fault) {
    ++refused_;
    context_.Say(absl::StrCat("line ", fault.line, ": ", fault.reason));
  }

  void AddResult(int64_t line, const v1::SubmitResult& result) {
    if (context_.options.is_json) context_.PrintJson(result);
    if (result.has_error()) return AddFault({line, ShortErrorText(result.error())});
    ++(result.response().joined() ? joined_ : opened_);
  }

  int Finish() {
    if (!context_.options.is_json) {
      context_.terminal.out << text::FormatCount(opened_ + joined_ + refused_)
                            << " issues: " << text::FormatCount(opened_) << " opened a ticket, "
                            << text::FormatCount(joined_) << " joined one, "
                            << text::FormatCount(refused_) << " refused\n";
    }
    return refused_ == 0 ? kExitOk : kExitFailure;
  }

 private:
  Context& context_;
  int64_t opened_ = 0;
  int64_t joined_ = 0;
  int64_t refused_ = 0;
};

// A command that takes in a file of issues.
class FileCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app
        .add_option("FILE", path_, "Issues as JSON Lines, one each line; - for standard input")
        ->required()
        ->type_name("FILE");
    declarer.app
        .add_option("--request-id", id_prefix_,
                    "Start of every request id; the same file is then never taken twice")
        ->type_name("TEXT");
  }

  int Run(Context& context) override {
    IssueFile file;
    if (path_ == "-") {
      file = ReadIssueLines(context.terminal.in, id_prefix_);
    } else {
      std::ifstream in(path_);
      if (!in) return context.Fail(absl::StrCat(path_, " cannot be read"));
      file = ReadIssueLines(in, id_prefix_);
    }
    Tally tally(context);
    for (const IssueFault& fault : file.faults) tally.AddFault(fault);
    const grpc::Status status = Send(context, file.issues, tally);
    if (!status.ok()) return context.Fail(status);
    return tally.Finish();
  }

 protected:
  virtual grpc::Status Send(Context& context, const std::vector<IssueLine>& issues,
                            Tally& tally) = 0;

 private:
  std::string path_;
  std::string id_prefix_;
};

class BatchCommand : public FileCommand {
 protected:
  grpc::Status Send(Context& context, const std::vector<IssueLine>& issues, Tally& tally) override {
    for (size_t begin = 0; begin < issues.size();) {
      v1::BatchSubmitIssuesRequest request;
      size_t bytes = 0;
      size_t end = begin;
      while (end < issues.size() && end - begin < kBatchMax && bytes < kBatchBytesMax) {
        bytes += issues[end].request.ByteSizeLong();
        *request.add_requests() = issues[end++].request;
      }
      v1::BatchSubmitIssuesResponse response;
      const grpc::Status status =
          context.session.Call(&Stub::BatchSubmitIssues, request, &response);
      if (!status.ok()) return status;
      if (static_cast<size_t>(response.results_size()) != end - begin) {
        return grpc::Status(grpc::StatusCode::INTERNAL, "the server did not answer every issue");
      }
      for (size_t i = begin; i < end; ++i) {
        tally.AddResult(issues[i].line, response.results(static_cast<int>(i - begin)));
      }
      begin = end;
    }
    return grpc::Status::OK;
  }
};

class StreamCommand : public FileCommand {
 protected:
  grpc::Status Send(Context& context, const std::vector<IssueLine>& issues, Tally& tally) override {
    text::ProgressBar bar(context.terminal.err, context.terminal.is_err_tty, "issues",
                          static_cast<int64_t>(issues.size()), context.terminal.now());
    PipelineSteps<v1::StreamIssuesRequest, v1::StreamIssuesResponse> steps;
    steps.count = issues.size();
    steps.open = [&context](grpc::ClientContext* call) {
      return Stub(context.session.channel()).StreamIssues(call);
    };
    steps.request_at = [&issues](size_t i) {
      v1::StreamIssuesRequest request;
      *request.mutable_request() = issues[i].request;
      return request;
    };
    steps.take = [&](size_t i, const v1::StreamIssuesResponse& response) {
      const google::rpc::Status& error = response.result().error();
      if (response.result().has_error() && IsPassing(error.code())) {
        return grpc::Status(static_cast<grpc::StatusCode>(error.code()), error.message(),
                            error.SerializeAsString());
      }
      tally.AddResult(issues[i].line, response.result());
      bar.Show(static_cast<int64_t>(i) + 1, context.terminal.now());
      return grpc::Status::OK;
    };
    return Pipeline(context.session, std::move(steps)).Run();
  }
};

}  // namespace

void AddIssueCommands(CommandTree& tree) {
  CLI::App* issue = tree.Group("issue", "Report what happened");
  std::vector<Field> fields = IssueFields("issue.");
  for (Field& field : fields) {
    const std::string flag = field.flag;
    field.is_required = flag == "--kind" || flag == "--channel";
  }
  AddCall(tree, issue, "submit", "Report one issue", &Stub::SubmitIssue, ShowSubmitted, fields);
  tree.Add(issue, "batch", "Report the issues of a file, 500 a call",
           std::make_unique<BatchCommand>());
  tree.Add(issue, "stream", "Report the issues of a file over one stream",
           std::make_unique<StreamCommand>());
}

}  // namespace redress::ctl
