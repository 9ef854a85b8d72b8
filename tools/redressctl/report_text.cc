#include "tools/redressctl/report_text.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/measure/measure_report.h"
#include "tools/redressctl/measure_figure.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using text::Align;
using text::FormatCount;
using text::FormatDuration;

constexpr int kValueColumns = 36;
constexpr int kHashBytesShown = 6;
constexpr int64_t kBarsMax = 6;  // the rest is added up in the last

std::string ShareText(const v1::Ratio& ratio) {
  return text::FormatShare(ratio.numerator(), ratio.denominator());
}

std::string RatioText(const v1::Ratio& ratio) {
  if (ratio.denominator() == 0) return "-";
  const std::string counts = absl::StrCat(ShareText(ratio), "  (", FormatCount(ratio.numerator()),
                                          " of ", FormatCount(ratio.denominator()));
  const bool is_share = 0 <= ratio.numerator() && ratio.numerator() <= ratio.denominator();
  if (!is_share) return counts + ")";
  const v1::Interval sure = engine::WilsonInterval(ratio.numerator(), ratio.denominator());
  return absl::StrCat(counts, "; 95% sure within ", PercentText(sure.low()), " and ",
                      PercentText(sure.high()), ")");
}

// "0.92": how many of the first for one of the second.
std::string PerText(const v1::Ratio& ratio) {
  if (ratio.denominator() == 0) return "-";
  return absl::StrFormat(
      "%.2f", static_cast<double>(ratio.numerator()) / static_cast<double>(ratio.denominator()));
}

std::string DurationsText(const v1::Durations& durations) {
  if (durations.count() == 0) return "-";
  return absl::StrCat("median ", FormatDuration(durations.p50_seconds()), ", mean ",
                      FormatDuration(durations.sum_seconds() / durations.count()), ", 90th ",
                      FormatDuration(durations.p90_seconds()), ", longest ",
                      FormatDuration(durations.max_seconds()), "  (",
                      FormatCount(durations.count()), ")");
}

// "0: 1,995   1: 926   2: 344   3 and more: 425".
std::string HistogramText(const google::protobuf::RepeatedPtrField<v1::HistogramBar>& bars) {
  std::vector<std::string> parts;
  int64_t rest = 0;
  for (const auto& bar : bars) {
    if (bar.count() < kBarsMax) {
      parts.push_back(absl::StrCat(bar.count(), ": ", FormatCount(bar.tickets())));
    } else {
      rest += bar.tickets();
    }
  }
  if (rest > 0) parts.push_back(absl::StrCat(kBarsMax, " and more: ", FormatCount(rest)));
  return absl::StrJoin(parts, "   ");
}

std::string TotalsText(const v1::ReportRow& total, bool has_color) {
  const v1::Flow& flow = total.flow();
  return text::RenderFields(
      {{"Tickets", FormatCount(flow.tickets())},
       {"Open now", FormatCount(flow.open_end())},
       {"Closed of created", RatioText(total.closure_cohort())},
       {"Closed of open", RatioText(total.closure_flow())},
       {"First answer on time", RatioText(total.first_answer_on_time())},
       {"Resolution on time", RatioText(total.resolution_on_time())},
       {"Reopened of resolved", RatioText(total.reopen_rate())},
       {"Transfers per ticket",
        absl::StrCat(PerText(total.transfers_per_ticket()), "  (",
                     FormatCount(total.transfers_per_ticket().numerator()), " in all)")},
       {"Time to close", DurationsText(total.time_to_close())},
       {"Time to resolve", DurationsText(total.time_to_resolve())},
       {"Tickets by transfers", HistogramText(total.transfers())},
       {"Tickets by reopenings", HistogramText(total.reopenings())},
       {"Stock and flow", IdentityLine(flow)}},
      has_color);
}

// A day before the first ticket, or one on which nothing is open and nothing happened.
bool IsIdle(const v1::ReportRow& row) {
  const v1::Flow& flow = row.flow();
  return flow.open_start() == 0 && flow.open_end() == 0 && flow.created() == 0 &&
         flow.reopened() == 0 && flow.closed() == 0 && flow.resolved() == 0;
}

