// Taking in the history of another system.
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/struct.pb.h"
#include "redress/v1/intake_service.grpc.pb.h"
#include "tools/history/case_facts.h"
#include "tools/history/case_log.h"
#include "tools/history/csv.h"
#include "tools/redressctl/command.h"
#include "tools/redressctl/error_text.h"
#include "tools/redressctl/pipeline.h"
#include "tools/redressctl/profile_text.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/progress_bar.h"

namespace redress::ctl {
namespace {

using Stub = v1::IntakeService::Stub;

constexpr size_t kRefusalsShown = 20;

// A field of the rejects file.
std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

class ImportCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app
        .add_option("CSV", csv_path_, "The event log, one row per audit record; may be gzip")
        ->required()
        ->type_name("FILE");
    declarer.app.add_option("--mapping", mapping_path_, "How its columns become facts; YAML")
        ->required()
        ->type_name("FILE");
    declarer.app.add_option("--rejects", rejects_path_, "List refused rows in this CSV file")
        ->type_name("FILE");
    declarer.app
        .add_option("--profile", profiled_,
                    "Only count the values of these columns, apart by commas; + takes columns "
                    "together")
        ->delimiter(',')
        ->type_name("COLUMNS");
    declarer.app.add_flag("--dry-run", is_dry_, "Read and map everything, send nothing");
  }

  int Run(Context& context) override {
    std::ostringstream yaml;
    std::ifstream file(mapping_path_, std::ios::binary);
    if (!file || !(yaml << file.rdbuf())) {
      return context.Fail(absl::StrCat(mapping_path_, " cannot be read or is empty"));
    }
    const auto mapping = history::ParseMapping(yaml.str());
    if (!mapping.ok()) {
      return context.Fail(absl::StrCat(mapping_path_, ": ", mapping.status().message()));
    }
    const auto csv = history::ReadWholeFile(csv_path_);
    if (!csv.ok()) return context.Fail(csv.status().message());
    if (!profiled_.empty()) return ShowProfile(context, *mapping, *csv);
    auto log = history::ReadCaseLog(*mapping, *csv);
    if (!log.ok()) return context.Fail(absl::StrCat(csv_path_, ": ", log.status().message()));
    Prepare(*mapping, *log);
    const grpc::Status status = is_dry_ ? grpc::Status::OK : Send(context);
    const bool is_told = TellRefusals(context);
    ShowSummary(context);
    if (!status.ok()) {
      const int code = context.Fail(status);
      context.Say("  what was taken in stays; run the same import again to go on");
      return code;
    }
    return is_told && refusals_.empty() ? kExitOk : kExitFailure;
  }

 private:
  void Prepare(const history::Mapping& mapping, history::CaseLog& log) {
    rows_ = log.rows;
    refusals_ = std::move(log.refusals);
    for (history::Case& rows : log.cases) {
      ++cases_;
      for (history::DatedFact& fact : history::FactsOf(mapping, rows)) {
        facts_.push_back(std::move(fact));
        rows_before_.push_back(rows_mapped_);
      }
      rows_mapped_ += static_cast<int64_t>(rows.rows.size());
      rows = {};  // rows are large, and their facts are all that is needed from here on
    }
  }

  grpc::Status Send(Context& context) {
    text::ProgressBar bar(context.terminal.err, context.terminal.is_err_tty, "rows", rows_mapped_,
                          context.terminal.now());
    PipelineSteps<v1::ImportHistoryRequest, v1::ImportHistoryResponse> steps;
    steps.count = facts_.size();
    steps.open = [&context](grpc::ClientContext* call) {
      return Stub(context.session.channel()).ImportHistory(call);
    };
    steps.request_at = [this](size_t i) { return facts_[i].request; };
    steps.take = [&](size_t i, const v1::ImportHistoryResponse& response) {
      bar.Show(rows_before_[i], context.terminal.now());
      return Take(facts_[i], response);
    };
    return Pipeline(context.session, std::move(steps)).Run();
  }

