// Runs the decision tables of another rule engine as route tables of playbooks.
//
//     tables [DIR]
//
// DIR holds zen_service_rules.json: graphs of that program, each a chain of decision tables and
// expressions, with cases and what it made of them. A table of which the first matching row decides
// becomes a playbook: what the table looks at comes as attributes of an issue, derived facts give
// it a type, and each row is a row of the route table. Which row decides is ours to say; the cells
// of that row, and expressions, are then computed by our expression language and given to the next
// node. Exit 1 when a case comes out otherwise.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "engine/cel/arena.h"
#include "engine/cel/planner.h"
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

// What a node sees: a text, number or truth value by its path, as "claim.damagePercentage".
using Scope = std::map<std::string, Value>;

// The instant at which the cases are run, in seconds since 1970: long after all that they tell of.
constexpr char kNow[] = "1750000000";

[[noreturn]] void Stop(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(2);
}

void Flatten(const Struct& object, const std::string& path, Scope& scope) {
  for (const auto& [name, value] : object.fields()) {
    const std::string inner = path.empty() ? name : absl::StrCat(path, ".", name);
    if (value.has_struct_value())
      Flatten(value.struct_value(), inner, scope);
    else
      scope[inner] = value;
  }
}

std::string TextOf(const Value& value) {
  if (value.kind_case() == Value::kNumberValue)
    return absl::StrFormat("%.17g", value.number_value());
  if (value.kind_case() == Value::kBoolValue) return value.bool_value() ? "true" : "false";
  return value.string_value();
}

// Expressions of the peer as ours, which name what they look at fact.f0, fact.f1 and so on.
class Translator {
 public:
  // All numbers are of one type there, and nothing is null; so are ours, and facts of no type.
  std::string Translate(std::string text) {
    RE2::GlobalReplace(&text, R"(len\(trim\((\w+) \?\? ''\)\))",
                       R"(double(size((\1 == null ? '' : \1).trim())))");
    RE2::GlobalReplace(&text, R"(([\w.]+) \?\? ('[^']*'|\d+))", R"((\1 == null ? \2 : \1))");
    RE2::GlobalReplace(&text, R"(type\((\w+)\) != 'number')", R"(type(\1) != double)");
    RE2::GlobalReplace(&text, R"(date\('now'\))", kNow);
    static const RE2 token(
        R"(('[^']*'|\.[a-z]+\(|(?:type|size|double)\(|[A-Za-z_$][\w.]*|[0-9.]+|[\s\S]))");
    re2::StringPiece rest(text);
    std::string translated, word;
    while (RE2::Consume(&rest, token, &word)) absl::StrAppend(&translated, Word(word));
    return translated;
  }

  // A cell about one field: alternatives, each a value or a bound. A comma is an "or" there, also
  // between two bounds.
  std::string TranslateCell(const std::string& field, const std::string& cell) {
    if (field.empty()) return Translate(cell);
    const std::string fact = Word(field);
    std::vector<std::string> alternatives;
    for (const absl::string_view part : absl::StrSplit(cell, ',')) {
      const std::string test = Translate(std::string(absl::StripAsciiWhitespace(part)));
      const bool is_bound = absl::StartsWith(test, "<") || absl::StartsWith(test, ">");
      alternatives.push_back(absl::StrCat(fact, is_bound ? " " : " == ", test));
    }
    return absl::StrCat("(", absl::StrJoin(alternatives, " || "), ")");
  }

  // Paths by the names of their facts.
  const std::map<std::string, std::string>& paths() const { return paths_; }

 private:
  std::string Word(const std::string& word) {
    if (word == "and") return "&&";
    if (word == "or") return "||";
    if (word == "true" || word == "false" || word == "null" || word == "double") return word;
    if (RE2::FullMatch(word, R"(\d+)")) return word + ".0";
    if (!RE2::FullMatch(word, R"([A-Za-z_$][\w.]*)")) return word;
    const std::string path(absl::StripPrefix(word, "$."));
    for (const auto& [name, known] : paths_)
      if (known == path) return "fact." + name;
    const std::string name = absl::StrCat("f", paths_.size());
    paths_[name] = path;
    return "fact." + name;
  }

  std::map<std::string, std::string> paths_;
};

// A fact of the type that the value has. `value` may be null: there is none.
std::string FactOf(const std::string& path, const Value* value) {
  if (value == nullptr) return "dyn(null)";
  const std::string text = absl::StrCat("issue.attributes.filter(a, a.name == \"", path,
                                        "\")[0].value");
  if (value->kind_case() == Value::kNumberValue) return absl::StrCat("dyn(double(", text, "))");
  if (value->kind_case() == Value::kBoolValue) return absl::StrCat("dyn(", text, " == \"true\")");
  return absl::StrCat("dyn(", text, ")");
}

