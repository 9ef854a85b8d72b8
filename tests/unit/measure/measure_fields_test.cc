#include "engine/measure/measure_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/cel/arena.h"
#include "engine/cel/protobuf_value.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine::test {
namespace {

namespace v1 = redress::v1;

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::unique_ptr<Message> NewMessage(const FieldDescriptor& field) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()
                                      ->GetPrototype(field.containing_type())
                                      ->New());
}

// Sets the field to something that is not its default.
void Fill(const FieldDescriptor& field, Message& message) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, &field, absl::StrCat("the ", field.name()));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&message, &field, 2);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, true);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field, -7);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, &field, -8);
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.SetUInt32(&message, &field, 9);
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(&message, &field, 10);
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message& inner = *reflection.MutableMessage(&message, &field);
      return Fill(*inner.GetDescriptor()->field(0), inner);
    }
    default:
      FAIL() << field.full_name();
  }
}

std::string ByReflection(const FieldDescriptor& field, const Message& message) {
  cel::Arena arena;
  uint64_t steps = 1'000;
  cel::CallContext context(arena, steps, 0, nullptr);
  return cel::ToString(cel::ReadField(message, field, context));
}

TEST(MeasureFields, GiveWhatReflectionGives) {
  for (const auto& [field, reader] : MeasureFields()) {
    const std::unique_ptr<Message> message = NewMessage(*field);
    SCOPED_TRACE(field->full_name());
    EXPECT_EQ(cel::ToString(reader(*message)), ByReflection(*field, *message));
    if (field->is_repeated()) continue;
    Fill(*field, *message);
    EXPECT_EQ(cel::ToString(reader(*message)), ByReflection(*field, *message));
  }
}

TEST(MeasureFields, AreEachThereOnce) {
  std::set<const FieldDescriptor*> fields;
  for (const auto& [field, reader] : MeasureFields())
    EXPECT_TRUE(fields.insert(field).second) << field->full_name();
}

cel::Value ReadOf(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  for (const auto& [known, reader] : MeasureFields())
    if (known == field) return reader(message);
  ADD_FAILURE() << name;
  return cel::Value();
}

TEST(MeasureFields, LeaveToReflectionWhatOnlyItCanTell) {
  v1::Ticket ticket;
  ticket.mutable_create_time()->set_seconds(int64_t{1} << 50);
  EXPECT_EQ(ReadOf(ticket, "create_time").kind(), cel::Kind::kAbsent);
  ticket.add_clocks();
  EXPECT_EQ(ReadOf(ticket, "clocks").kind(), cel::Kind::kAbsent);
  v1::Promises promises;
  promises.mutable_resolution()->set_seconds(int64_t{1} << 50);
  EXPECT_EQ(ReadOf(promises, "resolution").kind(), cel::Kind::kAbsent);
}

}  // namespace
}  // namespace redress::engine::test
