#include "tools/redressctl/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/unit/tools/fake_server.h"
#include "tools/redressctl/terminal.h"

namespace redress::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

class RunTest : public testing::Test {
 protected:
  Outcome Ctl(std::vector<std::string> arguments,
              const std::map<std::string, std::string>& environment = {},
              const std::string& input = "") {
    return RunCtl(server_.address(), std::move(arguments), environment, input);
  }
  std::string Write(const std::string& name, const std::string& text) {
    const auto path = std::filesystem::path(testing::TempDir()) / ("run_test_" + name);
    std::ofstream(path) << text;
    return path.string();
  }

  FakeServer server_;
};

TEST_F(RunTest, PrintsDataToOutAndAdviceToErr) {
  const Outcome outcome = Ctl({"ticket", "get", "7"});
  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_EQ(outcome.out,
            "ticket  K7M2-9QXD (7)\nstate   queued\ntitle   重复扣款 [31m\nissues  0\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(RunTest, PrintsProtobufJson) {
  EXPECT_EQ(Ctl({"--json", "ticket", "list"}).out,
            "{\"tickets\":[{\"reference\":\"AAAA-AAAA\",\"department\":\"billing\"}],"
            "\"nextPageToken\":\"two\"}\n");
}

TEST_F(RunTest, FetchesOnePageOrAll) {
  const Outcome one = Ctl({"ticket", "list", "--state", "queued,paused"});
  EXPECT_THAT(one.out, Not(HasSubstr("BBBB-BBBB")));
  EXPECT_THAT(one.err, HasSubstr("--page-token two"));
  EXPECT_THAT(server_.tickets.requests.back(),
              HasSubstr("states: TICKET_STATE_QUEUED states: TICKET_STATE_PAUSED"));
  const Outcome all = Ctl({"ticket", "list", "--all"});
  EXPECT_THAT(all.out, HasSubstr("BBBB-BBBB"));
  EXPECT_EQ(all.err, "");
}

TEST_F(RunTest, GoesOnWhileAPageIsEmptyButNotTheLast) {
  server_.tickets.empty_pages = 2;
  const Outcome outcome = Ctl({"ticket", "list", "--customer", "c-1"});
  EXPECT_THAT(outcome.out, HasSubstr("AAAA-AAAA"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("BBBB-BBBB")));
  EXPECT_EQ(outcome.err, "there is more: add --all, or --page-token two\n");
  EXPECT_EQ(server_.tickets.requests.size(), 3u);
}

TEST_F(RunTest, FillsNestedFieldsAndMakesARequestId) {
  const Outcome outcome = Ctl(
      {"ticket", "resolve", "K7M2-9QXD", "--outcome", "Relief_Money", "--answer", "Paid back."});
  EXPECT_EQ(outcome.code, kExitOk) << outcome.err;
  EXPECT_THAT(server_.tickets.requests.back(),
              testing::MatchesRegex(
                  "request_id: \"[0-9a-f]+\" ticket: \"K7M2-9QXD\" resolution \\{ outcome: "
                  "OUTCOME_RELIEF_MONEY answer: \"Paid back.\" \\}"));
}

TEST_F(RunTest, SendsAgainWithTheSameRequestId) {
  server_.tickets.next = {{grpc::StatusCode::UNAVAILABLE, "starting"},
                          {grpc::StatusCode::UNAVAILABLE, "starting"}};
  const Outcome outcome =
      Ctl({"ticket", "resolve", "K7M2-9QXD", "--outcome", "fixed", "--answer", "Done."});
  EXPECT_EQ(outcome.code, kExitOk);
  ASSERT_EQ(server_.tickets.requests.size(), 3u);
  EXPECT_EQ(server_.tickets.requests[0], server_.tickets.requests[2]);
}

TEST_F(RunTest, TellsTheRequestIdWhenTheOutcomeIsUnknown) {
  server_.tickets.next.assign(10, {grpc::StatusCode::UNAVAILABLE, "starting"});
  const Outcome outcome = Ctl({"ticket", "resolve", "K7M2-9QXD", "--outcome", "fixed", "--answer",
                               "Done.", "--request-id", "r-1"});
  EXPECT_EQ(outcome.code, kExitUnavailable);
  EXPECT_THAT(outcome.err, HasSubstr("request id: r-1"));
}

TEST_F(RunTest, ListsMembersByADimensionOnlyWithItsValue) {
  const Outcome outcome = Ctl({"members", "open", "--by", "department"});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_EQ(outcome.err, "usage: --by needs --value; --value \"\" is for tickets that have none\n");
  EXPECT_NE(Ctl({"members", "open", "--by", "department", "--value", ""}).code, kExitUsage);
}

TEST_F(RunTest, MapsFailuresToExitCodes) {
  const std::vector<std::pair<grpc::StatusCode, int>> rows = {
      {grpc::StatusCode::NOT_FOUND, kExitFailure},
      {grpc::StatusCode::PERMISSION_DENIED, kExitPermission},
      {grpc::StatusCode::RESOURCE_EXHAUSTED, kExitRetryLater}};
  for (const auto& [status, code] : rows) {
    server_.tickets.next = {MakeError(status, "SOME_REASON", "no")};
    const Outcome outcome = Ctl({"ticket", "get", "7"});
    EXPECT_EQ(outcome.code, code);
    EXPECT_THAT(outcome.err, HasSubstr("error: SOME_REASON"));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(RunTest, PrintsErrorsAsJsonToo) {
  server_.tickets.next = {MakeError(grpc::StatusCode::NOT_FOUND, "TICKET_NOT_FOUND", "no")};
  const Outcome outcome = Ctl({"--json", "ticket", "get", "7"});
  EXPECT_THAT(outcome.err, HasSubstr("\"reason\":\"TICKET_NOT_FOUND\""));
}

TEST_F(RunTest, SendsTheToken) {
  Ctl({"ticket", "get", "7"}, {{"REDRESS_TOKEN", "rdr_x"}});
  EXPECT_EQ(server_.tickets.metadata["authorization"], "Bearer rdr_x");
  Ctl({"ticket", "get", "7", "--token-file", Write("token", "rdr_file\n")});
  EXPECT_EQ(server_.tickets.metadata["authorization"], "Bearer rdr_file");
}

TEST_F(RunTest, ReportsReadAsTables) {
  const Outcome outcome = Ctl({"report", "--by", "department"});
  EXPECT_THAT(outcome.out, HasSubstr("Closed of created     82.5%  (990 of 1,200; 95% sure within "
                                     "80.2% and 84.5%)\n"));
  EXPECT_THAT(outcome.out, HasSubstr("median 2d 3h, mean 1d 1h"));
  EXPECT_THAT(outcome.out, HasSubstr("0 open at start + 1,200 created + 10 reopened - 1,000 "
                                     "closed = 210 open at end (agrees)\n"));
  EXPECT_THAT(outcome.out, HasSubstr("\nDEPARTMENT  TICKETS"));
}

TEST_F(RunTest, ReportsCalculateAsTables) {
  const Outcome outcome = Ctl({"report", "--by", "department", "--format", "csv"});
  EXPECT_THAT(outcome.out, HasSubstr("by,value,open_start,created,"));
  EXPECT_THAT(outcome.out, HasSubstr("\n,\"\",0,1200,10,0,1000,0,210,"));
  EXPECT_THAT(outcome.out, HasSubstr("\ndepartment,\""));
}

TEST_F(RunTest, VerifyFailsWhenSomethingDiffers) {
  EXPECT_EQ(Ctl({"verify"}).code, kExitOk);
  server_.audit.is_clean = false;
  const Outcome outcome = Ctl({"verify"});
  EXPECT_EQ(outcome.code, kExitFailure);
  EXPECT_THAT(outcome.out, HasSubstr("first difference: commit 2: its hash differs"));
}

TEST_F(RunTest, ShowsPlaybookFaultsWithACaret) {
  const std::string path = Write("playbook.yaml", "a fault");
  const Outcome outcome = Ctl({"playbook", "check", path});
  EXPECT_EQ(outcome.code, kExitFailure);
  EXPECT_EQ(outcome.out, path + ":3:7: no such field\n    when: isue.text\n          ^\n");
  EXPECT_EQ(Ctl({"playbook", "check", "-"}, {}, "fine").code, kExitOk);
}

TEST_F(RunTest, DiffIsJsonToo) {
  const std::string rules =
      "playbook: demo\ndepartments:\n  desk: {title: The desk, head: anna}\n"
      "route:\n  - id: all\n    to: {level: RELAY, department: desk}\n";
  server_.playbooks.live = rules;
  const std::string same = Ctl({"--json", "playbook", "diff", "-"}, {}, rules).out;
  EXPECT_THAT(same, testing::AllOf(HasSubstr("\"version\":3"), HasSubstr("\"changes\":[]")));
  const std::string changed = absl::StrReplaceAll(rules, {{"RELAY", "ANALYSIS"}});
  const std::string other = Ctl({"--json", "playbook", "diff", "-"}, {}, changed).out;
  for (const char* part : {"\"table\":\"route\"", "\"id\":\"all\"", "\"change\":\"changed\"",
                           "\"fields\":[\"level\"]", "\"version\":3"})
    EXPECT_THAT(other, HasSubstr(part));
}

TEST_F(RunTest, TakesSeveralPositionals) {
  EXPECT_EQ(Ctl({"measures", "on_time", "reopened"}).code, kExitOk);
  EXPECT_THAT(server_.audit.measures, testing::ElementsAre("on_time", "reopened"));
  EXPECT_EQ(Ctl({"measures", "on_time", "--by", "level", "reopened"}).code, kExitOk);
  EXPECT_THAT(server_.audit.measures, testing::ElementsAre("on_time", "reopened"));
}

TEST_F(RunTest, BatchRefusesLinesOneByOne) {
  const Outcome outcome = Ctl({"issue", "batch", "-", "--request-id", "day-1"}, {},
                              "# morning\n"
                              "{\"kind\":\"ISSUE_KIND_COMPLAINT\",\"channel\":\"app\"}\n"
                              "\n"
                              "{\"kind\":\"ISSUE_KIND_ALERT\"}\n"
                              "{\"knid\":1}\n"
                              "{\"channel\":\"app\",\"key\":\"k\"}\n");
  EXPECT_EQ(outcome.code, kExitFailure);
  EXPECT_EQ(outcome.out, "4 issues: 1 opened a ticket, 1 joined one, 2 refused\n");
  EXPECT_THAT(outcome.err, HasSubstr("line 4: FIELD_INVALID: a field is wrong (issue.channel"));
  EXPECT_THAT(outcome.err, HasSubstr("line 5: "));
  EXPECT_THAT(server_.intake.taken, testing::ElementsAre("day-1-2", "day-1-6"));
}

TEST_F(RunTest, StreamGoesOnAfterABrokenConnection) {
  std::string lines;
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&lines, "{\"channel\":\"app\"}\n");
  server_.intake.break_after = 1500;
  const Outcome outcome = Ctl({"issue", "stream", "-"}, {}, lines);
  EXPECT_EQ(outcome.code, kExitOk) << outcome.err;
  EXPECT_EQ(server_.intake.streams, 2);
  EXPECT_EQ(server_.intake.taken.size(), 3000u);
}

constexpr char kMapping[] =
    "mapping: desk\ncase: id\ntime: at\nstate: {column: state, table: {New: open, Done: "
    "resolved}}\n";

TEST_F(RunTest, ImportTakesEveryFactOnce) {
  std::string csv = "id,at,state\n";
  for (int i = 0; i < 700; ++i) {
    absl::StrAppend(&csv, "c-", i, ",2026-03-01T09:00:00Z,New\n");
    absl::StrAppend(&csv, "c-", i, ",2026-03-02T09:00:00Z,Done\n");
  }
  const std::string mapping = Write("mapping.yaml", kMapping);
  const std::string path = Write("log.csv", csv);
  server_.intake.break_after = 600;
  const Outcome first = Ctl({"import", "--mapping", mapping, path});
  EXPECT_EQ(first.code, kExitOk) << first.err;
  EXPECT_EQ(first.out,
            "1,400 rows of 700 cases made 1,400 facts: 1,400 taken in, 1 of them known already; 0 "
            "rows refused\n");
  const Outcome second = Ctl({"--json", "import", "--mapping", mapping, path});
  EXPECT_THAT(second.out, HasSubstr("\"factsRepeated\":1400"));
  EXPECT_EQ(server_.intake.taken.size(), 1400u);
}

TEST_F(RunTest, ImportListsRefusedRows) {
  const std::string mapping = Write("mapping.yaml", kMapping);
  const std::string path = Write("log.csv",
                                 "id,at,state\n"
                                 "c-1,2026-03-01T09:00:00Z,New\n"
                                 "c-2,2026-03-01T09:00:00Z,Odd\n"
                                 "c-3,2026-03-01T09:00:00Z,New\n");
  server_.intake.refused_case = "c-3";
  const std::string rejects = Write("rejects.csv", "");
  const Outcome outcome = Ctl({"import", "--mapping", mapping, path, "--rejects", rejects});
  EXPECT_EQ(outcome.code, kExitFailure);
  EXPECT_THAT(outcome.out, HasSubstr("2 rows refused"));
  std::ostringstream text;
  text << std::ifstream(rejects).rdbuf();
  EXPECT_EQ(text.str(),
            "line,case,reason\n"
            "3,\"c-2\",\"state: \"\"Odd\"\" is not in the mapping's table of states\"\n"
            "4,\"c-3\",\"IMPORT_ORDER: too early\"\n");
}

TEST_F(RunTest, HealthTellsWhetherItServes) {
  const Outcome outcome = Ctl({"health"});
  EXPECT_EQ(outcome.code, kExitOk) << outcome.err;
  EXPECT_EQ(outcome.out, server_.address() + " SERVING\n");
}

TEST(RunWithoutServer, IsUnavailable) {
  const Outcome outcome = RunCtl("127.0.0.1:1", {"health"});
  EXPECT_EQ(outcome.code, kExitUnavailable);
  EXPECT_THAT(outcome.err, HasSubstr("is redressd running there?"));
}

TEST(RunWithoutServer, RefusesWrongUsage) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> rows = {
      {{"tikcet"}, "there is no command \"tikcet\"; did you mean ticket?"},
      {{"ticket", "gte", "7"}, "there is no command \"gte\"; did you mean get?"},
      {{"ticket", "get", "7", "--jsno"}, "there is no option --jsno; did you mean --json?"},
      {{"ticket", "get"}, "TICKET is required"},
      {{"ticket", "get", "7", "8"}, "\"8\" was not expected"},
      {{"queue", "pull", "billing", "--lease", "soon"},
       "\"soon\" is not a duration such as 90s, 15m or 2d"},
      {{"queue", "pull", "billing", "--max", "many"}, "\"many\" is not a whole number in range"},
      {{"ticket", "list", "--state", "quued"}, "did you mean queued?"},
      {{"report", "--as-of-commit", "0"}, "--as-of-commit: must be 1 or more"},
      {{"audit", "findings", "--near", "0"}, "--near: must be 1 or more"},
      {{"audit", "findings", "--same", "0"}, "--same: must be 1 or more"},
      {{"ticket", "list", "--timeout", "0"}, "--timeout: \"0\" is not a duration"},
      {{"ticket", "list", "--tls-cert", "x"}, "--tls-cert and --tls-key go together"},
      {{"ticket", "list", "--token", "x", "--server", "far.example:1"}, "in the clear"},
      {{"playbook", "explain"}, "name a ticket, or describe an issue"},
      {{"completion", "tcsh"}, "there is no completion for \"tcsh\""},
      {{"ticket"}, ""},
  };
  for (const auto& [arguments, what] : rows) {
    const Outcome outcome = RunCtl("", arguments);
    EXPECT_EQ(outcome.code, kExitUsage) << what;
    EXPECT_THAT(outcome.err, HasSubstr(what));
  }
}

TEST(RunWithoutServer, MakesTokensForATokenFile) {
  const auto path = std::filesystem::path(testing::TempDir()) / "run_test_tokens";
  std::ofstream(path) << "# no newline at the end";
  const Outcome outcome =
      RunCtl("", {"token", "new", "--actor", "anna", "--role", "agent,owner", "--department",
                  "billing,returns", "--tenant", "acme", "--file", path.string()});
  EXPECT_EQ(outcome.code, kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, testing::StartsWith("rdr_"));
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_THAT(text.str(), testing::MatchesRegex("# no newline at the end\n[0-9a-f]+\tacme\tanna"
                                                "\tagent,owner\tbilling,returns\n"));
  EXPECT_EQ(RunCtl("", {"token", "new", "--actor", "anna", "--role", "boss"}).code, kExitUsage);
  EXPECT_EQ(RunCtl("", {"token", "new", "--actor", "a b", "--role", "agent"}).code, kExitFailure);
}

TEST(RunWithoutServer, HelpsOnDemand) {
  const Outcome outcome = RunCtl("", {"ticket", "resolve", "--help"});
  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_THAT(outcome.out, HasSubstr("--root-cause"));
  EXPECT_EQ(RunCtl("", {}).code, kExitOk);
  EXPECT_THAT(RunCtl("", {"--version"}).out, HasSubstr("redressctl"));
}

}  // namespace
}  // namespace redress::ctl
