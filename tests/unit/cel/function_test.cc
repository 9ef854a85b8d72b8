#include "engine/cel/function.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/unit/cel/evaluate.h"

namespace redress::cel {
namespace {

std::string Read(absl::string_view signature) {
  const Overload overload = ReadSignature({"id", signature, nullptr});
  std::string text = overload.is_method ? "method " : "function ";
  text += overload.function + ":";
  for (const Type& type : overload.parameters) text += " " + type.ToString();
  return text + " -> " + overload.result.ToString();
}

TEST(ReadSignature, TellsMethodsFunctionsAndNamespacesApart) {
  EXPECT_EQ("method charAt: string int -> string", Read("string.charAt(int) -> string"));
  EXPECT_EQ("method join: list(string) -> string", Read("list(string).join() -> string"));
  EXPECT_EQ("function math.abs: int -> int", Read("math.abs(int) -> int"));
  EXPECT_EQ("function int: double -> int", Read("int(double) -> int"));
  EXPECT_EQ("function _[_]: map(A, B) A -> B", Read("_[_](map(A, B), A) -> B"));
  EXPECT_EQ("method value: optional_type(A) -> A", Read("optional_type(A).value() -> A"));
}

// A host's own function over its own state, as playbooks need it.
TEST(HostFunction, ReadsTheHostsState) {
  Environment environment;
  environment.AddFunctions({{"string_mentions", "string.mentions(list(string)) -> bool",
                             [](CallContext&, absl::Span<const Value> a) {
                               for (const Value& phrase : a[1].AsList()) {
                                 if (absl::StrContains(a[0].AsString(), phrase.AsString())) {
                                   return Value::Bool(true);
                                 }
                               }
                               return Value::Bool(false);
                             }},
                            {"level", "level() -> int",
                             [](CallContext& context, absl::Span<const Value>) {
                               return Value::Int(*static_cast<const int*>(context.host()));
                             },
                             Folding::kAtRunTime}});
  const int level = 2;
  Activation activation(environment);
  activation.set_host(&level);
  EXPECT_EQ("true", Evaluate("'charged twice'.mentions(['twice', 'double']) && level() == 2",
                             environment, activation));
  EXPECT_EQ(
      "issues:\n"
      "1:13: no method mentions(list(int)) exists for string\n"
      " | 'a'.mentions([1])\n"
      " | ............^",
      Evaluate("'a'.mentions([1])", environment));
}

// A function may rely on its signature: a wrong element is an error value, never a crash.
TEST(HostFunction, GetsOnlyListsWhoseElementsFitItsSignature) {
  Environment environment;
  AddStringsExtension(environment);
  EXPECT_EQ("'ab'", Evaluate("[dyn('a'), dyn('b')].join()", environment));
  EXPECT_EQ("error(no such overload)", Evaluate("[dyn('a'), dyn(1)].join()", environment));
  EXPECT_EQ("error(no such overload)", Evaluate("dyn([1]).join()", environment));
}

TEST(HostFunction, PreparesItselfForConstantArguments) {
  Environment environment;
  environment.AddFunctions(
      {{"scaled", "scaled(int, int) -> int",
        [](CallContext&, absl::Span<const Value>) { return Value::Int(-1); }, Folding::kAtRunTime,
        [](absl::Span<const Value* const> constants) -> Prepared {
          if (constants[1] == nullptr) return {};
          const int64_t factor = constants[1]->AsInt();
          if (factor == 0) return {nullptr, "a factor of zero is useless", 1};
          return {[factor](CallContext&, absl::Span<const Value> a) {
                    return Value::Int(a[0].AsInt() * factor);
                  },
                  ""};
        }}});
  EXPECT_EQ("10", Evaluate("scaled(5, 2)", environment));
  EXPECT_EQ("-1", Evaluate("scaled(5, [2].map(x, x)[0])", environment));
  EXPECT_EQ(
      "issues:\n"
      "1:11: a factor of zero is useless\n"
      " | scaled(5, 0)\n"
      " | ..........^",
      Evaluate("scaled(5, 0)", environment));
}

}  // namespace
}  // namespace redress::cel
