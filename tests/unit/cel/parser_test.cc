#include "engine/cel/parser.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/cel/environment.h"

namespace redress::cel {
namespace {

std::string Text(const Ast& ast, ExprId id);

struct ToText {
  const Ast& ast;

  std::string operator()(const Literal& literal) const {
    if (const auto* text = std::get_if<std::string>(&literal)) return absl::StrCat("'", *text, "'");
    if (const auto* number = std::get_if<int64_t>(&literal)) return absl::StrCat(*number);
    if (const auto* number = std::get_if<double>(&literal)) return absl::StrCat(*number);
    if (const auto* flag = std::get_if<bool>(&literal)) return *flag ? "true" : "false";
    return "other";
  }
  std::string operator()(const Identifier& identifier) const { return identifier.name; }
  std::string operator()(const Select& select) const {
    return absl::StrCat(select.is_test ? "has " : "", Text(ast, select.operand), ".", select.field);
  }
  std::string operator()(const Call& call) const {
    std::string text = call.target == kNoExpr ? "" : absl::StrCat(Text(ast, call.target), " ");
    absl::StrAppend(&text, call.function);
    for (ExprId argument : call.arguments) absl::StrAppend(&text, " ", Text(ast, argument));
    return absl::StrCat("(", text, ")");
  }
  std::string operator()(const ListLiteral& list) const {
    std::string text;
    for (const auto& element : list.elements) absl::StrAppend(&text, " ", Text(ast, element.value));
    return absl::StrCat("[", text, " ]");
  }
  std::string operator()(const MapLiteral& map) const {
    std::string text;
    for (const auto& entry : map.entries) {
      absl::StrAppend(&text, " ", Text(ast, entry.key), ":", Text(ast, entry.value));
    }
    return absl::StrCat("{", text, " }");
  }
  std::string operator()(const MessageLiteral& message) const {
    std::string text = absl::StrCat(message.type_name, "{");
    for (const auto& field : message.fields) {
      absl::StrAppend(&text, " ", field.name, ":", Text(ast, field.value));
    }
    return absl::StrCat(text, " }");
  }
  std::string operator()(const Comprehension& fold) const {
    return absl::StrCat("(for ", fold.variable, fold.second_variable.empty() ? "" : ",",
                        fold.second_variable, " in ", Text(ast, fold.range), " while ",
                        Text(ast, fold.condition), " ", fold.accumulator, "=",
                        Text(ast, fold.initial), "; ", Text(ast, fold.step), " gives ",
                        Text(ast, fold.result), ")");
  }
};

std::string Text(const Ast& ast, ExprId id) { return std::visit(ToText{ast}, ast[id].node); }

std::string Parsed(const std::string& text) {
  const Environment environment;
  const Outcome<Ast> ast = Parse(text, environment.macros());
  return ast.ok() ? Text(ast.value(), ast.value().root()) : Render(ast.issues());
}

TEST(Parse, BindsOperatorsAsTheGrammarHasThem) {
  EXPECT_EQ("(_||_ (_==_ (_+_ 1 (_*_ 2 3)) 7) (_&&_ a (!_ b)))",
            Parsed("1 + 2 * 3 == 7 || a && !b"));
  EXPECT_EQ("(_-_ (_-_ 1 2) 3)", Parsed("1 - 2 - 3"));
  EXPECT_EQ("(_?_:_ a 1 (_?_:_ b 2 3))", Parsed("a ? 1 : b ? 2 : 3"));
  EXPECT_EQ("(@in 'x' [ 'x' ])", Parsed("'x' in ['x']"));
}

TEST(Parse, BalancesLongChains) {
  EXPECT_EQ("(_&&_ (_&&_ a b) (_&&_ c d))", Parsed("a && b && c && d"));
}

TEST(Parse, CancelsPairsOfSigns) {
  EXPECT_EQ("a", Parsed("!!a"));
  EXPECT_EQ("(-_ a)", Parsed("---a"));
  EXPECT_EQ("-9223372036854775808", Parsed("-9223372036854775808"));
}

TEST(Parse, ReadsSelectionsCallsAndLiterals) {
  EXPECT_EQ("(a.b f (_[_] c 0))", Parsed("a.b.f(c[0])"));
  EXPECT_EQ("{ 'k':1 }.k", Parsed("{'k': 1,}.k"));
  EXPECT_EQ("a.B{ c:1 }", Parsed("a.B{c: 1}"));
  EXPECT_EQ("a.in-box", Parsed("a.`in-box`"));
}

TEST(Parse, ExpandsMacros) {
  EXPECT_EQ("has a.b", Parsed("has(a.b)"));
  EXPECT_EQ(
      "(for x in l while (@not_strictly_false @result) @result=true; (_&&_ @result (_>_ x 1)) "
      "gives @result)",
      Parsed("l.all(x, x > 1)"));
  EXPECT_EQ(
      "(for x in l while true @result=[ ]; (_?_:_ p (_+_ @result [ x ]) @result) gives @result)",
      Parsed("l.filter(x, p)"));
}

TEST(Parse, SaysWhereAValueIsMissing) {
  EXPECT_EQ(
      "1:10: unexpected the end of the expression; a value is needed\n"
      " | a == 1 &&\n"
      " | .........^",
      Parsed("a == 1 &&"));
}

TEST(Parse, ReportsSeveralMistakesAtOnce) {
  EXPECT_EQ(
      "1:3: unexpected character '$'\n"
      " | a $ && (b ? ) + 'x\n"
      " | ..^\n"
      "1:13: unexpected ')'; a value is needed\n"
      " | a $ && (b ? ) + 'x\n"
      " | ............^\n"
      "1:17: this text has no closing '\n"
      " | a $ && (b ? ) + 'x\n"
      " | ................^",
      Parsed("a $ && (b ? ) + 'x"));
}

TEST(Parse, RefusesReservedWordsAsNamesButNotAsFields) {
  EXPECT_EQ(
      "1:1: the word 'while' is reserved\n"
      " | while\n"
      " | ^",
      Parsed("while"));
  EXPECT_EQ("a.while", Parsed("a.while"));
}

TEST(Parse, RefusesNumbersThatDoNotFit) {
  EXPECT_EQ(
      "1:5: this number does not fit an int of 64 bits\n"
      " | 1 + 9223372036854775808\n"
      " | ....^",
      Parsed("1 + 9223372036854775808"));
}

TEST(Parse, RefusesWhatMacrosCannotTake) {
  EXPECT_EQ(
      "1:5: has() takes a field selection, as in has(message.field)\n"
      " | has(a)\n"
      " | ....^",
      Parsed("has(a)"));
  EXPECT_EQ(
      "1:8: a plain name is needed here, for the element\n"
      " | l.all(a.b, true)\n"
      " | .......^",
      Parsed("l.all(a.b, true)"));
}

TEST(Parse, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ("1:4: the expression is not valid UTF-8 here", Parsed("'ab\xFF'").substr(0, 43));
}

TEST(Parse, ShowsTheLineOfAMistakeInLaterLines) {
  EXPECT_EQ(
      "2:5: unexpected ','; a value is needed\n"
      " |  || ,\n"
      " | ....^",
      Parsed("a\n || ,").substr(0, 60));
}

}  // namespace
}  // namespace redress::cel
