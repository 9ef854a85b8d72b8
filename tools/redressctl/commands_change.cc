// Judging a change of the rules before it is live, and taking it back afterwards.
#include "tools/redressctl/commands_change.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/playbook/playbook.h"
#include "engine/playbook/playbook_diff.h"
#include "engine/rules/enum_names.h"
#include "google/protobuf/struct.pb.h"
#include "redress/v1/playbook_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/playbook_file.h"
#include "tools/redressctl/progress_stream.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using Stub = v1::PlaybookService::Stub;
using text::FormatCount;

constexpr int kTicketsShown = 5;

// A ticket that is only recorded is at no level, see engine/playbook/backtest.h.
std::string Place(const std::string& department, v1::Level level) {
  if (level == v1::LEVEL_UNSPECIFIED) return absl::StrCat(department, " recorded only");
  const auto* value = v1::Level_descriptor()->FindValueByNumber(level);
  return absl::StrCat(department, " ", value == nullptr ? "" : engine::ShortName(*value));
}

// Compiles a playbook here; nullptr after telling why not.
std::unique_ptr<const engine::Playbook> CompileHere(Context& context, const std::string& name,
                                                    const std::string& source) {
  engine::PlaybookCompilation compilation = engine::CompilePlaybook(source);
  for (const engine::Finding& finding : compilation.findings) {
    context.Say(text::Printable(
        absl::StrCat(name, ":", finding.line, ":", finding.column, ": ", finding.message)));
  }
  return std::move(compilation.playbook);
}

class DiffCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_option("FILE", path_, "The candidate; - for standard input")
        ->required()
        ->type_name("FILE");
    declarer.app.add_option("--number", request_version_,
                            "Compare with this published version; the live one when left out");
  }

  int Run(Context& context) override {
    std::string source;
    if (!ReadSource(context, path_, source)) return kExitFailure;
    v1::GetPlaybookRequest request;
    request.set_version(request_version_);
    v1::GetPlaybookResponse published;
    const grpc::Status status = context.session.Call(&Stub::GetPlaybook, request, &published);
    if (!status.ok()) return context.Fail(status);
    const auto older = CompileHere(context, "published", published.version().source());
    const auto newer = CompileHere(context, path_, source);
    if (older == nullptr || newer == nullptr) return kExitFailure;
    const auto changes = engine::DiffPlaybooks(older->message(), newer->message());
    if (context.options.is_json)
      ShowJson(changes, published.version().version(), context);
    else
      Show(changes, published.version().version(), context);
    return kExitOk;
  }

 private:
  using Changes = std::vector<engine::PlaybookChange>;

  static void Show(const Changes& changes, uint32_t version, Context& context) {
    text::Table table({{"TABLE"}, {"ID"}, {"CHANGE"}, {"FIELDS"}});
    for (const engine::PlaybookChange& change : changes) {
      table.AddRow({change.table, change.id, std::string(engine::ChangeKindName(change.kind)),
                    absl::StrJoin(change.fields, ", ")});
    }
    if (!changes.empty()) context.terminal.out << table.Render(context.HasColor());
    context.Say(absl::StrCat(changes.size(), " changes against version ", version));
  }

  static void ShowJson(const Changes& changes, uint32_t version, Context& context) {
    google::protobuf::Struct shown;
    (*shown.mutable_fields())["version"].set_number_value(version);
    auto& listed = *(*shown.mutable_fields())["changes"].mutable_list_value();
    for (const engine::PlaybookChange& change : changes) {
      auto& row = *listed.add_values()->mutable_struct_value()->mutable_fields();
      row["table"].set_string_value(change.table);
      row["id"].set_string_value(change.id);
      row["change"].set_string_value(std::string(engine::ChangeKindName(change.kind)));
      auto& fields = *row["fields"].mutable_list_value();
      for (const std::string& field : change.fields) fields.add_values()->set_string_value(field);
    }
    context.PrintJson(shown);
  }

  std::string path_;
  uint32_t request_version_ = 0;
};

// Publishes an older version again.
class RollbackCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_option("NUMBER", version_, "The version to go back to")->required();
    declarer.app.add_option("--reason", reason_, "Why")->required();
  }

  int Run(Context& context) override {
    v1::GetPlaybookRequest request;
    request.set_version(version_);
    v1::GetPlaybookResponse older;
    grpc::Status status = context.session.Call(&Stub::GetPlaybook, request, &older);
    if (!status.ok()) return context.Fail(status);
    v1::PublishPlaybookRequest publish;
    publish.set_request_id(Session::NewRequestId());
    publish.set_source(older.version().source());
    publish.set_reason(reason_);
    v1::PublishPlaybookResponse published;
    status = context.session.Call(&Stub::PublishPlaybook, publish, &published);
    if (!status.ok()) return context.Fail(status);
    if (context.options.is_json) {
      context.PrintJson(published);
    } else {
      context.terminal.out << "version " << published.version().version() << " is live: version "
                           << version_ << " again, " << published.version().playbook_hash() << "\n";
    }
    return kExitOk;
  }

 private:
  uint32_t version_ = 0;
  std::string reason_;
};

class BacktestCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_option("FILE", path_,
                            "The candidate; - for standard input; the live one when left out");
    declarer.app.add_option("--number", version_, "Try this published version instead of a file");
    declarer.app.add_option("--from", from_, "Tickets from this day on, such as 2026-11-01");
    declarer.app.add_option("--to", to_, "The day after the last");
  }

  int Run(Context& context) override {
    v1::BacktestPlaybookRequest request;
    if (!path_.empty() && !ReadSource(context, path_, *request.mutable_source())) {
      return kExitFailure;
    }
    request.set_version(version_);
    request.set_from_day(from_);
    request.set_to_day(to_);
    const auto [exit_code, last] =
        ReadToEnd(context, &Stub::BacktestPlaybook, request, "the backtest", "a finding");
    if (exit_code != kExitOk) return exit_code;
    if (context.options.is_json) {
      context.PrintJson(last);
    } else {
      Show(last.backtest(), context);
    }
    return last.backtest().recorded_hash() == last.backtest().recomputed_hash() ? kExitOk
                                                                                : kExitFailure;
  }

 private:
  static void Show(const v1::Backtest& backtest, Context& context) {
    std::ostream& out = context.terminal.out;
    out << FormatCount(static_cast<int64_t>(backtest.decided())) << " tickets decided again, "
        << FormatCount(static_cast<int64_t>(backtest.moved())) << " would go elsewhere, "
        << FormatCount(static_cast<int64_t>(backtest.new_catch_all()))
        << " more only the last row takes, " << FormatCount(static_cast<int64_t>(backtest.erased()))
        << " erased\n";
    ShowMoves(backtest, context);
    ShowHits(backtest, context);
    ShowLoads(backtest, context);
    if (backtest.failures() > 0) {
      out << FormatCount(static_cast<int64_t>(backtest.failures())) << " conditions failed\n";
    }
    if (backtest.recomputed() == 0) return;
    const bool is_same = backtest.recorded_hash() == backtest.recomputed_hash();
    out << FormatCount(static_cast<int64_t>(backtest.recomputed()))
        << " decisions of this very playbook computed again: "
        << (is_same ? "the same stream, " : "A DIFFERENT STREAM, ")
        << absl::BytesToHexString(backtest.recomputed_hash()) << "\n";
  }

  static void ShowMoves(const v1::Backtest& backtest, Context& context) {
    if (backtest.moves().empty()) return;
    text::Table table({{"FROM"}, {"TO"}, {"TICKETS", text::Align::kRight}, {"SUCH AS"}});
    for (const v1::BacktestMove& move : backtest.moves()) {
      const int shown = std::min(move.tickets_size(), kTicketsShown);
      table.AddRow({Place(move.from_department(), move.from_level()),
                    Place(move.to_department(), move.to_level()),
                    FormatCount(static_cast<int64_t>(move.count())),
                    absl::StrJoin(move.tickets().begin(), move.tickets().begin() + shown, " ")});
    }
    context.terminal.out << "\n" << table.Render(context.HasColor());
  }

  static void ShowHits(const v1::Backtest& backtest, Context& context) {
    text::Table table(
        {{"ROUTE ROW"}, {"RECORDED", text::Align::kRight}, {"CANDIDATE", text::Align::kRight}});
    for (const v1::BacktestHits& hits : backtest.hits()) {
      table.AddRow({hits.rule(), FormatCount(static_cast<int64_t>(hits.recorded())),
                    FormatCount(static_cast<int64_t>(hits.candidate()))});
    }
    context.terminal.out << "\n" << table.Render(context.HasColor());
  }

  // The days on which a department would get most, beside all that it gets.
  static void ShowLoads(const v1::Backtest& backtest, Context& context) {
    struct Load {
      uint64_t recorded = 0;
      uint64_t candidate = 0;
      uint64_t busiest = 0;
      std::string day;
    };
    std::map<std::string, Load> loads;
    for (const v1::BacktestLoad& cell : backtest.loads()) {
      Load& load = loads[cell.department()];
      load.recorded += cell.recorded();
      load.candidate += cell.candidate();
      if (cell.candidate() > load.busiest) {
        load.busiest = cell.candidate();
        load.day = cell.day();
      }
    }
    text::Table table({{"DEPARTMENT"},
                       {"RECORDED", text::Align::kRight},
                       {"CANDIDATE", text::Align::kRight},
                       {"BUSIEST DAY"},
                       {"THEN", text::Align::kRight}});
    for (const auto& [department, load] : loads) {
      table.AddRow({department, FormatCount(static_cast<int64_t>(load.recorded)),
                    FormatCount(static_cast<int64_t>(load.candidate)), load.day,
                    FormatCount(static_cast<int64_t>(load.busiest))});
    }
    context.terminal.out << "\n" << table.Render(context.HasColor()) << "\n";
  }

  std::string path_;
  uint32_t version_ = 0;
  std::string from_;
  std::string to_;
};

}  // namespace

void AddChangeCommands(CommandTree& tree, CLI::App* playbook) {
  tree.Add(playbook, "diff", "What is different from a published version",
           std::make_unique<DiffCommand>());
  tree.Add(playbook, "backtest", "Decide all stored tickets again with a candidate",
           std::make_unique<BacktestCommand>());
  tree.Add(playbook, "rollback", "Publish an older version again",
           std::make_unique<RollbackCommand>());
}

}  // namespace redress::ctl
