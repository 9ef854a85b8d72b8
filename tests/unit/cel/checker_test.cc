#include "engine/cel/checker.h"

#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "engine/cel/parser.h"

namespace redress::cel {
namespace {

using google::protobuf::FieldDescriptorProto;

class CheckTest : public ::testing::Test {
 protected:
  CheckTest() {
    environment_.AddVariable("field", Type::Message(FieldDescriptorProto::descriptor()));
    environment_.AddVariable("names", Type::List(Type::String()));
    environment_.AddVariable("anything", Type::Dyn());
    environment_.AddVariable("team.queue", Type::String());
    environment_.AddEnum(FieldDescriptorProto::Label_descriptor(), "");
  }

  // The type, or the issues.
  std::string Checked(const std::string& text) {
    Outcome<Ast> ast = Parse(text, environment_.macros());
    if (!ast.ok()) return Render(ast.issues());
    const Outcome<CheckedAst> checked = Check(std::move(ast).value(), environment_);
    return checked.ok() ? checked.value().type().ToString() : Render(checked.issues());
  }

  Environment environment_;
};

TEST_F(CheckTest, FindsTheTypesOfFieldsAndCalls) {
  EXPECT_EQ("string", Checked("field.name"));
  EXPECT_EQ("bool", Checked("field.name.startsWith('a') && field.label == LABEL_REPEATED"));
  EXPECT_EQ("int", Checked("field.number + 1"));
  EXPECT_EQ("list(int)", Checked("names.map(n, n.size())"));
  EXPECT_EQ("map(string, list(string))", Checked("{'a': names}"));
  EXPECT_EQ("list(dyn)", Checked("[1, 'a']"));
  EXPECT_EQ("dyn", Checked("anything.whatever[0]"));
  EXPECT_EQ("string", Checked("team.queue"));
}

TEST_F(CheckTest, SuggestsTheNameThatWasMeant) {
  EXPECT_EQ(
      "1:1: unknown name 'feild'; did you mean 'field'?\n"
      " | feild.name == ''\n"
      " | ^",
      Checked("feild.name == ''"));
  EXPECT_EQ(
      "1:6: google.protobuf.FieldDescriptorProto has no field 'nmae'; did you mean 'name'?\n"
      " | field.nmae == ''\n"
      " | .....^",
      Checked("field.nmae == ''"));
  EXPECT_EQ(
      "1:21: unknown function 'startWith'; did you mean 'startsWith'?\n"
      " | field.name.startWith('a')\n"
      " | ....................^",
      Checked("field.name.startWith('a')"));
  EXPECT_EQ(
      "1:16: unknown name 'LABEL_REPATED'; did you mean 'LABEL_REPEATED'?\n"
      " | field.label == LABEL_REPATED\n"
      " | ...............^",
      Checked("field.label == LABEL_REPATED"));
}

TEST_F(CheckTest, ReportsEveryMistake) {
  EXPECT_EQ(
      "1:12: '+' does not work on string and int\n"
      " | field.name + 1 == 'x' || names[true] || field.number\n"
      " | ...........^\n"
      "1:31: '[]' does not work on list(string) and bool\n"
      " | field.name + 1 == 'x' || names[true] || field.number\n"
      " | ..............................^\n"
      "1:46: a bool is needed here, and this is int\n"
      " | field.name + 1 == 'x' || names[true] || field.number\n"
      " | .............................................^",
      Checked("field.name + 1 == 'x' || names[true] || field.number"));
}

TEST_F(CheckTest, RefusesArgumentsThatFitNoOverload) {
  EXPECT_EQ(
      "1:22: no method startsWith(int) exists for string\n"
      " | field.name.startsWith(1)\n"
      " | .....................^",
      Checked("field.name.startsWith(1)"));
  EXPECT_EQ(
      "1:5: no function size(int) exists\n"
      " | size(1)\n"
      " | ....^",
      Checked("size(1)"));
}

TEST_F(CheckTest, RefusesARangeThatIsNoList) {
  EXPECT_EQ(
      "1:6: a list or a map is needed here, and this is string\n"
      " | field.name.all(x, true)\n"
      " | .....^",
      Checked("field.name.all(x, true)"));
}

TEST_F(CheckTest, RefusesMixedNumbersUnlessTheHostAllowsThem) {
  EXPECT_EQ("1:3: '<' does not work on int and double", Checked("1 < 2.5").substr(0, 40));
  AddMixedNumberComparisons(environment_);
  EXPECT_EQ("bool", Checked("1 < 2.5"));
}

TEST_F(CheckTest, LooksNamesUpInTheContainerFirst) {
  environment_.AddVariable("queue", Type::Int());
  EXPECT_EQ("int", Checked("queue"));
  environment_.set_container("team.backlog");
  EXPECT_EQ("string", Checked("queue"));
  EXPECT_EQ("int", Checked(".queue"));
}

TEST_F(CheckTest, HidesOtherNamesBehindThoseOfAComprehension) {
  EXPECT_EQ("list(string)", Checked("names.map(field, field)"));
}

TEST_F(CheckTest, NotesWhatNamesReferTo) {
  Outcome<Ast> ast = Parse("field.name == 'x'", environment_.macros());
  const Outcome<CheckedAst> checked = Check(std::move(ast).value(), environment_);
  ASSERT_TRUE(checked.ok());
  const CheckedAst& tree = checked.value();
  const auto* equality = tree.ast[tree.ast.root()].As<Call>();
  ASSERT_NE(nullptr, equality);
  EXPECT_EQ("_==_", equality->function);
  const auto* select = tree.ast[equality->arguments[0]].As<Select>();
  ASSERT_NE(nullptr, select);
  const auto* variable = std::get_if<VariableReference>(&tree.references[select->operand]);
  ASSERT_NE(nullptr, variable);
  EXPECT_EQ(0u, variable->slot);
  EXPECT_EQ("string", tree.types[equality->arguments[0]].ToString());
}

}  // namespace
}  // namespace redress::cel
