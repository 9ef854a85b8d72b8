// Dates of an iCalendar file, as a playbook's calendar writes them.
#include <sstream>

#include "absl/strings/str_cat.h"
#include "base/time_zones.h"
#include "tools/history/csv.h"
#include "tools/ics/ics_days.h"
#include "tools/redressctl/command.h"
#include "tools/text/display_width.h"

namespace redress::ctl {
namespace {

// Days in a row under one name as one line.
std::string HolidaysText(const std::vector<ics::MarkedDay>& days) {
  std::string text = days.empty() ? "holidays: []\n" : "holidays:\n";
  for (size_t i = 0; i < days.size();) {
    size_t end = i + 1;
    while (end < days.size() && days[end].name == days[i].name &&
           days[end].day == days[end - 1].day + 1)
      ++end;
    absl::StrAppend(&text, "  - ", absl::FormatCivilTime(days[i].day));
    if (end - i > 1) absl::StrAppend(&text, "..", absl::FormatCivilTime(days[end - 1].day));
    if (!days[i].name.empty()) absl::StrAppend(&text, "  # ", text::Printable(days[i].name));
    absl::StrAppend(&text, "\n");
    i = end;
  }
  return text;
}

class HolidaysCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_option("FILE", path_, "An iCalendar file whose events are whole days")
        ->required()
        ->type_name("FILE");
    const CLI::Range years(base::kZoneYearMin, base::kZoneYearMax);
    declarer.app.add_option("--from", first_year_, "The first year")->required()->check(years);
    declarer.app.add_option("--to", last_year_, "The last year; the first when left out")
        ->check(years);
  }

  bool NeedsServer() const override { return false; }

  int Run(Context& context) override {
    const int last_year = last_year_ == 0 ? first_year_ : last_year_;
    if (last_year < first_year_)
      return context.FailUsage("playbook holidays: --to is before --from");
    const auto content = history::ReadWholeFile(path_);
    if (!content.ok())
      return context.Fail(absl::StrCat(path_, ": ", content.status().message()));
    const auto days = ics::ReadMarkedDays(*content, absl::CivilDay(first_year_, 1, 1),
                                          absl::CivilDay(last_year, 12, 31));
    if (!days.ok()) return context.Fail(absl::StrCat(path_, ": ", days.status().message()));
    context.terminal.out << HolidaysText(*days);
    return kExitOk;
  }

 private:
  std::string path_;
  int first_year_ = 0;
  int last_year_ = 0;
};

}  // namespace

void AddHolidaysCommand(CommandTree& tree, CLI::App* playbook) {
  tree.Add(playbook, "holidays", "Print the days of an iCalendar file as a calendar's holidays",
           std::make_unique<HolidaysCommand>());
}

}  // namespace redress::ctl
