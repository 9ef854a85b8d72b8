#include "tests/support/field_readers.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/cel/arena.h"
#include "engine/cel/protobuf_value.h"

namespace redress::test {
namespace {

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

}  // namespace

void ExpectToReadAsReflection(absl::Span<const cel::KnownField> fields) {
  for (const auto& [field, reader] : fields) {
    const std::unique_ptr<Message> message = NewMessage(*field);
    SCOPED_TRACE(field->full_name());
    EXPECT_EQ(cel::ToString(reader(*message)), ByReflection(*field, *message));
    if (field->is_repeated()) continue;
    Fill(*field, *message);
    EXPECT_EQ(cel::ToString(reader(*message)), ByReflection(*field, *message));
  }
}

}  // namespace redress::test
