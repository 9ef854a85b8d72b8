// A candidate that decides beside the live playbook.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/playbook/backtest.h"
#include "redress/v1/playbook_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/commands_change.h"
#include "tools/redressctl/source_command.h"
#include "tools/redressctl/ticket_text.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using Stub = v1::PlaybookService::Stub;

constexpr int kDifferencesShown = 20;

// A ticket that is only recorded is at no level, see engine/playbook/backtest.h.
std::string Place(const std::string& department, v1::Level level) {
  if (level == v1::LEVEL_UNSPECIFIED) return absl::StrCat(department, " recorded only");
  return absl::StrCat(department, " ", text::EnumText(level));
}

std::string Place(const v1::Effects& effects) {
  return Place(effects.department(), engine::PlaceLevel(effects));
}

void ShowState(const v1::Shadow& shadow, Context& context) {
  std::ostream& out = context.terminal.out;
  out << text::Printable(shadow.name()) << " " << shadow.playbook_hash().substr(0, 12) << ", since "
      << text::FormatTime(shadow.start_time()) << " by " << text::Printable(shadow.starter())
      << ": " << text::Printable(shadow.reason()) << "\n";
  if (shadow.has_stop_time())
    out << "stopped " << text::FormatTime(shadow.stop_time()) << " "
        << (shadow.failure().empty() ? absl::StrCat("by ", text::Printable(shadow.stopper()))
                                     : shadow.failure())
        << "\n";
  out << shadow.decided() << " decisions made again, " << shadow.different()
      << " set something else, " << shadow.moved() << " go elsewhere, " << shadow.failures()
      << " conditions failed, " << shadow.erased() << " erased\n";
}

void ShowShadow(const v1::Shadow& shadow, Context& context) {
  ShowState(shadow, context);
  if (!shadow.moves().empty()) {
    text::Table table({{"FROM"}, {"TO"}, {"TICKETS", text::Align::kRight}});
    for (const auto& move : shadow.moves())
      table.AddRow({Place(move.from_department(), move.from_level()),
                    Place(move.to_department(), move.to_level()), absl::StrCat(move.count())});
    context.terminal.out << "\n" << table.Render(context.HasColor());
  }
  if (shadow.differences().empty()) return;
  text::Table table({{"TICKET"}, {"LIVE ROW"}, {"CANDIDATE ROW"}, {"LIVE"}, {"CANDIDATE"}});
  const int first = std::max(0, shadow.differences_size() - kDifferencesShown);
  for (int i = first; i < shadow.differences_size(); ++i) {
    const v1::ShadowDifference& difference = shadow.differences(i);
    table.AddRow({difference.ticket(), difference.live_rule(), difference.candidate_rule(),
                  Place(difference.live()), Place(difference.candidate())});
  }
  context.terminal.out << "\n" << table.Render(context.HasColor());
}

template <class Response>
void ShowAnswer(const Response& response, Context& context) {
  ShowShadow(response.shadow(), context);
}

}  // namespace

void AddShadowCommands(CommandTree& tree, CLI::App* playbook) {
  CLI::App* shadow =
      playbook->add_subcommand("shadow", "A candidate that decides beside the live one");
  shadow->require_subcommand(0, 1);
  tree.Add(shadow, "start", "Let a candidate decide every new issue without effect",
           std::make_unique<SourceCommand<Stub, v1::StartShadowRequest, v1::StartShadowResponse>>(
               &Stub::StartShadow, ShowAnswer<v1::StartShadowResponse>,
               std::vector<Field>{{"--reason", "reason", "Why", kRequired}}, "The candidate"));
  AddCall(tree, shadow, "status", "What it decides otherwise", &Stub::GetShadow,
          ShowAnswer<v1::GetShadowResponse>, {});
  AddCall(tree, shadow, "stop", "End it; what was counted stays", &Stub::StopShadow,
          ShowAnswer<v1::StopShadowResponse>, {});
}

}  // namespace redress::ctl