std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "''"}}), "'");
}

// The table as a playbook whose route rows are called row0, row1 and so on.
std::string SourceOf(const Struct& table, const Scope& scope) {
  Translator translator;
  const auto& rules = table.fields().at("rules").list_value().values();
  std::string route = "route:\n";
  bool has_rest = false;
  for (int i = 0; i < rules.size(); ++i) {
    std::vector<std::string> tests;
    for (const Value& input : table.fields().at("inputs").list_value().values()) {
      const std::string cell = Text(rules[i].struct_value(), Text(input.struct_value(), "id"));
      if (cell.empty()) continue;
      tests.push_back(translator.TranslateCell(Text(input.struct_value(), "field"), cell));
    }
    has_rest = tests.empty();
    const std::string when =
        has_rest ? "" : absl::StrCat("when: ", Quoted(absl::StrJoin(tests, " && ")), ", ");
    absl::StrAppend(&route, "- {id: row", i, ", ", when,
                    "to: {level: RELAY, department: desk}}\n");
  }
  if (!has_rest) absl::StrAppend(&route, "- {id: none, to: {level: RELAY, department: desk}}\n");
  std::string source = "playbook: peer\ndepartments:\n  desk: {title: Desk, head: lead}\n";
  if (!translator.paths().empty()) absl::StrAppend(&source, "facts:\n");
  for (const auto& [name, path] : translator.paths()) {
    const auto value = scope.find(path);
    const std::string fact = FactOf(path, value == scope.end() ? nullptr : &value->second);
    absl::StrAppend(&source, "  ", name, ": ", Quoted(fact), "\n");
  }
  return source + route;
}

// The number of the row that decides; -1: none.
int RowOf(const Struct& table, const Scope& scope) {
  const std::string source = SourceOf(table, scope);
  const engine::PlaybookCompilation compilation = engine::CompilePlaybook(source);
  if (compilation.playbook == nullptr) {
    for (const engine::Finding& finding : compilation.findings)
      std::fprintf(stderr, "%s\n", engine::Render(finding).c_str());
    Stop(source);
  }
  v1::Issue issue;
  for (const auto& [path, value] : scope) {
    v1::Attribute& attribute = *issue.add_attributes();
    attribute.set_name(path);
    attribute.set_value(TextOf(value));
  }
  const v1::CustomerFacts customer = engine::CustomerFactsOf(issue.customer(), 0);
  const v1::Decision decision = engine::Route(
      compilation.playbook->rules(), {issue, engine::NewTicketFacts(issue, customer), customer});
  int row = -1;
  RE2::FullMatch(decision.route_rule(), R"(row(\d+))", &row);
  return row;
}

cel::Value CelValueOf(const Value& value) {
  if (value.kind_case() == Value::kNumberValue) return cel::Value::Double(value.number_value());
  if (value.kind_case() == Value::kBoolValue) return cel::Value::Bool(value.bool_value());
  return cel::Value::String(value.string_value());
}

Value Compute(const std::string& expression, const Scope& scope) {
  Translator translator;
  const std::string text = translator.Translate(expression);
  cel::Environment environment;
  AddStringsExtension(environment);
  for (const auto& [name, path] : translator.paths())
    environment.AddVariable("fact." + name, cel::Type::Dyn());
  cel::Outcome<cel::Program> program = cel::Compile(text, environment);
  if (!program.ok()) Stop(absl::StrCat(text, ": ", program.issues().front().message));
  cel::Activation activation(environment);
  for (const auto& [name, path] : translator.paths()) {
    const auto value = scope.find(path);
    activation.Set(environment.FindVariable("fact." + name)->slot,
                   value == scope.end() ? cel::Value::Null() : CelValueOf(value->second));
  }
  cel::Arena arena;
  const cel::Value result = program.value().Run(activation, arena);
  Value value;
  if (result.Is(cel::Kind::kBool))
    value.set_bool_value(result.AsBool());
  else if (result.Is(cel::Kind::kDouble))
    value.set_number_value(result.AsDouble());
  else if (result.Is(cel::Kind::kString))
    value.set_string_value(std::string(result.AsString()));
  else
    Stop(absl::StrCat(text, " gives ", cel::ToString(result)));
  return value;
}

