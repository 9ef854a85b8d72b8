#include "engine/cel/value.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/cel/time_value.h"

namespace redress::cel {
namespace {

TEST(Equal, ComparesNumbersAcrossTypesAndNeverNan) {
  EXPECT_TRUE(Equal(Value::Int(1), Value::Double(1)));
  EXPECT_FALSE(Equal(Value::Int(-1), Value::Uint(UINT64_MAX)));
  EXPECT_FALSE(Equal(Value::Double(std::nan("")), Value::Double(std::nan(""))));
  EXPECT_FALSE(Equal(Value::String("1"), Value::Int(1)));
}

TEST(Equal, StopsWhenTheStepsAreUsedUp) {
  const Value ones[] = {Value::Int(1), Value::Int(1)};
  uint64_t steps = 2;
  EXPECT_FALSE(Equal(Value::List(ones), Value::List(ones), steps));
  EXPECT_EQ(0u, steps);
}

TEST(Compare, GivesNoOrderWhereThereIsNone) {
  EXPECT_EQ(std::nullopt, Compare(Value::Null(), Value::Null()));
  EXPECT_EQ(std::nullopt, Compare(Value::String("a"), Value::Int(1)));
  EXPECT_EQ(std::nullopt, Compare(Value::Double(std::nan("")), Value::Int(1)));
}

TEST(FindInMap, FindsANumberUnderAnyOfItsTypes) {
  const MapEntry entries[] = {{Value::Bool(true), Value::Int(0)},
                              {Value::Int(3), Value::Int(1)},
                              {Value::Uint(7), Value::Int(2)},
                              {Value::String("k"), Value::Int(3)}};
  EXPECT_EQ(1, FindInMap(entries, Value::Double(3))->AsInt());
  EXPECT_EQ(2, FindInMap(entries, Value::Int(7))->AsInt());
  EXPECT_EQ(nullptr, FindInMap(entries, Value::Double(3.5)));
  EXPECT_EQ(nullptr, FindInMap(entries, Value::Null()));
}

TEST(FormatDouble, ReadsBackAsTheSameNumber) {
  EXPECT_EQ("0.1", FormatDouble(0.1));
  EXPECT_EQ("-0.0045", FormatDouble(-4.5e-3));
  EXPECT_EQ("1e+100", FormatDouble(1e100));
  EXPECT_EQ("123456789012", FormatDouble(123456789012.0));
  EXPECT_EQ("NaN", FormatDouble(std::nan("")));
}

TEST(ParseDuration, ReadsUnitsAndRefusesTheRest) {
  EXPECT_EQ(5'400'000'000'000, ParseDuration("1h30m"));
  EXPECT_EQ(-1'500'000'000, ParseDuration("-1.5s"));
  EXPECT_EQ(INT64_MIN, ParseDuration("-9223372036854775808ns"));
  EXPECT_EQ(std::nullopt, ParseDuration("9223372036854775808ns"));
  EXPECT_EQ(std::nullopt, ParseDuration("5"));
  EXPECT_EQ(std::nullopt, ParseDuration(""));
  EXPECT_EQ(std::nullopt, ParseDuration("1d"));
}

TEST(Arena, RefusesWhatExceedsItsLimit) {
  Arena arena(100'000);
  EXPECT_NE(nullptr, arena.Allocate(50'000));
  EXPECT_NE(nullptr, arena.Allocate(40'000));
  EXPECT_EQ(nullptr, arena.Allocate(40'000));
  EXPECT_EQ(nullptr, arena.Allocate(SIZE_MAX));
  EXPECT_EQ(nullptr, arena.AllocateArray<Value>(SIZE_MAX / 2));
  arena.Reset();
  EXPECT_NE(nullptr, arena.Allocate(90'000));
}

}  // namespace
}  // namespace redress::cel
