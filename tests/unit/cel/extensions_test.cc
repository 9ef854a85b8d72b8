#include <gtest/gtest.h>

#include "tests/unit/cel/evaluate.h"

namespace redress::cel {
namespace {

class ExtensionsTest : public ::testing::Test {
 protected:
  ExtensionsTest() {
    AddStringsExtension(environment_);
    AddMathExtension(environment_);
    AddBindingsExtension(environment_);
    AddEncodersExtension(environment_);
    AddOptionalsExtension(environment_);
    AddTwoVariableComprehensions(environment_);
  }

  std::string Run(const std::string& text) { return Evaluate(text, environment_); }

  Environment environment_;
};

TEST_F(ExtensionsTest, CutsTextByCodePoints) {
  EXPECT_EQ("'度b'", Run("'a度b'.substring(1)"));
  EXPECT_EQ("2", Run("'a度b'.indexOf('b')"));
  EXPECT_EQ("'b度a'", Run("'a度b'.reverse()"));
  EXPECT_EQ("error(index out of range: 4)", Run("'a度b'.charAt(4)"));
}

TEST_F(ExtensionsTest, SplitsJoinsAndReplaces) {
  EXPECT_EQ("['a', 'b', '']", Run("'a,b,'.split(',')"));
  EXPECT_EQ("['a', 'b,c']", Run("'a,b,c'.split(',', 2)"));
  EXPECT_EQ("['a', '度']", Run("'a度'.split('')"));
  EXPECT_EQ("[]", Run("''.split('')"));
  EXPECT_EQ("'a-b'", Run("['a', 'b'].join('-')"));
  EXPECT_EQ("'-a-b-'", Run("'ab'.replace('', '-')"));
  EXPECT_EQ("'xbxb'", Run("'abab'.replace('a', 'x')"));
}

TEST_F(ExtensionsTest, FormatsNumbersInEveryBase) {
  EXPECT_EQ("'-101 -7 1f 2.50'", Run("'%b %o %x %.2f'.format([-5, -7, 31, 2.5])"));
  EXPECT_EQ(
      "issues:\n"
      "1:1: unknown clause %q\n"
      " | '%q'.format([1])\n"
      " | ^",
      Run("'%q'.format([1])"));
}

TEST_F(ExtensionsTest, BindsAName) { EXPECT_EQ("9", Run("cel.bind(x, 1 + 2, x * x)")); }

TEST_F(ExtensionsTest, ChainsOptionals) {
  EXPECT_EQ("'none'", Run("{'a': 'b'}.?c.orValue('none')"));
  EXPECT_EQ("optional.of(2)", Run("optional.of(1).optMap(x, x + 1)"));
  EXPECT_EQ("1", Run("optional.of(1).orValue(1 / 0)"));
  EXPECT_EQ("optional.of(2)", Run("[1, 2].last()"));
  EXPECT_EQ("optional.none()", Run("[].first()"));
  EXPECT_EQ("[1]", Run("[?optional.of(1), ?optional.none()]"));
  EXPECT_EQ("optional.of(3)",
            Run("optional.of(1).optMap(x, optional.of(2).optMap(y, x + y).value())"));
}

TEST_F(ExtensionsTest, RefusesNullAmongOptionals) {
  EXPECT_EQ("[1]", Run("optional.unwrap([optional.of(1), optional.none()])"));
  EXPECT_EQ("error(no such overload)", Run("optional.unwrap([optional.of(1), null])"));
}

TEST_F(ExtensionsTest, ComprehendsPairs) {
  EXPECT_EQ("{'a': 2}", Run("{'a': 1, 'b': 0}.transformMap(k, v, v > 0, v + 1)"));
  EXPECT_EQ("['0a', '1b']", Run("['a', 'b'].transformList(i, v, string(i) + v)"));
  EXPECT_EQ("error(the key 'x' comes twice)", Run("[1, 2].transformMapEntry(i, v, {'x': v})"));
}

TEST_F(ExtensionsTest, FindsExtremesAmongMixedNumbers) {
  EXPECT_EQ("2.5", Run("math.greatest(1, 2.5, 2u)"));
  EXPECT_EQ("1", Run("math.least([1, 2])"));
  EXPECT_EQ("error(an empty list has no greatest or least element)", Run("math.greatest([])"));
}

TEST_F(ExtensionsTest, RefusesDamagedBase64) {
  EXPECT_EQ("b'hello'", Run("base64.decode('aGVsbG8')"));
  EXPECT_EQ("error(the text is not base64)", Run("base64.decode('*')"));
}

}  // namespace
}  // namespace redress::cel
