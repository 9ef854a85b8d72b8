// Figures, their members, and verification.
#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "redress/v1/audit_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/measures_text.h"
#include "tools/redressctl/progress_stream.h"
#include "tools/redressctl/report_text.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"

namespace redress::ctl {
namespace {

using Stub = v1::AuditService::Stub;

const Field kFrom = {"--from", "from_day", "The first day, UTC, as 2026-11-01"};
const Field kTo = {"--to", "to_day", "The day after the last"};
const Field kAsOf = {"--as-of", "as_of_day",
                     "Only what was recorded up to the end of this day"};
const Field kAsOfTime = {"--as-of-time", "as_of_time", "Only what was recorded up to this instant"};
const Field kAsOfCommit = {"--as-of-commit", "as_of_commit",
                           "Only what was recorded up to this commit", kOptional, kPositive};
const Field kCheck = {"--check", "check",
                      "Also count the whole ledger, and refuse figures that differ"};

void ShowMembers(const v1::ListMembersResponse& response, Context& context) {
  if (response.members().empty()) return context.Say("no ticket adds to this figure");
  context.terminal.out << MembersText(response, context.HasColor());
}

using MembersCall = CallCommand<Stub, v1::ListMembersRequest, v1::ListMembersResponse>;

class MembersCommand : public MembersCall {
 public:
  MembersCommand()
      : MembersCall(&Stub::ListMembers, ShowMembers,
                    {{"COUNTER", "counter", "The counter, such as reopened; or else --measure"},
                     {"--measure", "measure", "A measure of the playbook instead"},
                     {"--part", "part", "Which of its figures"},
                     {"--split", "by", "A split of the measure, such as segment,value_tier"},
                     {"--values", "values", "A value for each dimension of the split"},
                     kAsOf,
                     kAsOfTime,
                     kAsOfCommit,
                     kFrom,
                     kTo,
                     {"--by", "dimension", "Only one value of this dimension"},
                     {"--value", "value", "The value of the dimension; \"\" is a value too"}}) {}

  void Declare(Declarer& declarer) override {
    CallCommand::Declare(declarer);
    CLI::Option* by = declarer.app.get_option("--by");
    // A day is no value that tickets have; it is given as a period.
    std::vector<std::string>& dimensions = declarer.choices[by];
    std::erase(dimensions, "day");
    by->type_name(absl::StrJoin(dimensions, "|"));
    by_ = by;
    value_ = declarer.app.get_option("--value");
  }

  int Run(Context& context) override {
    if (by_->count() > 0 && value_->count() == 0)
      return context.FailUsage("--by needs --value; --value \"\" is for tickets that have none");
    return CallCommand::Run(context);
  }

 private:
  const CLI::Option* by_ = nullptr;
  const CLI::Option* value_ = nullptr;
};

using MeasuresCall = CallCommand<Stub, v1::GetMeasuresRequest, v1::GetMeasuresResponse>;

constexpr const char* kFormats[] = {"text", "csv", "html"};

class MeasuresCommand : public MeasuresCall {
 public:
  MeasuresCommand()
      : MeasuresCall(
            &Stub::GetMeasures,
            [this](const v1::GetMeasuresResponse& response, Context& context) {
              Show(response, context);
            },
            {{"MEASURE", "measures", "Ids of measures; all when left out"},
             kFrom,
             kTo,
             kAsOf,
             kAsOfTime,
             kAsOfCommit,
             kCheck,
             {"--by", "by", "Split by this, such as department; \"*\" for all splits"},
             {"--series", "series", "Also the parts of the period"},
             {"--rank", "rank",
              "Rank values of about the same volume, with their worst weeks"}}) {}

  void Declare(Declarer& declarer) override {
    CallCommand::Declare(declarer);
    declarer.app.add_option("--format", format_, "text, csv or html")
        ->check(CLI::IsMember(std::vector<std::string>(std::begin(kFormats), std::end(kFormats))));
  }

 private:
  void Show(const v1::GetMeasuresResponse& response, Context& context) const {
    if (format_ == "csv") context.terminal.out << MeasuresCsv(response);
    else if (format_ == "html") context.terminal.out << MeasuresHtml(response);
    else context.terminal.out << MeasuresText(response, context.HasColor());
  }

