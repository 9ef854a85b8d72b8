// Routes the cases of another router by playbooks made of its own routing trees.
//
//     peers [DIR]
//
// DIR holds alertmanager_routes.json: routing trees as that program's YAML, with sets of labels and
// the receivers that it found for them. Each tree becomes a playbook of rows below rows: a receiver
// is a department, group_wait is the promise of a first answer, labels are attributes. There, a
// route with `continue` lets several receivers match; here one department is accountable, so the
// first is expected and the difference is listed. Exit 1 when a case goes elsewhere.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "engine/playbook/playbook.h"
#include "engine/rules/route.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "re2/re2.h"
#include "tests/real/rows.h"

namespace redress::real {
namespace {

namespace v1 = redress::v1;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr char kDefaultWait[] = "30s";  // of the peer, where a tree sets none

struct Matcher {
  std::string label;
  std::string sign;  // =, !=, =~ or !~
  std::string value;
};

std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", absl::CEscape(text), "\"");
}

// A label that is absent counts as empty, as the peer has it.
std::string ConditionOf(const Matcher& matcher) {
  const bool is_pattern = absl::EndsWith(matcher.sign, "~");
  const bool is_negated = absl::StartsWith(matcher.sign, "!");
  const std::string pattern = absl::StrCat("^(?:", matcher.value, ")$");
  const std::string test = is_pattern ? absl::StrCat("a.value.matches(", Quoted(pattern), ")")
                                      : absl::StrCat("a.value == ", Quoted(matcher.value));
  const std::string named = absl::StrCat("a.name == ", Quoted(matcher.label));
  std::string holds = absl::StrCat("issue.attributes.exists(a, ", named, " && ", test, ")");
  const bool takes_empty = is_pattern ? RE2::PartialMatch("", pattern) : matcher.value.empty();
  if (takes_empty) {
    holds = absl::StrCat("(", holds, " || !issue.attributes.exists(a, ", named, "))");
  }
  return is_negated ? absl::StrCat("!", holds) : holds;
}

// {owner="team-A"}, or owner=~"team-(B|C)" without braces.
Matcher ParseMatcher(absl::string_view text) {
  text = absl::StripSuffix(absl::StripPrefix(text, "{"), "}");
  static const RE2 form("^\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*(=~|!~|!=|=)\\s*\"?(.*?)\"?\\s*$");
  Matcher matcher;
  if (!RE2::FullMatch(std::string(text), form, &matcher.label, &matcher.sign, &matcher.value)) {
    std::fprintf(stderr, "no matcher: %s\n", std::string(text).c_str());
    std::exit(2);
  }
  return matcher;
}

std::string ConditionOf(const YAML::Node& route) {
  std::vector<std::string> parts;
  for (const auto& pair : route["match"]) {
    parts.push_back(
        ConditionOf({pair.first.as<std::string>(), "=", pair.second.as<std::string>()}));
  }
  for (const auto& pair : route["match_re"]) {
    parts.push_back(
        ConditionOf({pair.first.as<std::string>(), "=~", pair.second.as<std::string>()}));
  }
  for (const auto& matcher : route["matchers"]) {
    parts.push_back(ConditionOf(ParseMatcher(matcher.as<std::string>())));
  }
  return absl::StrJoin(parts, " && ");
}

// The rows of a tree as the YAML of a playbook.
class TreeWriter {
 public:
  std::string Write(const YAML::Node& root) {
    std::string route = "route:\n";
    for (const auto& child : root["routes"]) WriteRow(child, 1, route);
    Department(root["receiver"].as<std::string>());
    absl::StrAppend(&route, "  - id: rest\n    to: {level: RELAY, department: ",
                    root["receiver"].as<std::string>(), ", first_answer: ", kDefaultWait, "}\n");
    std::string source = "playbook: peer\ndepartments:\n";
    for (const std::string& department : departments_) {
      absl::StrAppend(&source, "  ", department, ": {title: Receiver, head: lead}\n");
    }
    return absl::StrCat(source, route);
  }

  void set_root_receiver(std::string receiver) { root_receiver_ = std::move(receiver); }

 private:
  void Department(const std::string& name) {
    if (std::find(departments_.begin(), departments_.end(), name) == departments_.end()) {
      departments_.push_back(name);
    }
  }

