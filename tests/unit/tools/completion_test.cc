#include "tools/redressctl/completion.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tools/redressctl/options.h"
#include "tools/redressctl/run.h"

namespace redress::ctl {
namespace {

// The candidates' words apart by blanks, for a line whose last word is the one to complete.
std::string After(const std::string& line) {
  GlobalOptions options;
  CommandTree tree(options);
  AddCommands(tree);
  const std::vector<std::string> words = absl::StrSplit(line, ' ');
  std::vector<std::string> found;
  for (const Candidate& candidate : Complete(tree, words)) found.push_back(candidate.word);
  return absl::StrJoin(found, " ");
}

TEST(Complete, OffersCommandsButHiddenOnes) {
  EXPECT_EQ(After("qu"), "queue");
  EXPECT_EQ(After("queue "), "pull extend return peek watch");
  EXPECT_EQ(After("ticket re"), "resume resolve reopen");
  EXPECT_EQ(After("dem"), "");
}

TEST(Complete, OffersOptionsOfTheCommandAndOfAll) {
  EXPECT_EQ(After("ticket resolve --pr"), "--prevention");
  EXPECT_EQ(After("ticket resolve --js"), "--json");
}

TEST(Complete, OffersValuesOfAnOption) {
  EXPECT_EQ(After("ticket pause K7M2-9QXD --reason "),
            "customer-info third-party legal appointment");
  EXPECT_EQ(After("report --by department,l"), "department,level");
  EXPECT_EQ(After("members open --by "), "department level category channel segment");
  EXPECT_EQ(After("ticket get --server "), "");
}

TEST(Complete, OffersValuesOfAnArgument) { EXPECT_EQ(After("completion z"), "zsh"); }

TEST(Complete, FindsItsWayPastOptionsWithValues) {
  EXPECT_EQ(After("--server ticket queue p"), "pull peek");
  EXPECT_EQ(After("--json ticket hi"), "history");
}

TEST(CompletionScript, ExistsForThreeShells) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_NE(CompletionScript(shell).find("redressctl __complete"), std::string::npos) << shell;
  }
  EXPECT_EQ(CompletionScript("tcsh"), "");
}

// Every call of the API can be made from the shell.
TEST(CommandTree, HasEveryCommandOfTheDesign) {
  EXPECT_EQ(After(""),
            "issue queue ticket customer report measures members verify audit outbox inspect "
            "mystery goals playbook explain rules import token backup health completion");
  EXPECT_EQ(After("issue "), "submit batch stream");
  EXPECT_EQ(After("ticket "),
            "get list history story due accept answer pause resume transfer escalate deescalate "
            "take resolve close reopen note");
  EXPECT_EQ(After("customer "), "view confirm dispute");
  EXPECT_EQ(After("playbook "),
            "check publish get explain test timeline diff backtest rollback shadow holidays");
  EXPECT_EQ(After("playbook shadow "), "start status stop");
  EXPECT_EQ(After("rules "), "quality");
  EXPECT_EQ(After("audit "), "export verify anchor keygen findings finding reads");
  EXPECT_EQ(After("outbox "), "follow");
  EXPECT_EQ(After("inspect "),
            "plan draw list show cases population redraw record dispute decide report");
  EXPECT_EQ(After("mystery "), "submit list");
  EXPECT_EQ(After("goals "), "list evidence");
}

}  // namespace
}  // namespace redress::ctl