// What a node adds to the scope.
Scope OutputsOf(const Struct& node, Scope scope) {
  const Struct& content = node.fields().at("content").struct_value();
  Scope outputs;
  const auto add = [&](const std::string& path, const std::string& expression) {
    if (!expression.empty()) outputs[path] = scope[path] = Compute(expression, scope);
  };
  if (Text(node, "type") == "expressionNode") {
    for (const Value& expression : content.fields().at("expressions").list_value().values())
      add(Text(expression.struct_value(), "key"), Text(expression.struct_value(), "value"));
    return outputs;
  }
  if (Text(content, "hitPolicy") != "first") Stop("a table whose first row does not decide");
  const int row = RowOf(content, scope);
  if (row < 0) return outputs;
  const Struct& rule = content.fields().at("rules").list_value().values(row).struct_value();
  for (const Value& output : content.fields().at("outputs").list_value().values())
    add(Text(output.struct_value(), "field"), Text(rule, Text(output.struct_value(), "id")));
  return outputs;
}

// The nodes after the input, in the order in which the edges lead through them.
std::vector<Struct> ChainOf(const Struct& graph) {
  std::map<std::string, Struct> nodes;
  std::string at;
  for (const Value& node : graph.fields().at("nodes").list_value().values()) {
    nodes[Text(node.struct_value(), "id")] = node.struct_value();
    if (Text(node.struct_value(), "type") == "inputNode") at = Text(node.struct_value(), "id");
  }
  std::map<std::string, std::string> next;
  for (const Value& edge : graph.fields().at("edges").list_value().values())
    next[Text(edge.struct_value(), "sourceId")] = Text(edge.struct_value(), "targetId");
  std::vector<Struct> chain;
  for (auto edge = next.find(at); edge != next.end(); edge = next.find(edge->second))
    chain.push_back(nodes.at(edge->second));
  return chain;
}

// Prints what differs; whether nothing does.
bool IsAsExpected(const std::string& name, const Scope& expected, const Scope& got) {
  const auto text_of = [](const Scope& scope, const std::string& path) {
    const auto value = scope.find(path);
    return value == scope.end() ? "nothing" : value->second.ShortDebugString();
  };
  Scope all = expected;
  all.insert(got.begin(), got.end());
  bool is_same = true;
  for (const auto& [path, value] : all) {
    if (text_of(expected, path) == text_of(got, path)) continue;
    is_same = false;
    std::printf("DIFFERS %s: %s should be %s, got %s\n", name.c_str(), path.c_str(),
                text_of(expected, path).c_str(), text_of(got, path).c_str());
  }
  return is_same;
}

struct Totals {
  int cases = 0;
  int same = 0;
  int tables = 0;
};

void RunGraph(const Struct& row, Totals& totals) {
  const Struct& graph = row.fields().at("graph").struct_value();
  const std::vector<Struct> chain = ChainOf(graph);
  for (const Value& test : graph.fields().at("tests").list_value().values()) {
    Scope scope, expected;
    Flatten(test.struct_value().fields().at("input").struct_value(), "", scope);
    Flatten(test.struct_value().fields().at("output").struct_value(), "", expected);
    for (const Struct& node : chain) {
      Scope outputs = OutputsOf(node, scope);
      const auto& content = node.fields().at("content").struct_value().fields();
      if (!content.at("passThrough").bool_value()) scope.clear();
      for (auto& [path, value] : outputs) scope[path] = std::move(value);
      totals.tables += Text(node, "type") == "decisionTableNode" ? 1 : 0;
    }
    ++totals.cases;
    totals.same += IsAsExpected(Text(row, "name"), expected, scope) ? 1 : 0;
  }
}

int Main(int argc, char** argv) {
  const std::string folder = FolderOrSkip(argc, argv, "peer-routing");
  const std::string json = absl::StrJoin(ReadLines(folder + "/zen_service_rules.json"), "\n");
  google::protobuf::ListValue graphs;
  if (!google::protobuf::util::JsonStringToMessage(json, &graphs).ok())
    Stop("zen_service_rules.json is no JSON");
  Totals totals;
  for (const Value& graph : graphs.values()) RunGraph(graph.struct_value(), totals);
  const bool is_well = totals.same == totals.cases && totals.cases > 0;
  std::printf("%d cases through %d decision tables, %d the same  %s\n", totals.cases,
              totals.tables, totals.same, is_well ? "ok" : "DIFFERS");
  return is_well ? 0 : 1;
}

}  // namespace
}  // namespace redress::real

int main(int argc, char** argv) { return redress::real::Main(argc, argv); }