  void WriteRow(const YAML::Node& route, int depth, std::string& text) {
    const std::string margin(static_cast<size_t>(4 * depth - 2), ' ');
    absl::StrAppend(&text, margin, "- id: row", ++rows_, "\n", margin, "  when: '",
                    absl::StrReplaceAll(ConditionOf(route), {{"'", "''"}}), "'\n");
    std::vector<std::string> to;
    if (depth == 1) to = {"level: RELAY"};
    if (route["receiver"] || depth == 1) {
      const std::string receiver =
          route["receiver"] ? route["receiver"].as<std::string>() : root_receiver_;
      Department(receiver);
      to.push_back(absl::StrCat("department: ", receiver));
    }
    if (route["group_wait"] || depth == 1) {
      to.push_back(absl::StrCat("first_answer: ", route["group_wait"]
                                                      ? route["group_wait"].as<std::string>()
                                                      : kDefaultWait));
    }
    if (!to.empty()) absl::StrAppend(&text, margin, "  to: {", absl::StrJoin(to, ", "), "}\n");
    if (!route["routes"]) return;
    absl::StrAppend(&text, margin, "  route:\n");
    for (const auto& child : route["routes"]) WriteRow(child, depth + 1, text);
  }

  std::vector<std::string> departments_;
  std::string root_receiver_;
  int rows_ = 0;
};

// Seconds of "2 * time.Minute", or of the default.
int64_t SecondsOf(const std::string& wait) {
  int count = 0;
  std::string unit;
  if (!RE2::FullMatch(wait, "(\\d+) \\* time\\.(\\w+)", &count, &unit)) return 30;
  return count * (unit == "Minute" ? 60 : unit == "Hour" ? 3600 : 1);
}

v1::Issue IssueOf(const Struct& labels) {
  v1::Issue issue;
  issue.set_kind(v1::ISSUE_KIND_COMPLAINT);
  for (const auto& [name, value] : labels.fields()) {
    v1::Attribute& attribute = *issue.add_attributes();
    attribute.set_name(name);
    attribute.set_value(value.string_value());
  }
  return issue;
}

struct Totals {
  int cases = 0;
  int same = 0;
  int continued = 0;
};

void RunTest(const Struct& test, Totals& totals) {
  const YAML::Node root = YAML::Load(Text(test, "tree_yaml"));
  TreeWriter writer;
  writer.set_root_receiver(root["receiver"].as<std::string>());
  const std::string source = writer.Write(root);
  const engine::PlaybookCompilation compilation = engine::CompilePlaybook(source);
  for (const engine::Finding& finding : compilation.findings) {
    std::fprintf(stderr, "%s\n", engine::Render(finding).c_str());
  }
  if (compilation.playbook == nullptr) std::exit(2);
  for (const Value& row : test.fields().at("cases").list_value().values()) {
    const Struct& expected = row.struct_value();
    const v1::Issue issue = IssueOf(expected.fields().at("labels").struct_value());
    const v1::CustomerFacts customer = engine::CustomerFactsOf(issue.customer(), 0);
    const v1::Decision decision = engine::Route(
        compilation.playbook->rules(), {issue, engine::NewTicketFacts(issue, customer), customer});
    const auto& receivers = expected.fields().at("receivers").list_value();
    const auto& waits = expected.fields().at("group_wait").list_value();
    const bool is_same =
        decision.effects().department() == receivers.values(0).string_value() &&
        decision.effects().first_answer().seconds() == SecondsOf(waits.values(0).string_value());
    ++totals.cases;
    totals.same += is_same ? 1 : 0;
    if (!is_same) {
      std::printf("DIFFERS %s: %s expected, got %s\n", Text(test, "test").c_str(),
                  receivers.values(0).string_value().c_str(),
                  decision.effects().department().c_str());
    }
    if (receivers.values_size() > 1) {
      ++totals.continued;
      std::printf("%s: %d receivers there by 'continue'; one department is accountable here, %s\n",
                  Text(test, "test").c_str(), receivers.values_size(),
                  decision.effects().department().c_str());
    }
  }
}

int Main(int argc, char** argv) {
  const std::string folder = FolderOrSkip(argc, argv, "peer-routing");
  std::string json;
  for (const std::string& line : ReadLines(folder + "/alertmanager_routes.json")) {
    absl::StrAppend(&json, line, "\n");
  }
  google::protobuf::ListValue tests;
  if (!google::protobuf::util::JsonStringToMessage(json, &tests).ok()) return 2;
  Totals totals;
  for (const Value& test : tests.values()) RunTest(test.struct_value(), totals);
  const bool is_well = totals.same == totals.cases && totals.cases > 0;
  std::printf("%d cases, %d the same, %d of them with further receivers  %s\n", totals.cases,
              totals.same, totals.continued, is_well ? "ok" : "DIFFERS");
  return is_well ? 0 : 1;
}

}  // namespace
}  // namespace redress::real

int main(int argc, char** argv) { return redress::real::Main(argc, argv); }
