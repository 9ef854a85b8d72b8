#include "tools/history/case_facts.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"

namespace redress::history {
namespace {

constexpr char kMapping[] = R"(mapping: desk
missing: ["", "?"]
case: id
order: seq
time: at
opened: opened
resolved: resolved
closed: closed
state:
  column: state
  table:
    {New: open, Hold: waiting customer-info, Vendor: waiting third-party, Done: resolved,
     Shut: closed, Odd: same}
department: {column: group, missing: unassigned}
transfers: moves
code: code
issue:
  channel: {column: channel, missing: unknown}
  category: [cat, sub]
  severity: {column: prio, table: {"1": critical, "2": high}}
)";
constexpr char kHeader[] =
    "id,seq,at,state,group,moves,opened,resolved,closed,channel,cat,sub,prio,code\n";

Mapping DeskMapping() {
  auto mapping = ParseMapping(kMapping);
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  return *std::move(mapping);
}

CaseLog Read(const std::string& rows) {
  auto log = ReadCaseLog(DeskMapping(), kHeader + rows);
  EXPECT_TRUE(log.ok()) << log.status();
  return *std::move(log);
}

std::string FactText(const v1::ImportHistoryRequest& request) {
  using text::EnumText;
  switch (request.fact_case()) {
    case v1::ImportHistoryRequest::kOpened:
      return absl::StrCat("opened ", request.opened().department(), " ",
                          request.opened().issue().category(), " ",
                          EnumText(request.opened().issue().severity()));
    case v1::ImportHistoryRequest::kReassigned:
      return absl::StrCat("reassigned ", request.reassigned().department(), " x",
                          request.reassigned().count());
    case v1::ImportHistoryRequest::kWaiting:
      return "waiting " + EnumText(request.waiting().reason());
    case v1::ImportHistoryRequest::kResumed:
      return "resumed";
    case v1::ImportHistoryRequest::kResolved:
      return "resolved " + request.resolved().code();
    case v1::ImportHistoryRequest::kReopened:
      return "reopened";
    case v1::ImportHistoryRequest::kClosed:
      return "closed " + request.closed().code();
    default:
      return "unexpected";
  }
}

// A line per fact: day and time, what, the line of the row.
std::string Facts(const std::string& rows) {
  const CaseLog log = Read(rows);
  EXPECT_TRUE(log.refusals.empty()) << log.refusals.front().reason;
  std::string out;
  for (const Case& one : log.cases) {
    for (const DatedFact& fact : FactsOf(DeskMapping(), one)) {
      absl::StrAppend(&out, text::FormatTime(fact.request.time()).substr(8, 8), " ",
                      FactText(fact.request), " @", fact.line, "\n");
    }
  }
  return out;
}

std::string At(int day, int hour) {
  return absl::StrCat("2026-03-0", day, "T", hour < 10 ? "0" : "", hour, ":00:00Z");
}

// A row of case c-1 of which only the moving parts are given. Opened on day 1 at 8.
std::string Row(int seq, const std::string& at, const std::string& state, const std::string& group,
                int moves, const std::string& resolved, const std::string& closed) {
  return absl::StrCat("c-1,", seq, ",", at, ",", state, ",", group, ",", moves, ",", At(1, 8), ",",
                      resolved, ",", closed, ",phone,Billing,Twice,2,code 6\n");
}

TEST(FactsOf, TellsACaseFromOpeningToClosing) {
  EXPECT_EQ(Facts(Row(0, At(1, 9), "New", "?", 0, At(2, 12), At(7, 12)) +
                  Row(1, At(1, 10), "New", "Desk", 1, At(2, 12), At(7, 12)) +
                  Row(2, At(2, 11), "Done", "Desk", 1, At(2, 12), At(7, 12)) +
                  Row(3, At(7, 12), "Shut", "Desk", 1, At(2, 12), At(7, 12))),
            "01 08:00 opened unassigned billing.twice high @2\n"
            "01 10:00 reassigned Desk x1 @3\n"
            "02 12:00 resolved code 6 @4\n"
            "07 12:00 closed code 6 @5\n");
}

TEST(FactsOf, CarriesDifferencesOfTheTransferCounter) {
  EXPECT_EQ(Facts(Row(0, At(1, 9), "New", "Desk", 2, "", "") +
                  Row(1, At(1, 10), "New", "Back", 2, "", "") +
                  Row(2, At(1, 11), "New", "Back", 5, "", "")),
            "01 08:00 opened Desk billing.twice high @2\n"
            "01 09:00 reassigned Desk x2 @2\n"
            "01 10:00 reassigned Back x0 @3\n"
            "01 11:00 reassigned Back x3 @4\n");
}

TEST(FactsOf, EndsAtTheLastCountWhenACounterFalls) {
  EXPECT_EQ(Facts(Row(0, At(1, 9), "New", "Desk", 0, "", "") +
                  Row(1, At(1, 10), "New", "Back", 3, "", "") +
                  Row(2, At(1, 11), "New", "Lab", 2, "", "")),
            "01 08:00 opened Desk billing.twice high @2\n"
            "01 10:00 reassigned Back x2 @3\n"
            "01 11:00 reassigned Lab x0 @4\n");
}

TEST(FactsOf, ReopensAndTakesTheLastCyclesInstantsFromTheColumns) {
  EXPECT_EQ(Facts(Row(0, At(1, 9), "Done", "Desk", 0, At(4, 9), At(6, 9)) +
                  Row(1, At(2, 9), "Shut", "Desk", 0, At(4, 9), At(6, 9)) +
                  Row(2, At(3, 9), "New", "Desk", 0, At(4, 9), At(6, 9)) +
                  Row(3, At(5, 9), "Done", "Desk", 0, At(4, 9), At(6, 9)) +
                  Row(4, At(6, 9), "Shut", "Desk", 0, At(4, 9), At(6, 9))),
            "01 08:00 opened Desk billing.twice high @2\n"
            "01 09:00 resolved code 6 @2\n"
            "02 09:00 closed code 6 @3\n"
            "03 09:00 reopened @4\n"
            "04 09:00 resolved code 6 @5\n"
            "06 09:00 closed code 6 @6\n");
}

TEST(FactsOf, WaitsAndResumes) {
  EXPECT_EQ(Facts(Row(0, At(1, 9), "Hold", "Desk", 0, "", "") +
                  Row(1, At(1, 10), "Hold", "Desk", 0, "", "") +
                  Row(2, At(1, 11), "Vendor", "Desk", 0, "", "") +
                  Row(3, At(1, 12), "Done", "Desk", 0, "", "")),
            "01 08:00 opened Desk billing.twice high @2\n"
            "01 09:00 waiting customer-info @2\n"
            "01 11:00 resumed @4\n"
            "01 11:00 waiting third-party @4\n"
            "01 12:00 resumed @5\n"
            "01 12:00 resolved code 6 @5\n");
}

TEST(FactsOf, ClosesWithoutResolvingWhenNoTimeOfResolvingIsTold) {
  EXPECT_EQ(Facts(Row(0, At(1, 9), "Done", "Desk", 0, "?", At(2, 9)) +
                  Row(1, At(2, 10), "Shut", "Desk", 0, "?", At(2, 9))),
            "01 08:00 opened Desk billing.twice high @2\n"
            "02 09:00 closed code 6 @3\n");
}

TEST(FactsOf, MovesFactsBeforeTheResolvingThatTheirRowsLieBehind) {
  EXPECT_EQ(Facts(Row(0, At(1, 9), "New", "Desk", 0, At(2, 9), At(5, 9)) +
                  Row(1, At(3, 9), "Done", "Back", 1, At(2, 9), At(5, 9)) +
                  Row(2, At(5, 9), "Shut", "Back", 1, At(2, 9), At(5, 9))),
            "01 08:00 opened Desk billing.twice high @2\n"
            "02 09:00 reassigned Back x1 @3\n"
            "02 09:00 resolved code 6 @3\n"
            "05 09:00 closed code 6 @4\n");
}

TEST(FactsOf, KeepsInstantsThatContradictEachOtherInOrder) {
  EXPECT_EQ(Facts(Row(0, At(1, 9), "New", "Desk", 0, At(5, 9), At(4, 9)) +
                  Row(1, At(6, 9), "Shut", "Desk", 0, At(5, 9), At(4, 9))),
            "01 08:00 opened Desk billing.twice high @2\n"
            "04 09:00 resolved code 6 @3\n"
            "04 09:00 closed code 6 @3\n");
}

TEST(FactsOf, TakesRowsInTheirOrderAndTheLastWordOnTheIssue) {
  EXPECT_EQ(
      Facts("c-1,1,2026-03-01T10:00:00Z,New,Desk,0,2026-03-01T08:00:00Z,,,phone,Cards,,1,\n"
            "c-1,0,2026-03-01T09:00:00Z,New,?,0,2026-03-01T08:00:00Z,,,mail,Billing,Twice,2,\n"),
      "01 08:00 opened unassigned cards critical @3\n"
      "01 10:00 reassigned Desk x0 @2\n");
}

TEST(FactsOf, ClosesACaseWhoseLastRowKnowsTheClosingButDoesNotShowIt) {
  EXPECT_EQ(Facts(Row(0, At(1, 9), "New", "Desk", 0, "", At(2, 9))),
            "01 08:00 opened Desk billing.twice high @2\n"
            "02 09:00 closed code 6 @2\n");
  EXPECT_EQ(Facts(Row(0, At(3, 9), "New", "Desk", 0, "", At(2, 9))),
            "01 08:00 opened Desk billing.twice high @2\n");
}

TEST(FactsOf, KeepsTheStateThroughRowsThatDoNotTellIt) {
  EXPECT_EQ(Facts(Row(0, At(1, 9), "Odd", "Desk", 0, "", "") +
                  Row(1, At(1, 10), "Hold", "Desk", 0, "", "") +
                  Row(2, At(1, 11), "Odd", "Desk", 0, "", "") +
                  Row(3, At(1, 12), "New", "Desk", 0, "", "")),
            "01 08:00 opened Desk billing.twice high @2\n"
            "01 10:00 waiting customer-info @3\n"
            "01 12:00 resumed @5\n");
}

TEST(FactsOf, HasStableRequestIds) {
  EXPECT_EQ(FactRequestId("desk", "c-1", 0), FactRequestId("desk", "c-1", 0));
  EXPECT_EQ(FactRequestId("desk", "c-1", 0).size(), 32u);
  std::set<std::string> ids = {FactRequestId("desk", "c-1", 0), FactRequestId("desk", "c-1", 1),
                               FactRequestId("desk", "c-11", 0), FactRequestId("desc", "c-1", 0)};
  EXPECT_EQ(ids.size(), 4u);
  // Frozen: an import that crashed before an update must go on after it.
  EXPECT_EQ(FactRequestId("desk", "c-1", 0), "f2fa89c7949697f248083c3cdfc2cb7e");
}

TEST(ReadCaseLog, RefusesDamagedRowsWithTheirCase) {
  const CaseLog log = Read(
      "c-1,0,2026-03-01T09:00:00Z,New,Desk,0,,,,,,,,\n"
      "c-2,0,2026-03-01T09:00:00Z,New,Desk,0,,,,,,,,\n"
      "c-1,1,yesterday,New,Desk,0,,,,,,,,\n"
      "c-3,0,2026-03-01T09:00:00Z,Lost,Desk,0,,,,,,,,\n"
      "c-4,x,2026-03-01T09:00:00Z,New,Desk,0,,,,,,,,\n"
      "c-5,0,2026-03-01T09:00:00Z,New\n"
      "?,0,2026-03-01T09:00:00Z,New,Desk,0,,,,,,,,\n"
      "c-6,0,2026-03-01T09:00:00Z,New,Desk,-1,,,,,,,,\n"
      "c-7,0,2026-03-01T09:00:00Z,New,Desk,0,,,,,,,9,\n");
  std::string refused;
  for (const Refusal& refusal : log.refusals) {
    absl::StrAppend(&refused, refusal.line, " ", refusal.case_id, ": ", refusal.reason, "\n");
  }
  EXPECT_EQ(refused,
            "2 c-1: left out, since line 4 of the same case is damaged\n"
            "4 c-1: at: \"yesterday\" is not a time of the form %Y-%m-%d%ET%H:%M:%E*S%Ez\n"
            "5 c-3: state: \"Lost\" is not in the mapping's table of states\n"
            "6 c-4: seq: \"x\" is not a whole number\n"
            "7 c-5: it has 4 fields where the header has 14\n"
            "8 : id: the case's id is missing\n"
            "9 c-6: moves: \"-1\" is not within 0 and 1,000\n"
            "10 c-7: prio: \"9\" is not in the mapping's table\n");
  ASSERT_EQ(log.cases.size(), 1u);
  EXPECT_EQ(log.cases[0].id, "c-2");
  EXPECT_EQ(log.rows, 9);
}

TEST(ReadCaseLog, RefusesAFileWithoutTheColumns) {
  EXPECT_EQ(ReadCaseLog(DeskMapping(), "id,seq,at,state,group,moves\n").status().message(),
            "the mapping names columns that the file does not have: \"opened\", \"resolved\", "
            "\"closed\", \"code\", \"channel\", \"prio\", \"cat\", \"sub\"; it has id, seq, at, "
            "state, group, moves");
  EXPECT_EQ(ReadCaseLog(DeskMapping(), "").status().message(), "the file is empty");
}

}  // namespace
}  // namespace redress::history
