#include "engine/measure/measure_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <set>

#include "redress/v1/ticket.pb.h"
#include "tests/support/field_readers.h"

namespace redress::engine::test {
namespace {

namespace v1 = redress::v1;

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

TEST(MeasureFields, GiveWhatReflectionGives) {
  redress::test::ExpectToReadAsReflection(MeasureFields());
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
