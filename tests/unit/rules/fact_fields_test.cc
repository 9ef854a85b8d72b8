#include "engine/rules/fact_fields.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "engine/rules/vocabulary.h"
#include "tests/support/field_readers.h"

namespace redress::engine {
namespace {

using google::protobuf::FieldDescriptor;

TEST(FactFields, GiveWhatReflectionGives) {
  test::ExpectToReadAsReflection(FactFieldReaders());
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
