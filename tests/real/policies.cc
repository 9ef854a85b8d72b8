// Runs the policies of another implementation of the expression language, by its own cases.
//
//     policies [DIR]
//
// DIR holds cel-go-policy: a folder for each policy with policy.yaml, config.yaml and tests.yaml. A
// policy is a tree of matches of which the first decides, with variables that rules below may hide.
// There, a rule below without condition that has no answer lets the next match try, and one with a
// condition does not; here a row above answers for the rows below it. So the walk is this
// program's, and what is compared is what conditions and outputs come to. What cannot be run is
// listed with the reason. Exit 1 when a case comes out otherwise.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/cel/arena.h"
#include "engine/cel/planner.h"
#include "tests/real/rows.h"

namespace redress::real {
namespace {

// What a rule sees: the inputs of a case, and the variables of the rules around it, by name.
using Scope = std::map<std::string, cel::Value>;

// Where its cases say that an address is.
cel::Value LocationCode(cel::CallContext& context, absl::Span<const cel::Value> arguments) {
  const absl::string_view address = arguments[0].AsString();
  if (address == "10.0.0.1") return context.NewString("us");
  if (address == "10.0.0.2") return context.NewString("de");
  return context.NewString("ir");
}

// Evaluates expressions of one case, and keeps what their values point to.
class Evaluator {
 public:
  cel::Value Run(const std::string& text, const Scope& scope) {
    auto environment = std::make_unique<cel::Environment>();
    AddStringsExtension(*environment);
    AddOptionalsExtension(*environment);
    environment->AddFunctions(
        {{"location_code", "locationCode(string) -> string", LocationCode}});
    for (const auto& [name, value] : scope) environment->AddVariable(name, cel::Type::Dyn());
    cel::Outcome<cel::Program> program = cel::Compile(text, *environment);
    // An input that a case does not give is a name that is not known; nothing comes of it.
    if (!program.ok()) return cel::Value();
    cel::Activation activation(*environment);
    for (const auto& [name, value] : scope)
      activation.Set(environment->FindVariable(name)->slot, value);
    environments_.push_back(std::move(environment));
    programs_.push_back(std::make_unique<cel::Program>(std::move(program).value()));
    return programs_.back()->Run(activation, arena_);
  }

 private:
  cel::Arena arena_;
  std::vector<std::unique_ptr<cel::Environment>> environments_;
  std::vector<std::unique_ptr<cel::Program>> programs_;
};

// A YAML value as an expression.
std::string LiteralOf(const YAML::Node& node) {
  std::vector<std::string> parts;
  if (node.IsSequence()) {
    for (const YAML::Node& element : node) parts.push_back(LiteralOf(element));
    return absl::StrCat("[", absl::StrJoin(parts, ", "), "]");
  }
  if (node.IsMap()) {
    for (const auto& entry : node)
      parts.push_back(absl::StrCat(LiteralOf(entry.first), ": ", LiteralOf(entry.second)));
    return absl::StrCat("{", absl::StrJoin(parts, ", "), "}");
  }
  const std::string text = node.as<std::string>();
  const bool is_quoted = node.Tag() == "!";
  bool is_truth = false;
  double number = 0;
  if (!is_quoted && (YAML::convert<bool>::decode(node, is_truth) ||
                     YAML::convert<double>::decode(node, number)))
    return text;
  return absl::StrCat("\"", absl::Utf8SafeCEscape(text), "\"");
}

cel::Value ValueOf(const YAML::Node& node, Evaluator& evaluator) {
  if (node["expr"]) return evaluator.Run(node["expr"].as<std::string>(), {});
  return evaluator.Run(LiteralOf(node["value"]), {});
}

// The answer of a rule; nothing: no match of it answers.
std::optional<cel::Value> Answer(const YAML::Node& rule, Scope scope, Evaluator& evaluator) {
  for (const YAML::Node& variable : rule["variables"])
    scope["variables." + variable["name"].as<std::string>()] =
        evaluator.Run(variable["expression"].as<std::string>(), scope);
  for (const YAML::Node& match : rule["match"]) {
    const bool has_condition = static_cast<bool>(match["condition"]);
    if (has_condition &&
        !evaluator.Run(match["condition"].as<std::string>(), scope).IsTrue())
      continue;
    if (match["output"]) return evaluator.Run(match["output"].as<std::string>(), scope);
    const std::optional<cel::Value> below = Answer(match["rule"], scope, evaluator);
    if (below || has_condition) return below;
  }
  return std::nullopt;
}

bool IsAsExpected(const std::optional<cel::Value>& answer, const cel::Value& expected) {
  if (!expected.Is(cel::Kind::kOptional)) return answer && cel::Equal(*answer, expected);
  const cel::Value* inside = expected.AsOptional();
  if (inside == nullptr || !answer) return inside == nullptr && !answer;
  return cel::Equal(*answer, *inside);
}

struct Totals {
  int cases = 0;
  int same = 0;
};

void RunCase(const std::string& policy, const YAML::Node& rule, const YAML::Node& test,
             Totals& totals) {
  Evaluator evaluator;
  Scope inputs;
  for (const auto& input : test["input"])
    inputs[input.first.as<std::string>()] = ValueOf(input.second, evaluator);
  const std::optional<cel::Value> answer = Answer(rule, inputs, evaluator);
  const cel::Value expected = ValueOf(test["output"], evaluator);
  ++totals.cases;
  if (IsAsExpected(answer, expected)) {
    ++totals.same;
    return;
  }
  std::printf("DIFFERS %s %s: %s expected, got %s\n", policy.c_str(),
              test["name"].as<std::string>().c_str(), cel::ToString(expected).c_str(),
              answer ? cel::ToString(*answer).c_str() : "no match");
}

// Why a policy is not run; empty: it is.
std::string LeftOut(const std::string& folder) {
  if (!std::filesystem::exists(folder + "/tests.yaml"))
    return "it has no cases; it shows what that compiler refuses";
  const YAML::Node policy = YAML::LoadFile(folder + "/policy.yaml");
  if (!policy["rule"]) return "it is written in another form, without a tree of matches";
  const std::string config = YAML::Dump(YAML::LoadFile(folder + "/config.yaml"));
  if (config.find("TestAllTypes") != std::string::npos)
    return "it needs message types that are not part of this program";
  return "";
}

int Main(int argc, char** argv) {
  const std::string folder = FolderOrSkip(argc, argv, "peer-routing") + "/cel-go-policy";
  std::vector<std::string> policies;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    policies.push_back(entry.path().filename().string());
  std::sort(policies.begin(), policies.end());
  Totals totals;
  int left_out = 0;
  for (const std::string& policy : policies) {
    const std::string path = absl::StrCat(folder, "/", policy);
    if (const std::string reason = LeftOut(path); !reason.empty()) {
      std::printf("%s is not run: %s\n", policy.c_str(), reason.c_str());
      ++left_out;
      continue;
    }
    const YAML::Node rule = YAML::LoadFile(path + "/policy.yaml")["rule"];
    for (const YAML::Node& section : YAML::LoadFile(path + "/tests.yaml")["section"])
      for (const YAML::Node& test : section["tests"]) RunCase(policy, rule, test, totals);
  }
  const bool is_well = totals.same == totals.cases && totals.cases > 0;
  std::printf("%d cases, %d the same, %d policies left out  %s\n", totals.cases, totals.same,
              left_out, is_well ? "ok" : "DIFFERS");
  return is_well ? 0 : 1;
}

}  // namespace
}  // namespace redress::real

int main(int argc, char** argv) { return redress::real::Main(argc, argv); }
