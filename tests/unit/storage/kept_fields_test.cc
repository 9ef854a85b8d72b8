#include "storage/kept_fields.h"

#include <gtest/gtest.h>

#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::storage {
namespace {

namespace v1 = redress::v1;

v1::Ticket SomeTicket() {
  v1::Ticket ticket;
  ticket.set_id(7);
  ticket.set_reference("K7M2-9QXD");
  ticket.set_department("billing");
  ticket.mutable_decision()->set_route_rule("vip");
  ticket.mutable_decision()->mutable_effects()->set_department("billing");
  ticket.mutable_create_time()->set_seconds(-5);
  return ticket;
}

TEST(KeepFields, KeepsThoseThatAreAskedFor) {
  const auto kept = KeepFields(SomeTicket().SerializeAsString(),
                               {v1::Ticket::kIdFieldNumber, v1::Ticket::kDecisionFieldNumber});
  ASSERT_TRUE(kept.has_value());
  v1::Ticket expected = SomeTicket();
  expected.clear_reference();
  expected.clear_department();
  expected.clear_create_time();
  EXPECT_EQ(*kept, expected.SerializeAsString());
}

TEST(KeepFields, OfNothingKeepsNothing) {
  EXPECT_EQ(KeepFields("", {1, 2}), "");
  EXPECT_EQ(KeepFields(SomeTicket().SerializeAsString(), {}), "");
}

TEST(KeepFields, RefusesWhatIsNoMessage) {
  const std::string bytes = SomeTicket().SerializeAsString();
  EXPECT_EQ(KeepFields(bytes.substr(0, bytes.size() - 1), {1}), std::nullopt);
  EXPECT_EQ(KeepFields("\xFF\xFF\xFF", {1}), std::nullopt);
  EXPECT_EQ(KeepFields(absl::string_view("\x00\x01", 2), {1}), std::nullopt);
}

TEST(FindField, GivesTheContent) {
  const std::string bytes = SomeTicket().SerializeAsString();
  EXPECT_EQ(FindField(bytes, v1::Ticket::kDepartmentFieldNumber), "billing");
  EXPECT_EQ(FindField(bytes, v1::Ticket::kDecisionFieldNumber),
            SomeTicket().decision().SerializeAsString());
  EXPECT_EQ(FindField(bytes, v1::Ticket::kCategoryFieldNumber), "");
  EXPECT_EQ(FindField(bytes, v1::Ticket::kIdFieldNumber), std::nullopt);  // a number
  EXPECT_EQ(FindField(bytes.substr(0, 5), v1::Ticket::kReferenceFieldNumber), std::nullopt);
}

TEST(FindEntry, GivesTheContentOfOneOfMany) {
  v1::Commit commit;
  commit.set_number(3);
  for (const char* event : {"first", "", "third"}) commit.add_events(event);
  const std::string bytes = commit.SerializeAsString();
  const auto event = [&](size_t index) {
    return FindEntry(bytes, v1::Commit::kEventsFieldNumber, index);
  };
  EXPECT_EQ(event(0), "first");
  EXPECT_EQ(event(1), "");
  EXPECT_EQ(event(2), "third");
  EXPECT_EQ(event(3), std::nullopt);
  EXPECT_EQ(FindEntry(bytes, v1::Commit::kNumberFieldNumber, 0), std::nullopt);  // a number
  EXPECT_EQ(FindEntry(bytes.substr(0, bytes.size() - 1), v1::Commit::kEventsFieldNumber, 0),
            std::nullopt);
}

}  // namespace
}  // namespace redress::storage
