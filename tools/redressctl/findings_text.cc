#include "tools/redressctl/findings_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using text::Align;
using text::FormatCount;

constexpr int kHashBytesShown = 6;
constexpr int kTicketsShown = 5;

std::string LeftText(const v1::Finding& finding) {
  if (finding.promised_seconds() == 0) return "-";
  return absl::StrCat(text::FormatDuration(finding.left_seconds()), " of ",
                      text::FormatDuration(finding.promised_seconds()));
}

std::string WhatText(const v1::PersonalDataRead& read) {
  if (read.kind() == v1::PERSONAL_DATA_KIND_EXPORT)
    return absl::StrCat("commits ", read.first_commit(), " to ", read.last_commit());
  return absl::StrCat(FormatCount(read.ticket_ids_size()),
                      read.ticket_ids_size() == 1 ? " ticket" : " tickets");
}

std::string TicketsText(const v1::RecordedRead& read) {
  const int shown = std::min(read.references_size(), kTicketsShown);
  std::string tickets = absl::StrJoin(read.references().begin(), read.references().begin() + shown,
                                      " ");
  if (shown < read.references_size()) absl::StrAppend(&tickets, " ...");
  return tickets;
}

}  // namespace

std::string FindingsText(const v1::GetFindingsResponse& response, bool has_color) {
  std::string out = absl::StrCat(
      "To look into, ", response.from_day(), " until ", response.to_day(), ", commit ",
      response.commit(), " ",
      absl::BytesToHexString(response.commit_hash().substr(0, kHashBytesShown)), "\n\n");
  text::Table table({{"FINDING"},
                     {"DEPARTMENT"},
                     {"FOUND", Align::kRight},
                     {"OF", Align::kRight},
                     {"SHARE", Align::kRight}});
  for (const v1::FindingCount& count : response.counts())
    table.AddRow({text::EnumText(count.kind()),
                  count.department().empty() ? "all" : text::Printable(count.department()),
                  FormatCount(count.findings()), FormatCount(count.looked_at()),
                  text::FormatShare(count.findings(), count.looked_at())});
  absl::StrAppend(&out, table.Render(has_color));
  if (response.same_answers().empty()) return out;
  text::Table answers({{"ANSWER"},
                       {"TICKETS", Align::kRight},
                       {"CUSTOMERS", Align::kRight},
                       {"HANDLERS", Align::kRight}});
  for (const v1::SameAnswers& same : response.same_answers())
    answers.AddRow({absl::BytesToHexString(same.answer_digest()), FormatCount(same.tickets()),
                    FormatCount(same.customers()), FormatCount(same.handlers())});
  absl::StrAppend(&out, "\n", answers.Render(has_color));
  return out;
}

std::string FindingText(const v1::ListFindingsResponse& response, bool has_color) {
  text::Table table({{"TICKET"}, {"TIME"}, {"BY"}, {"DEPARTMENT"}, {"LEFT"}, {"REOPENED"}});
  for (const v1::Finding& finding : response.findings())
    table.AddRow({finding.reference(), text::FormatTime(finding.time()),
                  text::Printable(finding.actor()), text::Printable(finding.department()),
                  LeftText(finding),
                  finding.has_reopen_time() ? text::FormatTime(finding.reopen_time()) : "-"});
  return table.Render(has_color);
}

std::string ReadsText(const v1::ListReadsResponse& response, bool has_color) {
  text::Table table({{"TIME"}, {"BY"}, {"CALL"}, {"SAW"}, {"WHAT"}, {"TICKETS"}});
  for (const v1::RecordedRead& read : response.reads())
    table.AddRow({text::FormatTime(read.time()), text::Printable(read.actor()),
                  text::Printable(read.read().method()), text::EnumText(read.read().kind()),
                  WhatText(read.read()), TicketsText(read)});
  return table.Render(has_color);
}

}  // namespace redress::ctl
