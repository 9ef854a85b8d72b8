// Issues that test how they are handled: their history differs from that of others in one mark.
#include <gtest/gtest.h>

#include "google/protobuf/util/message_differencer.h"
#include "tests/support/engine/desk.h"
#include "tests/support/engine/inspections.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

using google::protobuf::util::MessageDifferencer;

// Where two messages differ, as text.
std::string Difference(const google::protobuf::Message& one,
                       const google::protobuf::Message& other) {
  std::string report;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&report);
  differencer.Compare(one, other);
  return report;
}

TEST(DecideSubmitMysteryIssue, DiffersFromAPlainIssueInTheMarkAlone) {
  for (const v1::Issue& issue : {Complaint(), Burned(), Praise(), Question()}) {
    Desk plain, mystery;
    plain.Must(Agent("web"), Submit(issue));
    mystery.Must(Agent("ines"), SubmitMystery(issue, "web"));
    EXPECT_EQ(Difference(plain.ticket(), mystery.ticket()),
              "added: mystery: { submitter: \"ines\" }\n");
    ASSERT_EQ(plain.events().size(), mystery.events().size());
    EXPECT_EQ(Difference(plain.events()[0], mystery.events()[0]),
              "added: ticket_opened.mystery: { submitter: \"ines\" }\n");
    for (size_t i = 1; i < plain.events().size(); ++i)
      EXPECT_EQ(Difference(plain.events()[i], mystery.events()[i]), "");
  }
}

TEST(DecideSubmitMysteryIssue, RefusesWhatThePlaybookDoesNotKnow) {
  v1::Issue issue = Complaint();
  issue.set_category("no.such");
  EXPECT_EQ(Desk().Do(Agent("ines"), SubmitMystery(issue, "web")),
            "FIELD_INVALID: issue.category must be a category of the playbook's taxonomy");
}

}  // namespace
}  // namespace redress::test
