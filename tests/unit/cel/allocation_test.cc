// A condition over scalars makes no heap allocation.
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "engine/cel/planner.h"
#include "engine/cel/program.h"

namespace {

int allocations = 0;

}  // namespace

void* operator new(size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace redress::cel {
namespace {

int AllocationsOf(const std::string& text, bool expected) {
  Environment environment;
  const Slot slot = environment.AddVariable(
      "f", Type::Message(google::protobuf::FieldDescriptorProto::descriptor()));
  google::protobuf::FieldDescriptorProto field;
  field.set_name("billing.double_charge_that_is_longer_than_a_short_string");
  field.set_number(7);
  field.mutable_options()->set_deprecated(true);
  const Outcome<Program> program = Compile(text, environment);
  EXPECT_TRUE(program.ok()) << Render(program.issues());
  Activation activation(environment);
  activation.Set(slot, Value::Message(field));
  Arena arena;
  const int before = allocations;
  const Value value = program.value().Run(activation, arena);
  const int made = allocations - before;
  EXPECT_EQ(expected, value.IsTrue()) << ToString(value);
  return made;
}

TEST(Run, AllocatesNothingForAConditionOverScalars) {
  EXPECT_EQ(0, AllocationsOf("f.name.startsWith('billing.') && f.number == 7", true));
  EXPECT_EQ(0, AllocationsOf("f.number in [1, 2, 3] || f.options.deprecated", true));
  EXPECT_EQ(0, AllocationsOf("has(f.extendee) || f.number > 10 || f.name == 'other'", false));
  EXPECT_EQ(0, AllocationsOf("f.name.contains('charge') ? f.number < 8 : false", true));
  EXPECT_EQ(0, AllocationsOf("['a', 'b'].exists(x, x == f.name)", false));
}

}  // namespace
}  // namespace redress::cel
