// How well the rules decide.
#include <algorithm>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/playbook/rule_review.h"
#include "redress/v1/playbook_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/commands_change.h"
#include "tools/redressctl/progress_stream.h"
#include "tools/redressctl/ticket_text.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using Stub = v1::PlaybookService::Stub;

constexpr double kSecondsPerHour = 3600;
constexpr int kConfusionsShown = 20;

std::string Hours(uint64_t seconds) {
  return absl::StrFormat("%.1f", static_cast<double>(seconds) / kSecondsPerHour);
}

std::string Precision(const v1::RuleQuality& rule) {
  if (rule.hits() == 0) return "-";
  const double right = static_cast<double>(rule.hits() - rule.errors());
  return absl::StrFormat("%.1f%%", 100 * right / static_cast<double>(rule.hits()));
}

void ShowRules(const v1::RuleReview& review, Context& context) {
  text::Table table({{"ROUTE ROW"},
                     {"HITS", text::Align::kRight},
                     {"ERRORS", text::Align::kRight},
                     {"PRECISION", text::Align::kRight},
                     {"OWNER", text::Align::kRight},
                     {"LEVEL", text::Align::kRight},
                     {"HOPS", text::Align::kRight},
                     {"HOURS", text::Align::kRight},
                     {"SINCE"},
                     {"LAST HIT"}});
  for (const v1::RuleQuality& rule : review.rules())
    table.AddRow({rule.rule(), absl::StrCat(rule.hits()), absl::StrCat(rule.errors()),
                  Precision(rule), absl::StrCat(rule.wrong_owner()),
                  absl::StrCat(rule.wrong_level()), absl::StrCat(rule.hops()),
                  Hours(rule.lost_seconds()),
                  absl::StrCat("version ", rule.since_version(), ", ",
                               text::FormatTime(rule.since_time())),
                  rule.has_last_hit_time() ? text::FormatTime(rule.last_hit_time()) : "never"});
  context.terminal.out << table.Render(context.HasColor());
}

void ShowConfusions(const v1::RuleReview& review, Context& context) {
  if (review.confusions().empty()) return;
  text::Table table({{"SENT TO"}, {"BELONGED TO"}, {"TICKETS", text::Align::kRight}});
  for (int i = 0; i < std::min(review.confusions_size(), kConfusionsShown); ++i) {
    const v1::Confusion& confusion = review.confusions(i);
    table.AddRow({absl::StrCat(confusion.sent_department(), " ",
                               text::EnumText(confusion.sent_level())),
                  absl::StrCat(confusion.right_department(), " ",
                               text::EnumText(confusion.right_level())),
                  absl::StrCat(confusion.count())});
  }
  context.terminal.out << "\n" << table.Render(context.HasColor());
}

void ShowShared(const v1::RuleReview& review, Context& context) {
  for (const v1::RuleQuality& rule : review.rules()) {
    if (rule.shared_conditions().empty() && !rule.has_suggestion()) continue;
    context.terminal.out << "\n" << rule.rule() << ": its errors share\n";
    for (const v1::SharedCondition& shared : rule.shared_conditions())
      context.terminal.out << "    " << text::Printable(shared.condition()) << ": "
                           << shared.errors() << " errors, " << shared.rights() << " rights\n";
    if (!rule.has_suggestion()) continue;
    const v1::SuggestedEdit& edit = rule.suggestion();
    context.terminal.out << "  suggested before line " << edit.line() << ", for "
                         << edit.errors_mended() << " errors, against " << edit.rights_broken()
                         << " others; let a backtest judge it\n  "
                         << text::Printable(edit.text()) << "\n";
  }
}

class QualityCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_option("--from", from_, "Tickets from this day on, such as 2026-11-01");
    declarer.app.add_option("--to", to_, "The day after the last");
    declarer.app.add_option("--candidate", candidate_,
                            "Write the live playbook with the first suggestion to this file")
        ->type_name("FILE");
  }

  int Run(Context& context) override {
    v1::ReviewRulesRequest request;
    request.set_from_day(from_);
    request.set_to_day(to_);
    const auto [exit_code, last] =
        ReadToEnd(context, &Stub::ReviewRules, request, "the review", "a finding");
    if (exit_code != kExitOk) return exit_code;
    if (context.options.is_json)
      context.PrintJson(last);
    else
      Show(last.review(), context);
    return candidate_.empty() ? kExitOk : WriteCandidate(last.review(), context);
  }

 private:
  static void Show(const v1::RuleReview& review, Context& context) {
    context.terminal.out << review.decided() << " decisions, " << review.corrected()
                         << " corrected, " << review.by_older_rows()
                         << " by rows that read otherwise now\n\n";
    ShowRules(review, context);
    ShowConfusions(review, context);
    ShowShared(review, context);
  }

  int WriteCandidate(const v1::RuleReview& review, Context& context) const {
    const auto mended = std::find_if(review.rules().begin(), review.rules().end(),
                                     [](const auto& rule) { return rule.has_suggestion(); });
    if (mended == review.rules().end()) return context.Fail("there is no suggestion");
    v1::GetPlaybookResponse live;
    const grpc::Status status =
        context.session.Call(&Stub::GetPlaybook, v1::GetPlaybookRequest(), &live);
    if (!status.ok()) return context.Fail(status);
    if (live.version().playbook_hash() != review.playbook_hash())
      return context.Fail("another playbook was published meanwhile; try again");
    std::ofstream file(candidate_, std::ios::binary);
    file << engine::Mended(live.version().source(), mended->suggestion());
    file.close();
    if (!file) return context.Fail(absl::StrCat("cannot write ", candidate_));
    context.Say(absl::StrCat(candidate_, " mends row ", mended->rule(),
                             "; now: redressctl playbook backtest ", candidate_));
    return kExitOk;
  }

  std::string from_;
  std::string to_;
  std::string candidate_;
};

}  // namespace

void AddRulesCommands(CommandTree& tree) {
  CLI::App* rules = tree.Group("rules", "How the rules do");
  tree.Add(rules, "quality", "How well each row decides, seen from what people corrected",
           std::make_unique<QualityCommand>());
}

}  // namespace redress::ctl
