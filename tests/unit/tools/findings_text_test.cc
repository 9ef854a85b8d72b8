// Findings and reads of personal data as text.
#include "tools/redressctl/findings_text.h"

#include <gtest/gtest.h>

namespace redress::ctl {
namespace {

TEST(FindingsText, ShowsCountsAmongWhatWasLookedAt) {
  v1::GetFindingsResponse response;
  response.set_from_day("2026-11-01");
  response.set_to_day("2026-12-01");
  response.set_commit(7);
  response.set_commit_hash("abcdefgh");
  v1::FindingCount& all = *response.add_counts();
  all.set_kind(v1::FINDING_KIND_PAUSED_NEAR_DUE);
  all.set_findings(3);
  all.set_looked_at(12);
  v1::FindingCount& billing = *response.add_counts();
  billing = all;
  billing.set_department("billing");
  billing.set_findings(1);
  v1::SameAnswers& same = *response.add_same_answers();
  same.set_answer_digest("\x5f\x0c");
  same.set_tickets(9);
  same.set_customers(8);
  same.set_handlers(1);
  EXPECT_EQ(FindingsText(response, false),
            "To look into, 2026-11-01 until 2026-12-01, commit 7 616263646566\n"
            "\n"
            "FINDING          DEPARTMENT  FOUND  OF  SHARE\n"
            "paused-near-due  all             3  12  25.0%\n"
            "paused-near-due  billing         1  12   8.3%\n"
            "\n"
            "ANSWER  TICKETS  CUSTOMERS  HANDLERS\n"
            "5f0c          9          8         1\n");
}

TEST(FindingText, ShowsWhatWasLeftOfThePromise) {
  v1::ListFindingsResponse response;
  v1::Finding& finding = *response.add_findings();
  finding.set_reference("K7M2-9QXD");
  finding.set_actor("anna");
  finding.set_department("billing");
  finding.mutable_time()->set_seconds(1'793'520'000);
  finding.set_left_seconds(3600);
  finding.set_promised_seconds(86'400);
  EXPECT_EQ(FindingText(response, false),
            "TICKET     TIME                  BY    DEPARTMENT  LEFT      REOPENED\n"
            "K7M2-9QXD  2026-11-01 08:00:00Z  anna  billing     1h of 1d  -\n");
}

TEST(ReadsText, ShowsWhoSawWhat) {
  v1::ListReadsResponse response;
  v1::RecordedRead& read = *response.add_reads();
  read.set_actor("mona");
  read.mutable_time()->set_seconds(1'793'520'000);
  read.mutable_read()->set_method("TicketService.GetTicket");
  read.mutable_read()->set_kind(v1::PERSONAL_DATA_KIND_WORDS);
  read.mutable_read()->add_ticket_ids(1);
  read.add_references("K7M2-9QXD");
  v1::RecordedRead& exported = *response.add_reads();
  exported.set_actor("mona");
  exported.mutable_time()->set_seconds(1'793'520'000);
  exported.mutable_read()->set_method("TrailService.ExportTrail");
  exported.mutable_read()->set_kind(v1::PERSONAL_DATA_KIND_EXPORT);
  exported.mutable_read()->set_first_commit(1);
  exported.mutable_read()->set_last_commit(40);
  EXPECT_EQ(ReadsText(response, false),
            "TIME                  BY    CALL                      SAW     WHAT             "
            "TICKETS\n"
            "2026-11-01 08:00:00Z  mona  TicketService.GetTicket   words   1 ticket         "
            "K7M2-9QXD\n"
            "2026-11-01 08:00:00Z  mona  TrailService.ExportTrail  export  commits 1 to 40\n");
}

}  // namespace
}  // namespace redress::ctl
