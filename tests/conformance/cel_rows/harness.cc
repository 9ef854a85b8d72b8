#include "tests/conformance/cel_rows/harness.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/cel/checker.h"
#include "engine/cel/environment.h"
#include "engine/cel/parser.h"
#include "engine/cel/planner.h"
#include "engine/cel/program.h"
#include "tests/conformance/cel_rows/exceptions.h"
#include "tests/conformance/cel_rows/json.h"

namespace redress::conformance {
namespace {

using cel::CallContext;
using cel::Environment;
using cel::Issue;
using cel::Value;

// Rows over message types that are not part of this program.
bool NeedsForeignMessages(const Row& row) {
  for (const std::string& name : {"expr", "container", "typeEnv", "bindings", "value", "type"}) {
    const std::string text = Member(row.json, name).DebugString();
    for (const char* foreign : {"TestAllTypes", "cel.expr.conformance", "google.expr.proto"}) {
      if (absl::StrContains(text, foreign)) return true;
    }
  }
  return false;
}

// The files of one implementation's own cases: they expect the issues of an environment without
// extensions.
bool ExpectsIssues(const std::string& file) {
  return file == "parsing" || file == "checking" || file == "comprehension";
}

void AddExtensions(Environment& environment) {
  AddStringsExtension(environment);
  AddMathExtension(environment);
  AddBindingsExtension(environment);
  AddEncodersExtension(environment);
  AddOptionalsExtension(environment);
  AddTwoVariableComprehensions(environment);
}

void DeclareFunction(const Json& declaration, Environment& environment) {
  for (const Json& json :
       Member(Member(declaration, "function"), "overloads").list_value().values()) {
    cel::Overload overload;
    overload.id = Text(json, "overloadId");
    overload.function = Text(declaration, "name");
    overload.is_method = Flag(json, "isInstanceFunction");
    overload.is_generic = true;
    for (const Json& parameter : Member(json, "params").list_value().values()) {
      overload.parameters.push_back(TypeFromJson(parameter));
    }
    overload.result = TypeFromJson(Member(json, "resultType"));
    overload.folding = cel::Folding::kAtRunTime;
    environment.AddOverload(std::move(overload));
  }
}

// What the checker's cases take as declared.
void DeclareCommon(Environment& environment) {
  environment.AddVariable("is", cel::Type::String());
  environment.AddVariable("ii", cel::Type::Int());
  environment.AddVariable("iu", cel::Type::Uint());
  environment.AddVariable("iz", cel::Type::Bool());
  environment.AddVariable("ib", cel::Type::Bytes());
  environment.AddVariable("id", cel::Type::Double());
  environment.AddVariable("ix", cel::Type::Null());
  environment.AddFunctions({{"fg_s_0", "fg_s() -> string", nullptr},
                            {"fi_s_s_0", "string.fi_s_s() -> string", nullptr}});
}

void Declare(const Row& row, Environment& environment) {
  environment.set_container(Text(row.json, "container"));
  for (const Json& declaration : Member(row.json, "typeEnv").list_value().values()) {
    if (HasMember(declaration, "function")) {
      DeclareFunction(declaration, environment);
    } else {
      environment.AddVariable(Text(declaration, "name"),
                              TypeFromJson(Member(Member(declaration, "ident"), "type")));
    }
  }
}

using Places = std::set<std::pair<int, int>>;

Places PlacesOf(const std::vector<Issue>& issues) {
  Places places;
  for (const Issue& issue : issues) places.emplace(issue.position.line, issue.position.column);
  return places;
}

// "ERROR: <input>:1:5: words" gives (1, 5).
Places ExpectedPlaces(const Row& row) {
  Places places;
  for (absl::string_view line : absl::StrSplit(Text(row.json, "error"), '\n')) {
    if (!absl::StartsWith(line, "ERROR: ")) continue;
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits(':', 4));
    int at_line = 0;
    int at_column = 0;
    if (parts.size() == 5 && absl::SimpleAtoi(parts[2], &at_line) &&
        absl::SimpleAtoi(parts[3], &at_column)) {
      places.emplace(at_line, at_column);
    }
  }
  return places;
}

std::string ToText(const Places& places) {
  return absl::StrJoin(places, " ", [](std::string* out, const std::pair<int, int>& place) {
    absl::StrAppend(out, place.first, ":", place.second);
  });
}

std::string Mismatch(absl::string_view wanted, absl::string_view got) {
  return absl::StrCat("  wanted: ", wanted, "\n  got:    ", got);
}

// The type that the suite states, else the one that an implementation found.
std::string ExpectedType(const Row& row) {
  const Json& deduced = Member(Member(row.json, "typedResult"), "deducedType");
  if (HasMember(Member(row.json, "typedResult"), "deducedType")) {
    return TypeFromJson(deduced).ToString();
  }
  return Text(row.json, "type");
}

// Empty: as wanted. Else the difference.
std::string CheckIssues(const Row& row) {
  Environment environment;
  if (Text(row.json, "file") == "checking") DeclareCommon(environment);
  if (Text(row.json, "file") == "comprehension") {
    AddStringsExtension(environment);
    AddBindingsExtension(environment);
  }
  Declare(row, environment);
  cel::Outcome<cel::Ast> ast = cel::Parse(Text(row.json, "expr"), environment.macros());
  std::vector<Issue> issues = ast.issues();
  std::string type;
  if (ast.ok()) {
    cel::Outcome<cel::CheckedAst> checked = cel::Check(std::move(ast).value(), environment);
    issues = checked.issues();
    if (checked.ok()) type = checked.value().type().ToString();
  }
  const Places expected = ExpectedPlaces(row);
  if (PlacesOf(issues) != expected) {
    return Mismatch(absl::StrCat("issues at ", ToText(expected)), Render(issues));
  }
  const std::string expected_type = ExpectedType(row);
  if (!expected_type.empty() && type != expected_type) return Mismatch(expected_type, type);
  return "";
}

Value Expected(const Row& row, CallContext& context) {
  if (HasMember(row.json, "value")) return ValueFromJson(Member(row.json, "value"), context);
  if (HasMember(row.json, "typedResult")) {
    return ValueFromJson(Member(Member(row.json, "typedResult"), "result"), context);
  }
  return Value::Bool(true);
}

std::string CheckEvaluation(const Row& row) {
  Environment environment;
  AddExtensions(environment);
  Declare(row, environment);
  cel::Outcome<cel::Ast> ast = cel::Parse(Text(row.json, "expr"), environment.macros());
  if (!ast.ok()) return Mismatch("a value or an error", Render(ast.issues()));
  const auto strictness =
      Flag(row.json, "disableCheck") ? cel::Strictness::kTolerant : cel::Strictness::kStrict;
  cel::Outcome<cel::CheckedAst> checked =
      cel::Check(std::move(ast).value(), environment, strictness);
  if (!checked.ok()) return Mismatch("a value or an error", Render(checked.issues()));
  const std::string type = ExpectedType(row);
  if (!type.empty() && checked.value().type().ToString() != type) {
    return Mismatch(absl::StrCat("type ", type), checked.value().type().ToString());
  }
  if (Flag(row.json, "checkOnly")) return "";
  const bool wants_error = HasMember(row.json, "evalError");
  cel::Outcome<cel::Program> program = cel::Plan(checked.value(), environment);
  if (!program.ok()) return wants_error ? "" : Mismatch("a value", Render(program.issues()));

  cel::Arena arena;
  uint64_t steps = cel::kStepsMax;
  CallContext context(arena, steps, 0, nullptr);
  cel::Activation activation(environment);
  for (const auto& [name, binding] : Member(row.json, "bindings").struct_value().fields()) {
    const cel::Variable* variable = environment.FindVariable(name);
    if (variable == nullptr) continue;
    activation.Set(variable->slot, ValueFromJson(Member(binding, "value"), context));
  }
  const Value result = program.value().Run(activation, arena);
  if (wants_error) return result.IsError() ? "" : Mismatch("an error", Canonical(result));
  const std::string wanted = Canonical(Expected(row, context));
  const std::string got = Canonical(result);
  return wanted == got ? "" : Mismatch(wanted, got);
}

}  // namespace

