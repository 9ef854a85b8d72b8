#include "tools/redressctl/due_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

// "RESOLVE", "LEVEL analysis", "OWNER billing"; from the second on with its number.
std::string NameOf(const v1::Clock& clock) {
  std::string name = absl::AsciiStrToUpper(text::EnumText(clock.kind()));
  if (clock.level() != v1::LEVEL_UNSPECIFIED)
    absl::StrAppend(&name, " ", text::EnumText(clock.level()));
  if (!clock.department().empty()) absl::StrAppend(&name, " ", text::Printable(clock.department()));
  if (clock.entry() > 1) absl::StrAppend(&name, " #", clock.entry());
  return name;
}

std::string Heading(const v1::ExplainedClock& explained) {
  const v1::Clock& clock = explained.clock();
  const v1::ClockTerms& terms = clock.terms();
  const std::string basis =
      terms.calendar().empty()
          ? " of elapsed time"
          : absl::StrCat(" of the hours of ", text::Printable(terms.calendar()));
  std::string line = absl::StrCat(
      NameOf(clock), ": ", clock.paused() ? "paused" : text::EnumText(clock.state()), ", due ",
      text::FormatTime(clock.due_time()), "\n  budget ", text::FormatDuration(terms.budget()),
      basis,
      terms.rule().empty() ? ", by the route" : absl::StrCat(", by row ", terms.rule()),
      ", used ", text::FormatDuration(explained.elapsed()), "\n");
  if (!explained.recomputed_identical())
    absl::StrAppend(&line, "  computed again, it is DIFFERENT\n");
  return line;
}

std::string WhyOf(const v1::DueSpan& span) {
  if (span.kind() == v1::DUE_SPAN_KIND_PAUSED)
    return absl::StrCat("paused: ", text::EnumText(span.reason()));
  if (span.dates().empty()) return text::EnumText(span.kind());
  return absl::StrCat(text::EnumText(span.kind()), ": ", absl::StrJoin(span.dates(), ", "));
}

std::string SpansText(const v1::ExplainedClock& explained, bool has_color) {
  text::Table table({{"FROM"}, {"TO"}, {"LASTS", text::Align::kRight}, {"WHY"}});
  for (const v1::DueSpan& span : explained.spans())
    table.AddRow({text::FormatTime(span.start_time()), text::FormatTime(span.end_time()),
                  text::FormatDuration(span.end_time().seconds() - span.start_time().seconds()),
                  WhyOf(span)});
  return table.Render(has_color);
}

std::string HoldersText(const v1::ExplainedClock& explained, bool has_color) {
  text::Table table({{"LEVEL"}, {"DEPARTMENT"}, {"HELD BY"}, {"USED", text::Align::kRight}});
  for (const v1::HolderShare& share : explained.holders())
    table.AddRow({text::EnumText(share.level()), share.department(),
                  share.handler().empty() ? "the queue" : share.handler(),
                  text::FormatDuration(share.elapsed())});
  return table.Render(has_color);
}

}  // namespace

std::string DueText(const v1::ExplainDueResponse& response, bool has_color) {
  std::string text;
  for (const v1::ExplainedClock& explained : response.clocks()) {
    if (!text.empty()) text += "\n";
    absl::StrAppend(&text, Heading(explained), SpansText(explained, has_color));
    if (explained.is_cut()) text += "  and more\n";
    if (!explained.holders().empty()) text += HoldersText(explained, has_color);
  }
  return text;
}

}  // namespace redress::ctl
