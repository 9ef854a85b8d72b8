#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/type.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "engine/cel/protobuf_value.h"
#include "tests/unit/cel/evaluate.h"

namespace redress::cel {
namespace {

using google::protobuf::FieldDescriptorProto;

class ProtobufTest : public ::testing::Test {
 protected:
  // The value of an expression in which `m` is a message.
  std::string Run(const google::protobuf::Message& message, const std::string& text) {
    Environment environment;
    AddOptionalsExtension(environment);
    environment.AddMessageType(FieldDescriptorProto::descriptor());
    const Slot slot = environment.AddVariable("m", Type::Message(message.GetDescriptor()));
    Activation activation(environment);
    Arena arena;
    uint64_t steps = kStepsMax;
    CallContext context(arena, steps, 0, nullptr);
    activation.Set(slot, FromMessage(message, context));
    return Evaluate(text, environment, activation);
  }
};

TEST_F(ProtobufTest, ReadsScalarsEnumsAndNestedMessages) {
  FieldDescriptorProto field;
  field.set_name("amount");
  field.set_number(7);
  field.set_label(FieldDescriptorProto::LABEL_REPEATED);
  field.mutable_options()->set_deprecated(true);
  EXPECT_EQ("'amount'", Run(field, "m.name"));
  EXPECT_EQ("7", Run(field, "m.number"));
  EXPECT_EQ("3", Run(field, "m.label"));
  EXPECT_EQ("true", Run(field, "m.options.deprecated"));
  EXPECT_EQ("false", Run(field, "m.options.packed"));
}

TEST_F(ProtobufTest, TellsSetFieldsFromDefaults) {
  FieldDescriptorProto field;
  field.set_name("");
  EXPECT_EQ("true", Run(field, "has(m.name)"));
  EXPECT_EQ("false", Run(field, "has(m.number)"));
  EXPECT_EQ("''", Run(field, "m.json_name"));
  EXPECT_EQ("optional.none()", Run(field, "m.?number"));
}

TEST_F(ProtobufTest, ReadsRepeatedFieldsAsLists) {
  google::protobuf::DescriptorProto message;
  message.add_field()->set_name("a");
  message.add_field()->set_name("b");
  message.add_reserved_name("old");
  EXPECT_EQ("['a', 'b']", Run(message, "m.field.map(f, f.name)"));
  EXPECT_EQ("true", Run(message, "'old' in m.reserved_name && m.field[1].name == 'b'"));
  EXPECT_EQ("true", Run(message, "has(m.field) && !has(m.enum_type)"));
}

TEST_F(ProtobufTest, ReadsWellKnownMessagesAsWhatTheyStandFor) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(86400);
  EXPECT_EQ("timestamp('1970-01-02T00:00:00Z')", Run(timestamp, "m"));
  google::protobuf::Duration duration;
  duration.set_seconds(-1);
  duration.set_nanos(-500'000'000);
  EXPECT_EQ("duration('-1.5s')", Run(duration, "m"));
  google::protobuf::Int32Value number;
  number.set_value(5);
  EXPECT_EQ("true", Run(number, "m == 5"));
  google::protobuf::Any any;
  any.PackFrom(number);
  EXPECT_EQ("5", Run(any, "m"));
}

TEST_F(ProtobufTest, ReadsStructsInTheOrderOfTheirKeys) {
  google::protobuf::Struct structure;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(
                  R"({"b": [1, null], "a": {"x": true}, "c": "t"})", &structure)
                  .ok());
  EXPECT_EQ("{'a': {'x': true}, 'b': [1, null], 'c': 't'}", Run(structure, "m"));
  EXPECT_EQ("true", Run(structure, "m.a.x && m['c'] == 't' && 'b' in m"));
}

TEST_F(ProtobufTest, ReportsAnAnyOfAnUnknownType) {
  google::protobuf::Any any;
  any.set_type_url("type.googleapis.com/nothing.Known");
  EXPECT_EQ("error(the type of an Any is unknown)", Run(any, "m"));
}

TEST_F(ProtobufTest, BuildsMessages) {
  FieldDescriptorProto field;
  field.set_name("a");
  field.set_number(1);
  EXPECT_EQ("true", Run(field, "m == google.protobuf.FieldDescriptorProto{name: 'a', number: 1}"));
  EXPECT_EQ("error(the value does not fit the field 'number')",
            Run(field, "google.protobuf.FieldDescriptorProto{number: 5000000000}"));
  EXPECT_EQ("{'a': [1, 'b']}", Run(field, "google.protobuf.Struct{fields: {'a': [1, 'b']}}"));
}

TEST_F(ProtobufTest, ComparesMessagesByContent) {
  FieldDescriptorProto field;
  field.set_name("a");
  EXPECT_EQ("true", Run(field, "m == m"));
  EXPECT_EQ("google.protobuf.FieldDescriptorProto", Run(field, "type(m)"));
}

}  // namespace
}  // namespace redress::cel
