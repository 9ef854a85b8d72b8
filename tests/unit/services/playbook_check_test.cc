#include "services/playbook_check.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_replace.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

// The row "again" stands behind one that takes all that it would take.
std::string Source() {
  return absl::StrReplaceAll(
      ShopSource(), {{"  - id: rest\n",
                      "  - id: again\n    when: ticket.category == \"billing.double_charge\" && "
                      "issue.channel == \"phone\"\n    to: {level: RELAY, department: desk}\n"
                      "  - id: rest\n"}});
}

std::string CaseOf(Office& office, const engine::Actor& actor) {
  const services::LedgerView view(office.kv());
  const auto response =
      services::CheckSource(view.reader(), actor, Office::kTenant, Source());
  EXPECT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->findings_size(), 0);
  for (const v1::PlaybookWarning& warning : response->warnings())
    if (warning.kind() == v1::PLAYBOOK_WARNING_KIND_SHADOWED) return warning.ticket();
  return "no such warning";
}

TEST(CheckSource, NamesAStoredTicketThatShowsTheWarning) {
  Office office;
  EXPECT_EQ(CaseOf(office, Owner("olga")), "");
  office.Must(Submit(Complaint()));
  office.Must(Submit(ChargedTwice()));
  EXPECT_EQ(CaseOf(office, Owner("olga")), office.ReadTicket(2).reference());
}

TEST(CheckSource, NamesNoTicketOfADepartmentThatIsNotTheActors) {
  Office office;
  office.Must(Submit(ChargedTwice()));
  EXPECT_EQ(CaseOf(office, AgentOf("dora", "desk")), "");
}

TEST(CheckSource, GivesFaultsInsteadOfWarnings) {
  Office office;
  const services::LedgerView view(office.kv());
  const auto response =
      services::CheckSource(view.reader(), Owner("olga"), Office::kTenant, "playbook: x\n");
  ASSERT_TRUE(response.ok());
  EXPECT_GT(response->findings_size(), 0);
  EXPECT_EQ(response->warnings_size(), 0);
}

}  // namespace
}  // namespace redress::test
