// The operators and functions of the language itself. Operators without a function are steps of
// their own in a program, see Op; their rows tell the checker what they take.
#include <re2/re2.h>

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/cel/environment.h"
#include "engine/cel/protobuf_value.h"
#include "engine/cel/text.h"

namespace redress::cel {
namespace {

using Arguments = absl::Span<const Value>;

constexpr size_t kPatternBytesMax = 4096;
constexpr int64_t kPatternMemoryMax = 1 << 20;

Value StringSize(CallContext&, Arguments a) {
  return Value::Int(static_cast<int64_t>(CodePointCount(a[0].AsString())));
}

Value Size(CallContext&, Arguments a) { return Value::Int(static_cast<int64_t>(a[0].size())); }

Value Contains(CallContext&, Arguments a) {
  return Value::Bool(Find(a[0].AsString(), a[1].AsString()) != absl::string_view::npos);
}

Value StartsWith(CallContext&, Arguments a) {
  return Value::Bool(absl::StartsWith(a[0].AsString(), a[1].AsString()));
}

Value EndsWith(CallContext&, Arguments a) {
  return Value::Bool(absl::EndsWith(a[0].AsString(), a[1].AsString()));
}

// Shared: a prepared function is copied with its program, and a pattern cannot be.
using Pattern = std::shared_ptr<const RE2>;

// The pattern, or nullptr and why.
Pattern CompilePattern(absl::string_view text, std::string& problem) {
  if (text.size() > kPatternBytesMax) {
    problem = absl::StrCat("the pattern is longer than ", kPatternBytesMax, " bytes");
    return nullptr;
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemoryMax);
  auto pattern = std::make_shared<const RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (pattern->ok()) return pattern;
  problem = absl::StrCat("the pattern is not valid: ", pattern->error());
  return nullptr;
}

bool IsMatch(const RE2& pattern, absl::string_view text) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

Value Matches(CallContext& context, Arguments a) {
  constexpr uint64_t kStepsPerPatternByte = 16;
  if (!context.Charge(kStepsPerPatternByte * a[1].size())) return context.OutOfSteps();
  std::string problem;
  const Pattern pattern = CompilePattern(a[1].AsString(), problem);
  if (pattern == nullptr) return context.Error(problem);
  return Value::Bool(IsMatch(*pattern, a[0].AsString()));
}

Prepared ForPattern(absl::Span<const Value* const> constants) {
  if (constants[1] == nullptr) return {};
  std::string problem;
  Pattern pattern = CompilePattern(constants[1]->AsString(), problem);
  if (pattern == nullptr) return {nullptr, problem, 1};
  return {[pattern = std::move(pattern)](CallContext&, Arguments a) {
            return Value::Bool(IsMatch(*pattern, a[0].AsString()));
          },
          ""};
}

void AddOperators(Environment& environment) {
  environment.AddFunctions({
      {"conditional", "_?_:_(bool, A, A) -> A", nullptr},
      {"logical_not", "!_(bool) -> bool", nullptr},
      {"not_strictly_false", "@not_strictly_false(bool) -> bool", nullptr},
      {"equals", "_==_(A, A) -> bool", nullptr},
      {"not_equals", "_!=_(A, A) -> bool", nullptr},
      {"in_list", "@in(A, list(A)) -> bool", nullptr},
      {"in_map", "@in(A, map(A, B)) -> bool", nullptr},
      {"index_list", "_[_](list(A), int) -> A", nullptr},
      {"index_map", "_[_](map(A, B), A) -> B", nullptr},
  });
}

struct Comparison {
  absl::string_view function;
  absl::string_view id;
};

constexpr Comparison kComparisons[] = {
    {operators::kLess, "less"},
    {operators::kLessOrEqual, "less_equals"},
    {operators::kGreater, "greater"},
    {operators::kGreaterOrEqual, "greater_equals"},
};

struct Ordered {
  absl::string_view type;
  absl::string_view id;
};

void AddComparisons(Environment& environment, absl::Span<const Ordered> lefts,
                    absl::Span<const Ordered> rights, bool mixed) {
  for (const Comparison& comparison : kComparisons) {
    for (const Ordered& left : lefts) {
      for (const Ordered& right : rights) {
        if ((left.id != right.id) != mixed) continue;
        const std::string id = mixed ? absl::StrCat(comparison.id, "_", left.id, "_", right.id)
                                     : absl::StrCat(comparison.id, "_", left.id);
        const std::string signature =
            absl::StrCat(comparison.function, "(", left.type, ", ", right.type, ") -> bool");
        environment.AddFunctions({{id, signature, nullptr}});
      }
    }
  }
}

constexpr Ordered kOrdered[] = {
    {"bool", "bool"},     {"int", "int64"},   {"uint", "uint64"},         {"double", "double"},
    {"string", "string"}, {"bytes", "bytes"}, {"timestamp", "timestamp"}, {"duration", "duration"},
};

constexpr Ordered kNumbers[] = {{"int", "int64"}, {"uint", "uint64"}, {"double", "double"}};

void AddTypeNames(Environment& environment) {
  const auto add = [&](absl::string_view name, Type type) {
    environment.AddConstant(std::string(name), Type::TypeOf(std::move(type)), Value::Type(name));
  };
  add("bool", Type::Bool());
  add("int", Type::Int());
  add("uint", Type::Uint());
  add("double", Type::Double());
  add("string", Type::String());
  add("bytes", Type::Bytes());
  add("null_type", Type::Null());
  add("list", Type::List(Type::Dyn()));
  add("map", Type::Map(Type::Dyn(), Type::Dyn()));
  add("type", Type(TypeKind::kType));
  add("google.protobuf.Timestamp", Type::Timestamp());
  add("google.protobuf.Duration", Type::Duration());
}

}  // namespace

void AddStandardLibrary(Environment& environment) {
  AddTypeNames(environment);
  AddWellKnownMessages(environment);
  AddOperators(environment);
  AddComparisons(environment, kOrdered, kOrdered, false);
  AddArithmetic(environment);
  AddConversions(environment);
  AddTimeFunctions(environment);
  environment.AddFunctions({
      {"size_string", "size(string) -> int", StringSize},
      {"size_bytes", "size(bytes) -> int", Size},
      {"size_list", "size(list(A)) -> int", Size},
      {"size_map", "size(map(A, B)) -> int", Size},
      {"string_size", "string.size() -> int", StringSize},
      {"bytes_size", "bytes.size() -> int", Size},
      {"list_size", "list(A).size() -> int", Size},
      {"map_size", "map(A, B).size() -> int", Size},
      {"contains_string", "string.contains(string) -> bool", Contains},
      {"starts_with_string", "string.startsWith(string) -> bool", StartsWith},
      {"ends_with_string", "string.endsWith(string) -> bool", EndsWith},
      {"matches", "matches(string, string) -> bool", Matches, Folding::kWhenConstant, ForPattern},
      {"matches_string", "string.matches(string) -> bool", Matches, Folding::kWhenConstant,
       ForPattern},
  });
}

void AddMixedNumberComparisons(Environment& environment) {
  AddComparisons(environment, kNumbers, kNumbers, true);
}

}  // namespace redress::cel
