// Runs the policies of another implementation of the expression language, by its own cases.
//
//     policies [DIR]
//
// DIR holds cel-go-policy: a folder for each policy with policy.yaml, config.yaml and tests.yaml. A
// policy is a tree of matches of which the first decides, with variables that rules below may hide.
// There, a rule below without condition that has no answer lets the next match try, and one with a
// condition does not; here a row above answers for the rows below it. So the walk is this
// program's, and what is compared is what conditions and outputs come to. A policy of Kubernetes is
// a list of validations, which is a tree of one level: the first that does not hold gives its
// message. What cannot be run is listed with the reason. Exit 1 when a case comes out otherwise.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
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
#include "base/check.h"
#include "engine/cel/arena.h"
#include "engine/cel/planner.h"
#include "tests/real/rows.h"

namespace redress::real {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;

// What a rule sees: the inputs of a case, and the variables of the rules around it, by name.
using Scope = std::map<std::string, cel::Value>;

// Where its cases say that an address is.
cel::Value LocationCode(cel::CallContext& context, absl::Span<const cel::Value> arguments) {
  const absl::string_view address = arguments[0].AsString();
  if (address == "10.0.0.1") return context.NewString("us");
  if (address == "10.0.0.2") return context.NewString("de");
  return context.NewString("ir");
}

constexpr char kPeerNamespace[] = "google.expr.proto3.test";

// The message of its cases, with the fields that they use.
class PeerTypes {
 public:
  PeerTypes() {
    FileDescriptorProto file;
    file.set_name("peer.proto");
    file.set_package(kPeerNamespace);
    file.set_syntax("proto3");
    AddEnum("ImportedGlobalEnum", {"IMPORT_FOO", "IMPORT_BAR"}, *file.add_enum_type());
    DescriptorProto& message = *file.add_message_type();
    message.set_name("TestAllTypes");
    AddEnum("NestedEnum", {"FOO", "BAR"}, *message.add_enum_type());
    AddField("single_int32", FieldDescriptorProto::TYPE_INT32, "", message);
    AddField("single_int64", FieldDescriptorProto::TYPE_INT64, "", message);
    AddField("standalone_enum", FieldDescriptorProto::TYPE_ENUM, "TestAllTypes.NestedEnum",
             message);
    AddField("imported_enums", FieldDescriptorProto::TYPE_ENUM, "ImportedGlobalEnum", message)
        .set_label(FieldDescriptorProto::LABEL_REPEATED);
    file_ = pool_.BuildFile(file);
    CHECK(file_ != nullptr);
  }

  void AddTo(cel::Environment& environment) {
    const auto* imported = file_->enum_type(0);
    environment.AddMessageType(file_->message_type(0));
    environment.AddEnum(imported, imported->full_name() + ".");
    environment.set_message_factory(&factory_);
  }

 private:
  static void AddEnum(const char* name, const std::vector<const char*>& values,
                      google::protobuf::EnumDescriptorProto& type) {
    type.set_name(name);
    for (int number = 0; number < static_cast<int>(values.size()); ++number) {
      auto& value = *type.add_value();
      value.set_name(values[static_cast<size_t>(number)]);
      value.set_number(number);
    }
  }

  static FieldDescriptorProto& AddField(const char* name, FieldDescriptorProto::Type type,
                                        const std::string& type_name, DescriptorProto& message) {
    FieldDescriptorProto& field = *message.add_field();
    field.set_name(name);
    field.set_number(message.field_size());
    field.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
    field.set_type(type);
    if (!type_name.empty()) field.set_type_name(absl::StrCat(".", kPeerNamespace, ".", type_name));
    return field;
  }

  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_{&pool_};
  const google::protobuf::FileDescriptor* file_;
};

// Evaluates expressions of one case, and keeps what their values point to.
class Evaluator {
 public:
  // Names of types are found in `container`.
  explicit Evaluator(std::string container) : container_(std::move(container)) {}

  void set_container(std::string container) { container_ = std::move(container); }

