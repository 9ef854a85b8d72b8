// Logs with one row per case, and what else a row can tell beside its state.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tools/history/case_facts.h"
#include "tools/history/case_log.h"

namespace redress::history {
namespace {

constexpr char kMapping[] = R"(mapping: city
time_format: "%Y-%m-%dT%H:%M:%S"
case: id
time: opened
opened: opened
answered: answered
reopened: reopened
resolution_due: target
closed: closed
department: {value: streets}
note: remark
issue:
  channel: {value: phone}
  attributes:
    minutes: {column: hours, scale: 60}
    source: source
)";

// The facts of one row, a line each.
std::string Print(const std::string& row) {
  const auto mapping = ParseMapping(kMapping);
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  const auto log = ReadCaseLog(
      *mapping,
      absl::StrCat("id,opened,answered,reopened,target,closed,remark,hours,source\n", row));
  EXPECT_TRUE(log.ok()) << log.status();
  std::string text;
  for (const Refusal& refusal : log->refusals) absl::StrAppend(&text, refusal.reason, "\n");
  for (const Case& rows : log->cases) {
    for (const DatedFact& fact : FactsOf(*mapping, rows)) {
      const auto* field = fact.request.GetReflection()->GetOneofFieldDescriptor(
          fact.request, fact.request.GetDescriptor()->FindOneofByName("fact"));
      absl::StrAppend(&text, field->name(), " ", fact.request.time().seconds() % 86400 / 3600);
      for (const auto& attribute : fact.request.opened().issue().attributes())
        absl::StrAppend(&text, " ", attribute.name(), "=", attribute.value());
      if (fact.request.opened().has_resolution_due())
        absl::StrAppend(&text, " due ",
                        fact.request.opened().resolution_due().seconds() % 86400 / 3600);
      absl::StrAppend(&text, "\n");
    }
  }
  return text;
}

TEST(OneRow, IsClosedWhereItHasAnInstantOfClosing) {
  EXPECT_EQ(Print("1,2026-11-01T08:00:00,2026-11-01T09:00:00,,2026-11-01T12:00:00,"
                  "2026-11-01T10:00:00,well,1.25,web\n"),
            "opened 8 minutes=75 source=web due 12\nanswered 9\nclosed 10\nnoted 10\n");
}

TEST(OneRow, IsOpenWhereItHasNone) {
  EXPECT_EQ(Print("1,2026-11-01T08:00:00,,,,,,,\n"), "opened 8\n");
}

TEST(OneRow, IsClosedAtTheOpeningWhereTheLogClosesItBefore) {
  EXPECT_EQ(Print("1,2026-11-01T08:00:00,,,,2026-11-01T07:00:00,,,\n"), "opened 8\nclosed 8\n");
}

TEST(OneRow, WasDoneBeforeItWasOpenedAgain) {
  EXPECT_EQ(Print("1,2026-11-01T08:00:00,,2026-11-01T10:00:00,,2026-11-01T11:00:00,,,\n"),
            "opened 8\nresolved 10\nreopened 10\nclosed 11\n");
}

TEST(OneRow, IsRefusedWhereANumberIsNone) {
  EXPECT_EQ(Print("1,2026-11-01T08:00:00,,,,,,many,\n"), "hours: \"many\" is not a number\n");
}

}  // namespace
}  // namespace redress::history
