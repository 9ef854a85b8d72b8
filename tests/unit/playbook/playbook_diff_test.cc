#include "engine/playbook/playbook_diff.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

v1::Playbook WithRows(const std::vector<std::string>& ids) {
  v1::Playbook playbook;
  for (const std::string& id : ids) playbook.add_route()->set_id(id);
  return playbook;
}

std::string Shown(const v1::Playbook& older, const v1::Playbook& newer) {
  std::string text;
  for (const PlaybookChange& change : DiffPlaybooks(older, newer)) {
    absl::StrAppend(&text, change.table, " ", change.id, " ", ChangeKindName(change.kind),
                    change.fields.empty() ? "" : ": ", absl::StrJoin(change.fields, ","), "\n");
  }
  return text;
}

TEST(DiffPlaybooks, SaysNothingOfTheSame) {
  EXPECT_EQ(Shown(WithRows({"a", "b"}), WithRows({"a", "b"})), "");
}

TEST(DiffPlaybooks, NamesWhatWasAddedAndRemoved) {
  EXPECT_EQ(Shown(WithRows({"a", "b"}), WithRows({"c", "b"})), "route c added\nroute a removed\n");
}

TEST(DiffPlaybooks, NamesTheFieldsThatChanged) {
  v1::Playbook older = WithRows({"a", "b"});
  v1::Playbook newer = older;
  newer.mutable_route(1)->set_when("true");
  newer.mutable_route(1)->mutable_resolution()->set_seconds(60);
  EXPECT_EQ(Shown(older, newer), "route b changed: when,resolution\n");
  v1::DerivedFact& fact = *older.add_facts();
  fact.set_name("f");
  fact.set_is("1");
  EXPECT_EQ(Shown(older, newer), "facts f removed\nroute b changed: when,resolution\n");
}

TEST(DiffPlaybooks, SaysOfAsFewRowsAsPossibleThatTheyMoved) {
  EXPECT_EQ(Shown(WithRows({"a", "b", "c", "d"}), WithRows({"d", "a", "b", "c"})),
            "route d moved\n");
  EXPECT_EQ(Shown(WithRows({"a", "b", "c"}), WithRows({"a", "c"})), "route b removed\n");
}

TEST(DiffPlaybooks, DoesNotMindTheOrderOfDepartments) {
  v1::Playbook older;
  older.add_departments()->set_id("x");
  older.add_departments()->set_id("y");
  v1::Playbook newer;
  newer.add_departments()->set_id("y");
  newer.add_departments()->set_id("x");
  EXPECT_EQ(Shown(older, newer), "");
}

TEST(DiffPlaybooks, NamesAPartThatIsNoTable) {
  v1::Playbook older;
  v1::Playbook newer;
  newer.mutable_hand_overs()->set_relay_raise_at(3);
  EXPECT_EQ(Shown(older, newer), "playbook hand_overs added\n");
  EXPECT_EQ(Shown(newer, older), "playbook hand_overs removed\n");
  older.mutable_hand_overs()->set_relay_raise_at(2);
  EXPECT_EQ(Shown(older, newer), "playbook hand_overs changed: relay_raise_at\n");
}

// A table that is new must not be forgotten here.
TEST(DiffPlaybooks, LooksAtEveryPartButTheNameAndTheExamples) {
  const v1::Playbook older;
  const google::protobuf::Descriptor& type = *v1::Playbook::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const google::protobuf::FieldDescriptor* part = type.field(i);
    if (part->name() == "name" || part->name() == "examples") continue;
    v1::Playbook newer;
    if (part->is_repeated()) newer.GetReflection()->AddMessage(&newer, part);
    else newer.GetReflection()->MutableMessage(&newer, part);
    EXPECT_NE(Shown(older, newer), "") << part->name();
  }
}

}  // namespace
}  // namespace redress::engine
