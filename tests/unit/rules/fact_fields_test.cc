#include "engine/rules/fact_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/cel/arena.h"
#include "engine/cel/protobuf_value.h"
#include "engine/rules/vocabulary.h"

namespace redress::engine {
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
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field, 7);
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

TEST(FactFields, GiveWhatReflectionGives) {
  for (const auto& [field, reader] : FactFieldReaders()) {
    const std::unique_ptr<Message> message = NewMessage(*field);
    EXPECT_EQ(cel::ToString(reader(*message)), ByReflection(*field, *message)) << field->name();
    Fill(*field, *message);
    EXPECT_EQ(cel::ToString(reader(*message)), ByReflection(*field, *message)) << field->name();
  }
}

TEST(FactFields, AreFoundByTheirField) {
  for (const auto& [field, reader] : FactFieldReaders())
    EXPECT_EQ(FindFactFieldReader(field), reader);
  EXPECT_EQ(FindFactFieldReader(
                redress::v1::Issue::descriptor()->FindFieldByName("attributes")),
            nullptr);
}

// A scalar field that is added to the facts of a decision needs a row, or it is slow.
TEST(FactFields, HaveEveryScalarOfTheTicketAndTheCustomer) {
  for (const auto* facts :
       {redress::v1::TicketFacts::descriptor(), redress::v1::CustomerFacts::descriptor()}) {
    for (int i = 0; i < facts->field_count(); ++i) {
      const FieldDescriptor* field = facts->field(i);
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) continue;
      EXPECT_NE(FindFactFieldReader(field), nullptr) << field->full_name();
    }
  }
}

}  // namespace
}  // namespace redress::engine
