// The playbooks that operators begin with, and those in their handbook.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/playbook/playbook.h"

namespace redress::engine {
namespace {

// Examples that a worked playbook must have.
constexpr int kExamplesMin = 8;

std::string Contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void ExpectNoFindings(const std::string& name, const std::string& source) {
  for (const Finding& finding : CompilePlaybook(source).findings) {
    ADD_FAILURE() << name << ":" << Render(finding);
  }
}

TEST(WorkedPlaybooks, CompileAndHoldTheirExamples) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("deploy/playbooks")) {
    const std::string path = entry.path().string();
    const PlaybookCompilation compilation = CompilePlaybook(Contents(path));
    for (const Finding& finding : compilation.findings) {
      ADD_FAILURE() << path << ":" << Render(finding);
    }
    EXPECT_GE(compilation.examples, kExamplesMin) << path;
    ++count;
  }
  EXPECT_GE(count, 4);
}

// The YAML blocks of the handbook, without the margin of the fences.
std::vector<std::string> BlocksOf(const std::string& document) {
  std::vector<std::string> blocks;
  bool is_inside = false;
  for (const absl::string_view line : absl::StrSplit(document, '\n')) {
    if (line == "```yaml") {
      is_inside = true;
      blocks.emplace_back();
    } else if (line == "```") {
      is_inside = false;
    } else if (is_inside) {
      absl::StrAppend(&blocks.back(), line, "\n");
    }
  }
  return blocks;
}

// What a part of a playbook needs around it.
std::string Completed(const std::string& part) {
  if (absl::StartsWith(part, "playbook:")) return part;
  std::string source = "playbook: part\n";
  if (!absl::StrContains(part, "calendars:\n"))
    absl::StrAppend(&source, "calendars:\n  hq: {zone: UTC, week: {mon-fri: [09:00-17:00]}}\n");
  if (!absl::StrContains(part, "departments:\n")) {
    absl::StrAppend(&source, "departments:\n");
    for (const char* department : {"billing", "fraud", "service_desk", "key_accounts"})
      absl::StrAppend(&source, "  ", department, ": {title: Department, head: lead}\n");
  }
  absl::StrAppend(&source, part);
  if (!absl::StrContains(part, "route:\n")) {
    absl::StrAppend(&source,
                    "route:\n  - {id: rest, to: {level: RELAY, department: service_desk}}\n");
  }
  return source;
}

TEST(Handbook, ShowsOnlyPlaybooksThatCompile) {
  const std::vector<std::string> blocks = BlocksOf(Contents("docs/PLAYBOOK.md"));
  EXPECT_GE(blocks.size(), 4u);
  for (const std::string& block : blocks) ExpectNoFindings("docs/PLAYBOOK.md", Completed(block));
}

}  // namespace
}  // namespace redress::engine