  cel::Value Run(const std::string& text, const Scope& scope) {
    auto environment = std::make_unique<cel::Environment>();
    environment->set_container(container_);
    types_.AddTo(*environment);
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
  std::string container_;
  PeerTypes types_;
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

struct Policy {
  std::string name;
  YAML::Node rule;
  std::string container;  // where names of types are looked for
  std::string imported;   // the same for what the policy imports; empty: nothing
};

// Validations of Kubernetes as a rule: each gives its message when it does not hold.
YAML::Node RuleOfValidations(const YAML::Node& spec) {
  YAML::Node rule;
  rule["variables"] = spec["variables"];
  for (const YAML::Node& validation : spec["validations"]) {
    YAML::Node match;
    match["condition"] = absl::StrCat("!(", validation["expression"].as<std::string>(), ")");
    match["output"] = validation["messageExpression"];
    rule["match"].push_back(match);
  }
  return rule;
}

// Imports give short names to types that stand together. The innermost of the places where they
// stand finds all of them.
std::string PlaceOfImports(const YAML::Node& policy) {
  std::string place;
  for (const YAML::Node& import : policy["imports"]) {
    const std::string name(absl::StripAsciiWhitespace(import["name"].as<std::string>()));
    const std::string parent = name.substr(0, name.rfind('.'));
    if (parent.size() > place.size()) place = parent;
  }
  return place;
}

Policy ReadPolicy(const std::string& folder, const std::string& name) {
  const YAML::Node config = YAML::LoadFile(folder + "/config.yaml");
  const YAML::Node policy = YAML::LoadFile(folder + "/policy.yaml");
  return {name, policy["rule"] ? policy["rule"] : RuleOfValidations(policy["spec"]),
          config["container"] ? config["container"].as<std::string>() : "",
          PlaceOfImports(policy)};
}

struct Totals {
  int cases = 0;
  int same = 0;
};

void RunCase(const Policy& policy, const YAML::Node& test, Totals& totals) {
  Evaluator evaluator(policy.container);
  Scope inputs;
  for (const auto& input : test["input"])
    inputs[input.first.as<std::string>()] = ValueOf(input.second, evaluator);
  if (!policy.imported.empty()) evaluator.set_container(policy.imported);
  const std::optional<cel::Value> answer = Answer(policy.rule, inputs, evaluator);
  const cel::Value expected = ValueOf(test["output"], evaluator);
  ++totals.cases;
  if (IsAsExpected(answer, expected)) {
    ++totals.same;
    return;
  }
  std::printf("DIFFERS %s %s: %s expected, got %s\n", policy.name.c_str(),
              test["name"].as<std::string>().c_str(), cel::ToString(expected).c_str(),
              answer ? cel::ToString(*answer).c_str() : "no match");
}

// A policy that has no cases shows something else, which is checked elsewhere or cannot be here.
// Why it is not run; empty: it is.
std::string LeftOut(const std::string& folder, const std::string& name) {
  if (std::filesystem::exists(folder + "/tests.yaml")) return "";
  const std::map<std::string, std::string> reasons = {
      {"errors", "no cases: what that compiler refuses; ours is held against its own rows"},
      {"errors_unreachable", "no cases: matches behind one that always answers; playbook check "
                             "finds such rows"},
      {"nested_incompatible_outputs", "no cases: outputs of two types; a row here sets fields, "
                                      "which have one"},
      {"yaml_parsing", "no cases: how expressions over several lines are written in YAML"},
      {"yaml_parsing_cel_error", "no cases: where that compiler shows an error; ours shows it at "
                                 "its line of the playbook"},
  };
  const auto found = reasons.find(name);
  return found == reasons.end() ? "no cases, and nobody has looked at it" : found->second;
}

int Main(int argc, char** argv) {
  const std::string folder = FolderOrSkip(argc, argv, "peer-routing") + "/cel-go-policy";
  std::vector<std::string> policies;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    policies.push_back(entry.path().filename().string());
  std::sort(policies.begin(), policies.end());
  Totals totals;
  int left_out = 0;
  for (const std::string& name : policies) {
    const std::string path = absl::StrCat(folder, "/", name);
    if (const std::string reason = LeftOut(path, name); !reason.empty()) {
      std::printf("%s is not run: %s\n", name.c_str(), reason.c_str());
      ++left_out;
      continue;
    }
    const Policy policy = ReadPolicy(path, name);
    for (const YAML::Node& section : YAML::LoadFile(path + "/tests.yaml")["section"])
      for (const YAML::Node& test : section["tests"]) RunCase(policy, test, totals);
  }
  const bool is_well = totals.same == totals.cases && totals.cases > 0;
  std::printf("%d cases, %d the same, %d policies left out  %s\n", totals.cases, totals.same,
              left_out, is_well ? "ok" : "DIFFERS");
  return is_well ? 0 : 1;
}

}  // namespace
}  // namespace redress::real

int main(int argc, char** argv) { return redress::real::Main(argc, argv); }