std::string TableText(const v1::ReportTable& rows, bool has_color) {
  const std::string title = absl::AsciiStrToUpper(text::EnumText(rows.dimension()));
  text::Table table({{title, Align::kLeft, kValueColumns},
                     {"TICKETS", Align::kRight},
                     {"CREATED", Align::kRight},
                     {"CLOSED", Align::kRight},
                     {"OPEN", Align::kRight},
                     {"CLOSURE", Align::kRight},
                     {"ANSWER ON TIME", Align::kRight},
                     {"RESOLVED ON TIME", Align::kRight},
                     {"REOPENED", Align::kRight},
                     {"TRANSFERS", Align::kRight},
                     {"MEDIAN CLOSE", Align::kRight},
                     {"90TH CLOSE", Align::kRight}});
  for (const v1::ReportRow& row : rows.rows()) {
    if (rows.dimension() == v1::DIMENSION_DAY && IsIdle(row)) continue;
    const bool has_closed = row.time_to_close().count() > 0;
    table.AddRow({row.value().empty() ? "(none)" : row.value(), FormatCount(row.flow().tickets()),
                  FormatCount(row.flow().created()), FormatCount(row.flow().closed()),
                  FormatCount(row.flow().open_end()), ShareText(row.closure_cohort()),
                  ShareText(row.first_answer_on_time()), ShareText(row.resolution_on_time()),
                  ShareText(row.reopen_rate()), PerText(row.transfers_per_ticket()),
                  has_closed ? FormatDuration(row.time_to_close().p50_seconds()) : "-",
                  has_closed ? FormatDuration(row.time_to_close().p90_seconds()) : "-"});
  }
  return table.Render(has_color);
}

}  // namespace

std::string IdentityLine(const v1::Flow& flow) {
  const int64_t sum = flow.open_start() + flow.created() + flow.reopened() + flow.transferred_in() -
                      flow.closed() - flow.transferred_out();
  std::string line =
      absl::StrCat(FormatCount(flow.open_start()), " open at start + ", FormatCount(flow.created()),
                   " created + ", FormatCount(flow.reopened()), " reopened");
  if (flow.transferred_in() != 0) {
    absl::StrAppend(&line, " + ", FormatCount(flow.transferred_in()), " transferred in");
  }
  absl::StrAppend(&line, " - ", FormatCount(flow.closed()), " closed");
  if (flow.transferred_out() != 0) {
    absl::StrAppend(&line, " - ", FormatCount(flow.transferred_out()), " transferred out");
  }
  absl::StrAppend(&line, " = ", FormatCount(flow.open_end()), " open at end (",
                  sum == flow.open_end() ? "agrees" : absl::StrCat("DIFFERS: ", FormatCount(sum)),
                  ")");
  return line;
}

std::string ReportText(const v1::Report& report, bool has_color) {
  std::string out = absl::StrCat(
      "Closure report, ", report.from_day(), " until ", report.to_day(), ", commit ",
      report.commit(), " ", absl::BytesToHexString(report.commit_hash().substr(0, kHashBytesShown)),
      ", version ", absl::BytesToHexString(report.version().substr(0, kHashBytesShown)),
      report.is_checked() ? ", agrees with the ledger\n" : "\n",
      TotalsText(report.total(), has_color));
  for (const v1::ReportTable& table : report.tables()) {
    absl::StrAppend(&out, "\n", TableText(table, has_color));
  }
  return out;
}

std::string MembersText(const v1::ListMembersResponse& members, bool has_color) {
  text::Table table({{"TICKET"}, {"ID", Align::kRight}, {"ADDS", Align::kRight}});
  for (const v1::Member& member : members.members()) {
    table.AddRow(
        {member.reference(), absl::StrCat(member.ticket_id()), FormatCount(member.amount())});
  }
  return table.Render(has_color);
}

}  // namespace redress::ctl
