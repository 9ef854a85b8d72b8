// Runs every story of this folder and compares what came of it with what the story says.
//
// A story that is new, or that is meant to change, is written by running this with
// REWRITE_SCENARIOS=1 in the environment; the difference is then read in review.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/scenarios/story.h"

namespace redress::test {
namespace {

constexpr char kFolder[] = "tests/scenarios";

std::vector<std::string> FindStories() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(kFolder))
    if (file.path().extension() == ".scenario") names.push_back(file.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

std::string Read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, ComesOutAsItSays) {
  const std::string path = std::string(kFolder) + "/" + GetParam() + ".scenario";
  const std::string told = Read(path);
  ASSERT_NE(told, "");
  const std::string happened = TellStory(told);
  if (std::getenv("REWRITE_SCENARIOS") != nullptr) std::ofstream(path) << happened;
  EXPECT_EQ(happened, told);
}

INSTANTIATE_TEST_SUITE_P(Story, Scenario, testing::ValuesIn(FindStories()),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace redress::test