Finding RunRow(const Row& row) {
  const std::string& file = Text(row.json, "file");
  if (file == "block_ext")
    return {Verdict::kOutOfScope, "cel.block is what an optimizer makes, no part of the language"};
  if (NeedsForeignMessages(row))
    return {Verdict::kOutOfScope, "the row needs message types of that suite, which are not here"};
  const std::string difference = ExpectsIssues(file) ? CheckIssues(row) : CheckEvaluation(row);
  if (difference.empty()) return {Verdict::kPassed, ""};
  const std::string reason = ListedReason(file, Text(row.json, "expr"));
  if (!reason.empty()) return {Verdict::kListed, reason};
  return {Verdict::kFailed,
          absl::StrCat(file, "/", Text(row.json, "section"), "/", Text(row.json, "name"), ": ",
                       Text(row.json, "expr"), "\n", difference)};
}

Report RunRows(const std::vector<Row>& rows) {
  Report report;
  for (const Row& row : rows) {
    Counts& counts = report.files[Text(row.json, "file")];
    Finding finding = RunRow(row);
    switch (finding.verdict) {
      case Verdict::kPassed:
        ++counts.passed;
        break;
      case Verdict::kListed:
        ++counts.listed;
        ++report.reasons[finding.what];
        break;
      case Verdict::kOutOfScope:
        ++counts.out_of_scope;
        ++report.out_of_scope[finding.what];
        break;
      case Verdict::kFailed:
        ++counts.failed;
        report.failures.push_back(std::move(finding.what));
    }
  }
  return report;
}

std::string Report::Table() const {
  std::string table = absl::StrFormat("%-18s %7s %7s %7s %13s\n", "file", "passed", "failed",
                                      "listed", "out of scope");
  Counts sum;
  const auto add_line = [&](absl::string_view name, const Counts& counts) {
    absl::StrAppendFormat(&table, "%-18s %7d %7d %7d %13d\n", name, counts.passed, counts.failed,
                          counts.listed, counts.out_of_scope);
  };
  for (const auto& [file, counts] : files) {
    add_line(file, counts);
    sum.passed += counts.passed;
    sum.failed += counts.failed;
    sum.listed += counts.listed;
    sum.out_of_scope += counts.out_of_scope;
  }
  add_line("sum", sum);
  for (const auto& [reason, rows] : reasons) {
    absl::StrAppendFormat(&table, "%d listed: %s\n", rows, reason);
  }
  for (const auto& [reason, rows] : out_of_scope) {
    absl::StrAppendFormat(&table, "%d out of scope: %s\n", rows, reason);
  }
  return table;
}

}  // namespace redress::conformance
