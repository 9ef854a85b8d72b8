// Comparisons of fields with constants are done in one step where there is a reader for the field,
// and conjunctions of them without a walk; what they come to must be what the walk comes to.
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <vector>

#include "absl/strings/str_join.h"
#include "tests/unit/cel/evaluate.h"

namespace redress::cel {
namespace {

using google::protobuf::FieldDescriptorProto;
using google::protobuf::Message;

Value ReadName(const Message& message) {
  return Value::String(static_cast<const FieldDescriptorProto&>(message).name());
}
Value ReadNumber(const Message& message) {
  return Value::Int(static_cast<const FieldDescriptorProto&>(message).number());
}

class Comparison : public ::testing::Test {
 protected:
  Comparison() {
    for (Environment* environment : {&read_, &walked_}) {
      for (const char* name : {"m", "n"})
        environment->AddVariable(name, Type::Message(FieldDescriptorProto::descriptor()));
    }
    const auto* fields = FieldDescriptorProto::descriptor();
    read_.AddFieldReader(fields->FindFieldByName("name"), &ReadName);
    read_.AddFieldReader(fields->FindFieldByName("number"), &ReadNumber);
  }

  // What an expression comes to over `m` and `n`, of which nullptr is not set.
  void ExpectSame(const std::string& text, const Message* m, const Message* n) {
    const auto result = [&](const Environment& environment) {
      Activation activation(environment);
      if (m != nullptr) activation.Set(0, Value::Message(*m));
      if (n != nullptr) activation.Set(1, Value::Message(*n));
      return Evaluate(text, environment, activation);
    };
    const std::string expected = result(walked_);
    EXPECT_EQ(expected, result(read_)) << text;
    ++seen_[expected];
  }

  Environment read_;    // by readers
  Environment walked_;  // by reflection
  std::map<std::string, int> seen_;
};

TEST_F(Comparison, ComesToTheSameWithAndWithoutReaders) {
  FieldDescriptorProto full;
  full.set_name("b");
  full.set_number(2);
  const FieldDescriptorProto empty;
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<Message> other(
      factory.GetPrototype(FieldDescriptorProto::descriptor())->New());
  ASSERT_TRUE(other->ParseFromString(full.SerializeAsString()));
  const std::vector<const Message*> messages = {nullptr, &full, &empty, other.get()};
  const std::vector<std::string> comparisons = {
      "m.name == 'b'", "m.name != 'b'", "n.name == ''",   "n.name != 'a'", "m.number == 2",
      "m.number != 2", "m.number < 2",  "n.number <= 2",  "n.number > 1",  "n.number >= 3",
      "m.number > -1", "n.name == 'b'", "n.number >= -5", "true",          "m.name == n.name"};
  std::mt19937 dice(7);
  for (int i = 0; i < 3'000; ++i) {
    std::vector<std::string> terms;
    for (size_t more = dice() % 4 + 1; more > 0; --more)
      terms.push_back(comparisons[dice() % comparisons.size()]);
    ExpectSame(absl::StrJoin(terms, " && "), messages[dice() % 4], messages[dice() % 4]);
  }
  EXPECT_EQ(seen_.size(), 3) << "true, false, and a variable without a value";
  for (const auto& [result, times] : seen_) EXPECT_GT(times, 100) << result;
}

}  // namespace
}  // namespace redress::cel