  grpc::Status Take(const history::DatedFact& fact, const v1::ImportHistoryResponse& response) {
    if (!response.has_error()) {
      ++facts_taken_;
      if (response.fact().repeated()) ++facts_repeated_;
      return grpc::Status::OK;
    }
    const google::rpc::Status& error = response.error();
    if (IsPassing(error.code())) {
      return grpc::Status(static_cast<grpc::StatusCode>(error.code()), error.message(),
                          error.SerializeAsString());
    }
    refusals_.push_back({fact.line, fact.request.external_id(), ShortErrorText(error)});
    return grpc::Status::OK;
  }

  // False when the rejects file cannot be written.
  bool TellRefusals(Context& context) {
    std::sort(refusals_.begin(), refusals_.end(),
              [](const auto& left, const auto& right) { return left.line < right.line; });
    if (!rejects_path_.empty()) {
      std::ofstream out(rejects_path_);
      out << "line,case,reason\n";
      for (const auto& refusal : refusals_) {
        out << refusal.line << "," << Quoted(refusal.case_id) << "," << Quoted(refusal.reason)
            << "\n";
      }
      if (out.flush()) return true;
      context.Say(absl::StrCat(rejects_path_, " cannot be written"));
      return false;
    }
    for (size_t i = 0; i < std::min(refusals_.size(), kRefusalsShown); ++i) {
      context.Say(
          text::Printable(absl::StrCat("line ", refusals_[i].line, ": ", refusals_[i].reason)));
    }
    if (refusals_.size() > kRefusalsShown) {
      context.Say(absl::StrCat("and ", refusals_.size() - kRefusalsShown,
                               " more; --rejects FILE lists them all"));
    }
    return true;
  }

  void ShowSummary(Context& context) {
    std::set<int64_t> refused;
    for (const auto& refusal : refusals_) refused.insert(refusal.line);
    const std::vector<std::pair<std::string, int64_t>> figures = {
        {"rows", rows_},
        {"cases", cases_},
        {"facts", static_cast<int64_t>(facts_.size())},
        {"factsTaken", facts_taken_},
        {"factsRepeated", facts_repeated_},
        {"rowsRefused", static_cast<int64_t>(refused.size())}};
    if (context.options.is_json) {
      google::protobuf::Struct summary;
      for (const auto& [name, value] : figures) {
        (*summary.mutable_fields())[name].set_number_value(static_cast<double>(value));
      }
      return context.PrintJson(summary);
    }
    context.terminal.out << text::FormatCount(rows_) << " rows of " << text::FormatCount(cases_)
                         << " cases made " << text::FormatCount(figures[2].second)
                         << " facts: " << text::FormatCount(facts_taken_) << " taken in, "
                         << text::FormatCount(facts_repeated_) << " of them known already; "
                         << text::FormatCount(figures[5].second) << " rows refused\n";
  }

  int ShowProfile(Context& context, const history::Mapping& mapping, const std::string& csv) {
    const auto profiles = history::ProfileLog(mapping, csv, profiled_);
    if (!profiles.ok()) {
      return context.Fail(absl::StrCat(csv_path_, ": ", profiles.status().message()));
    }
    if (context.options.is_json) {
      context.PrintJson(ProfileJson(*profiles));
    } else {
      context.terminal.out << ProfileText(*profiles, context.HasColor());
    }
    return kExitOk;
  }

  std::vector<std::string> profiled_;
  std::string csv_path_;
  std::string mapping_path_;
  std::string rejects_path_;
  bool is_dry_ = false;

  std::vector<history::DatedFact> facts_;
  std::vector<int64_t> rows_before_;  // of each fact: rows of the cases before its own
  std::vector<history::Refusal> refusals_;
  int64_t rows_ = 0;
  int64_t rows_mapped_ = 0;
  int64_t cases_ = 0;
  int64_t facts_taken_ = 0;
  int64_t facts_repeated_ = 0;
};

}  // namespace

void AddImportCommand(CommandTree& tree) {
  tree.Add(&tree.root(), "import", "Take in the history of another system from an event log",
           std::make_unique<ImportCommand>());
}

}  // namespace redress::ctl
