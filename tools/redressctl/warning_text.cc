#include "tools/redressctl/warning_text.h"

#include <sstream>

#include "absl/strings/str_cat.h"
#include "tools/text/display_width.h"

namespace redress::ctl {
namespace {

void ShowExcerpt(const std::string& excerpt, Context& context) {
  std::istringstream lines(excerpt);
  for (std::string line; std::getline(lines, line);)
    context.terminal.out << "    " << text::Printable(line) << "\n";
}

template <typename Entry>
void ShowPlace(const Entry& entry, const std::string& path, absl::string_view kind,
               Context& context) {
  context.terminal.out << path << ":" << entry.line() << ":" << entry.column() << ": " << kind
                       << text::Printable(entry.message()) << "\n";
  ShowExcerpt(entry.excerpt(), context);
}

// The case as the options of `playbook explain` and more: on one line.
std::string CaseText(const v1::SampleCase& sample) {
  std::string text = sample.issue().ShortDebugString();
  if (sample.ticket().cycle() > 0 || sample.ticket().transfers() > 0)
    absl::StrAppend(&text, ", cycle ", sample.ticket().cycle(), ", transfers ",
                    sample.ticket().transfers());
  if (sample.customer().open_tickets() > 0)
    absl::StrAppend(&text, ", open tickets ", sample.customer().open_tickets());
  return text;
}

bool IsQuiet(const v1::PlaybookWarning& warning) {
  return warning.kind() == v1::PLAYBOOK_WARNING_KIND_OVERLAP ||
         warning.kind() == v1::PLAYBOOK_WARNING_KIND_NOT_ANALYSED;
}

}  // namespace

void ShowFindings(const v1::CheckPlaybookResponse& response, const std::string& path,
                  Context& context) {
  for (const auto& finding : response.findings()) ShowPlace(finding, path, "", context);
}

void ShowWarnings(const v1::CheckPlaybookResponse& response, const std::string& path,
                  bool has_overlaps, Context& context) {
  int quiet = 0;
  for (const auto& warning : response.warnings()) {
    if (IsQuiet(warning) && !has_overlaps) {
      ++quiet;
      continue;
    }
    ShowPlace(warning, path, "warning: ", context);
    if (warning.has_sample())
      context.terminal.out << "    such as: " << text::Printable(CaseText(warning.sample()))
                           << "\n";
    if (!warning.ticket().empty())
      context.terminal.out << "    as happened with ticket " << warning.ticket() << "\n";
  }
  if (quiet > 0)
    context.Say(absl::StrCat(quiet, " notes on rows that take from each other, or that are not "
                                    "analysed as a whole; --overlaps shows them"));
  if (response.warnings_left_out() > 0)
    context.Say(absl::StrCat(response.warnings_left_out(), " further warnings are left out"));
  if (response.analysis_cut())
    context.Say("the table is too large to compare all rows with each other; not all was checked");
}

}  // namespace redress::ctl