  std::string format_ = "text";
};

// The report; with --members the tickets behind one of its figures.
class ReportCommand : public CallCommand<Stub, v1::GetReportRequest, v1::GetReportResponse> {
 public:
  ReportCommand()
      : CallCommand(&Stub::GetReport,
                    [this](const v1::GetReportResponse& response, Context& context) {
                      const v1::Report& report = response.report();
                      context.terminal.out << (format_ == "csv"
                                                   ? ReportCsv(report)
                                                   : ReportText(report, context.HasColor()));
                    },
                    {kFrom,
                     kTo,
                     kAsOf,
                     kAsOfTime,
                     kAsOfCommit,
                     kCheck,
                     {"--by", "by", "Also split by these; several apart by commas"}}) {}

  void Declare(Declarer& declarer) override {
    CallCommand::Declare(declarer);
    CLI::Option* format = declarer.app.add_option("--format", format_, "text or csv");
    format->type_name("text|csv")->check(CLI::IsMember({"text", "csv"}));
    declarer.choices[format] = {"text", "csv"};
    declarer.app
        .add_option("--members", counter_,
                    "List the tickets behind this counter instead; see also: redressctl members")
        ->type_name("COUNTER");
  }

  int Run(Context& context) override {
    if (counter_.empty()) return CallCommand::Run(context);
    v1::ListMembersRequest members;
    members.set_counter(counter_);
    members.set_from_day(request().from_day());
    members.set_to_day(request().to_day());
    members.set_as_of_day(request().as_of_day());
    if (request().has_as_of_time()) *members.mutable_as_of_time() = request().as_of_time();
    members.set_as_of_commit(request().as_of_commit());
    if (request().by_size() > 0) {
      return context.FailUsage("--members with --by: use redressctl members --by DIM --value V");
    }
    return ListAll(context, members);
  }

 private:
  static int ListAll(Context& context, v1::ListMembersRequest members) {
    v1::ListMembersResponse all;
    for (;;) {
      v1::ListMembersResponse page;
      const grpc::Status status = context.session.Call(&Stub::ListMembers, members, &page);
      if (!status.ok()) return context.Fail(status);
      all.mutable_members()->MergeFrom(page.members());
      if (page.next_page_token().empty()) break;
      members.set_page_token(page.next_page_token());
    }
    if (context.options.is_json) {
      context.PrintJson(all);
    } else {
      ShowMembers(all, context);
    }
    return kExitOk;
  }

  std::string counter_;
  std::string format_ = "text";
};

// Verification with a progress bar; exit 1 when something differs.
class VerifyCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {}

  int Run(Context& context) override {
    const auto [exit_code, last] =
        ReadToEnd(context, &Stub::VerifyLedger, v1::VerifyLedgerRequest(), "the verification",
                  "a finding");
    if (exit_code != kExitOk) return exit_code;
    Show(last, context);
    return last.clean() ? kExitOk : kExitFailure;
  }

 private:
  static void Show(const v1::VerifyLedgerResponse& last, Context& context) {
    if (context.options.is_json) return context.PrintJson(last);
    context.terminal.out << (last.clean() ? "clean" : "DIFFERS") << ": "
                         << text::FormatCount(static_cast<int64_t>(last.commits())) << " commits, "
                         << text::FormatCount(static_cast<int64_t>(last.events())) << " events, "
                         << text::FormatCount(static_cast<int64_t>(last.records()))
                         << " records compared\nhead: commit " << last.head_commit() << " "
                         << absl::BytesToHexString(last.head_hash()) << "\n";
    if (last.clean()) return;
    context.terminal.out << "first difference: " << text::Printable(last.first_difference())
                         << "\n";
  }
};

}  // namespace

void AddReportCommands(CommandTree& tree) {
  tree.Add(&tree.root(), "report", "The closure report", std::make_unique<ReportCommand>());
  tree.Add(&tree.root(), "measures", "The figures of the playbook's measures",
           std::make_unique<MeasuresCommand>());
  tree.Add(&tree.root(), "members", "The tickets behind a figure of the report",
           std::make_unique<MembersCommand>());
  tree.Add(&tree.root(), "verify", "Recompute everything from the ledger and compare",
           std::make_unique<VerifyCommand>());
}

}  // namespace redress::ctl
