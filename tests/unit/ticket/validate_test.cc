// validate.cc: the shape of commands, with the text of every rule.
#include "engine/ticket/validate.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/engine/orders.h"

namespace redress::test {
namespace {

std::string Print(const std::vector<engine::FieldViolation>& violations) {
  return absl::StrJoin(violations, "\n",
                       [](std::string* out, const engine::FieldViolation& violation) {
                         absl::StrAppend(out, violation.field, " ", violation.rule);
                       });
}

// With a request id, so that only what the test is about is broken.
std::string Check(const v1::Command& command) {
  return Print(engine::Validate(With(command, "request_id", "r")));
}

std::string CheckIssue(const v1::Issue& issue) { return Print(engine::ValidateIssue(issue, "")); }

std::string Long(int chars) { return std::string(static_cast<size_t>(chars), 'x'); }

v1::Issue ScoreOf(v1::ScoreType type, int value) {
  v1::Issue issue = Complaint("");
  issue.set_kind(v1::ISSUE_KIND_SCORE);
  issue.mutable_score()->set_type(type);
  issue.mutable_score()->set_value(value);
  return issue;
}

TEST(Validate, FindsNothingInWellFormedCommands) {
  for (const v1::Command& command : {Submit(Complaint()),
                                     Submit(AlertOf("disk full")),
                                     Pull("desk"),
                                     Pull("desk", 0),
                                     Extend(1, absl::Minutes(1)),
                                     Return(),
                                     Accept(1),
                                     Answer(),
                                     Acknowledge(),
                                     Pause(v1::PAUSE_REASON_LEGAL),
                                     Resume(),
                                     Transfer("billing"),
                                     Escalate(),
                                     Deescalate(),
                                     TakeOffer(),
                                     DeclineOffer(),
                                     Resolve(),
                                     Close(v1::CLOSE_CAUSE_CONFIRMED),
                                     Reopen(v1::REOPEN_CAUSE_ERROR),
                                     Note(),
                                     Confirm(),
                                     Dispute(),
                                     Publish("playbook: x"),
                                     ToldOpened("09:00", Complaint()),
                                     ToldReassigned("09:00", "desk"),
                                     ToldLevel("09:00", v1::LEVEL_RELAY),
                                     ToldWaiting("09:00", v1::PAUSE_REASON_LEGAL),
                                     ToldResumed("09:00"),
                                     ToldAnswered("09:00"),
                                     ToldResolved("09:00"),
                                     ToldReopened("09:00"),
                                     ToldClosed("09:00")})
    EXPECT_EQ(Check(command), "") << command.ShortDebugString();
  EXPECT_TRUE(engine::Validate(Fire(absl::UnixEpoch())).empty());
}

TEST(Validate, DemandsAnOrder) { EXPECT_EQ(Print(engine::Validate({})), "order is required"); }

TEST(Validate, DemandsARequestIdAndATicketOfEveryOrder) {
  EXPECT_EQ(Print(engine::Validate(Submit(Complaint()))), "request_id is required");
  EXPECT_EQ(Check(With(Note(), "ticket", "")), "ticket is required");
  EXPECT_EQ(Print(engine::Validate(With(Note(), "request_id", Long(65)))),
            "request_id must have at most 64 characters, not 65");
  EXPECT_EQ(Check(With(Note(), "ticket", Long(65))),
            "ticket must have at most 64 characters, not 65");
  EXPECT_EQ(Check(With(Answer(), "etag", Long(65))),
            "etag must have at most 64 characters, not 65");
}

TEST(Validate, CountsCharactersNotBytes) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "扣";
  EXPECT_EQ(Check(With(Return(), "reason", text)), "");
  EXPECT_EQ(Check(With(Return(), "reason", text + "扣")),
            "reason must have at most 1000 characters, not 1001");
}

TEST(ValidateIssue, DemandsKindChannelAndWords) {
  EXPECT_EQ(CheckIssue({}),
            "kind is required\nchannel is required\n"
            "text is required unless the kind is SCORE or ALERT");
  v1::Command command;
  command.mutable_submit_issue();
  EXPECT_EQ(Check(command), "issue is required");
  EXPECT_EQ(Check(Submit(Complaint(""))),
            "issue.text is required unless the kind is SCORE or ALERT");
}

TEST(ValidateIssue, BoundsEveryText) {
  v1::Issue issue = Complaint(Long(16385));
  issue.set_channel(Long(65));
  issue.set_title(Long(201));
  issue.mutable_customer()->set_id(Long(129));
  issue.mutable_customer()->set_segment(Long(65));
  issue.mutable_customer()->set_value_tier(Long(65));
  issue.mutable_contact()->set_name(Long(201));
  issue.mutable_contact()->set_email(Long(255));
  issue.mutable_contact()->set_phone(Long(33));
  issue.set_touchpoint(Long(65));
  issue.set_category(Long(65));
  issue.set_language(Long(36));
  issue.set_key(Long(129));
  issue.set_product(Long(65));
  issue.set_follows(Long(65));
  EXPECT_EQ(CheckIssue(issue),
            "channel must have at most 64 characters, not 65\n"
            "text must have at most 16384 characters, not 16385\n"
            "title must have at most 200 characters, not 201\n"
            "customer.id must have at most 128 characters, not 129\n"
            "customer.segment must have at most 64 characters, not 65\n"
            "customer.value_tier must have at most 64 characters, not 65\n"
            "contact.name must have at most 200 characters, not 201\n"
            "contact.email must have at most 254 characters, not 255\n"
            "contact.phone must have at most 32 characters, not 33\n"
            "touchpoint must have at most 64 characters, not 65\n"
            "category must have at most 64 characters, not 65\n"
            "language must have at most 35 characters, not 36\n"
            "key must have at most 128 characters, not 129\n"
            "product must have at most 64 characters, not 65\n"
            "follows must have at most 64 characters, not 65");
}

TEST(ValidateIssue, KnowsItsEnums) {
  v1::Issue issue = Complaint();
  issue.set_kind(static_cast<v1::IssueKind>(99));
  issue.set_severity(static_cast<v1::Severity>(98));
  EXPECT_EQ(CheckIssue(issue), "kind has no value 99\nseverity has no value 98");
}

TEST(ValidateIssue, ChecksAttributes) {
  v1::Issue issue = Complaint();
  for (const char* name : {"colour", "colour", ""}) {
    v1::Attribute& attribute = *issue.add_attributes();
    attribute.set_name(name);
    attribute.set_value(Long(513));
  }
  EXPECT_EQ(CheckIssue(issue),
            "attributes.value must have at most 512 characters, not 513\n"
            "attributes.value must have at most 512 characters, not 513\n"
            "attributes names \"colour\" twice\n"
            "attributes.name is required\n"
            "attributes.value must have at most 512 characters, not 513");
  issue.clear_attributes();
  for (int i = 0; i < 33; ++i) issue.add_attributes()->set_name(absl::StrCat(i));
  EXPECT_EQ(CheckIssue(issue), "attributes must have at most 32 entries");
}

TEST(ValidateIssue, ChecksWhenItHappened) {
  v1::Issue issue = Complaint();
  issue.mutable_occurred_time()->set_seconds(253402300800);
  EXPECT_EQ(CheckIssue(issue), "occurred_time must be within years 1 to 9999");
}

TEST(ValidateIssue, TiesScoresAndAlertsToTheirKinds) {
  v1::Issue score = ScoreOf(v1::SCORE_TYPE_NPS, 5);
  EXPECT_EQ(CheckIssue(score), "");
  score.clear_score();
  EXPECT_EQ(CheckIssue(score), "score is required for kind SCORE");
  v1::Issue alert = AlertOf("disk full");
  alert.clear_alert();
  EXPECT_EQ(CheckIssue(alert), "alert is required for kind ALERT");
  v1::Issue both = Complaint();
  *both.mutable_score() = ScoreOf(v1::SCORE_TYPE_CES, 5).score();
  *both.mutable_alert() = AlertOf("disk full").alert();
  EXPECT_EQ(CheckIssue(both),
            "score is only allowed for kind SCORE\nalert is only allowed for kind ALERT");
}

TEST(ValidateIssue, KeepsScoresOnTheirScale) {
  EXPECT_EQ(CheckIssue(ScoreOf(v1::SCORE_TYPE_UNSPECIFIED, 5)), "score.type is required");
  EXPECT_EQ(CheckIssue(ScoreOf(v1::SCORE_TYPE_NPS, 0)), "");
  EXPECT_EQ(CheckIssue(ScoreOf(v1::SCORE_TYPE_NPS, 11)), "score.value must be 0 to 10, not 11");
  EXPECT_EQ(CheckIssue(ScoreOf(v1::SCORE_TYPE_CSAT, 0)), "score.value must be 1 to 5, not 0");
  EXPECT_EQ(CheckIssue(ScoreOf(v1::SCORE_TYPE_CES, 8)), "score.value must be 1 to 7, not 8");
  v1::Issue without = ScoreOf(v1::SCORE_TYPE_NPS, 0);
  without.mutable_score()->clear_value();
  EXPECT_EQ(CheckIssue(without), "score.value is required");
}

TEST(ValidateIssue, ChecksAlerts) {
  v1::Issue alert = AlertOf("", "");
  alert.mutable_alert()->clear_source();
  alert.mutable_alert()->mutable_labels(0)->clear_name();
  EXPECT_EQ(CheckIssue(alert),
            "alert.source is required\nalert.name is required\nalert.labels.name is required");
}

TEST(Validate, ChecksPulls) {
  v1::Command command = Pull("", 101);
  v1::PullTicketsRequest& pull = *command.mutable_pull_tickets();
  pull.set_level(static_cast<v1::Level>(9));
  pull.mutable_lease()->set_seconds(9);
  pull.mutable_wait()->set_seconds(61);
  EXPECT_EQ(Check(command),
            "department is required\nlevel has no value 9\nmax_tickets must be 0 to 100, not 101\n"
            "lease must be 10s to 24h\nwait must be 0 to 1m");
}

TEST(Validate, ChecksLeases) {
  EXPECT_EQ(Check(Accept(0)), "lease_token is required");
  EXPECT_EQ(Check(Extend(0, absl::Hours(25))), "lease_token is required\nlease must be 10s to 24h");
  v1::Command extend = Extend(1, absl::Hours(1));
  extend.mutable_extend_lease()->clear_lease();
  EXPECT_EQ(Check(extend), "lease is required");
  extend.mutable_extend_lease()->mutable_lease()->set_seconds(60);
  extend.mutable_extend_lease()->mutable_lease()->set_nanos(-1);
  EXPECT_EQ(Check(extend), "lease must be 10s to 24h");
}

TEST(Validate, ChecksWordsToTheCustomerAndToOthers) {
  EXPECT_EQ(Check(With(Answer(), "text", "")), "text is required");
  EXPECT_EQ(Check(With(Answer(), "text", Long(16385))),
            "text must have at most 16384 characters, not 16385");
  EXPECT_EQ(Check(With(Note(), "text", Long(4097))),
            "text must have at most 4096 characters, not 4097");
  EXPECT_EQ(Check(With(Return(), "reason", "")), "reason is required");
  EXPECT_EQ(Check(With(Reopen(v1::REOPEN_CAUSE_ERROR), "note", "")), "note is required");
  EXPECT_EQ(Check(Confirm(Long(1001))), "comment must have at most 1000 characters, not 1001");
  EXPECT_EQ(Check(With(Dispute(), "comment", "")), "comment is required");
}

TEST(Validate, ChecksPauses) {
  EXPECT_EQ(Check(With(Pause(v1::PAUSE_REASON_UNSPECIFIED, absl::Seconds(59)), "note", "")),
            "reason is required\nnote is required\ncap must be 1m to 2160h");
  EXPECT_EQ(Check(Pause(static_cast<v1::PauseReason>(9))), "reason has no value 9");
}

TEST(Validate, ChecksMoves) {
  v1::Command transfer = With(With(Transfer(""), "note", ""), "etag", "v1");
  transfer.mutable_transfer_ticket()->set_reason(v1::TRANSFER_REASON_IMPORTED);
  EXPECT_EQ(Check(transfer),
            "to_department is required\nnote is required\n"
            "reason must be WRONG_OWNER, NEXT_STEP or WORKLOAD");
  v1::Command escalate = With(Escalate(), "reason", "");
  escalate.mutable_escalate_ticket()->set_to_level(static_cast<v1::Level>(9));
  escalate.mutable_escalate_ticket()->set_to_department(Long(65));
  EXPECT_EQ(Check(escalate),
            "to_level has no value 9\nto_department must have at most 64 characters, not 65\n"
            "reason is required");
  EXPECT_EQ(Check(With(Deescalate(), "reason", "")), "reason is required");
}

TEST(Validate, ChecksHandOversAndAnswersToOffers) {
  v1::Command transfer = Transfer("billing");
  transfer.mutable_transfer_ticket()->set_owner(Long(65));
  transfer.mutable_transfer_ticket()->mutable_due_time()->set_nanos(-1);
  EXPECT_EQ(Check(transfer),
            "owner must have at most 64 characters, not 65\n"
            "due_time must be within years 1 to 9999");
  EXPECT_EQ(Check(With(DeclineOffer(), "note", "")), "note is required");
  EXPECT_EQ(Check(With(TakeOffer(), "note", Long(1001))),
            "note must have at most 1000 characters, not 1001");
}

TEST(Validate, ChecksResolutions) {
  v1::Command resolve = Resolve(0, v1::OUTCOME_UNSPECIFIED);
  v1::Resolution& resolution = *resolve.mutable_resolve_ticket()->mutable_resolution();
  resolution.clear_answer();
  resolution.set_root_cause(Long(4097));
  resolution.set_prevention(Long(4097));
  resolution.set_policy(Long(65));
  resolution.set_duplicate_of(Long(65));
  EXPECT_EQ(Check(resolve),
            "resolution.outcome is required\nresolution.answer is required\n"
            "resolution.root_cause must have at most 4096 characters, not 4097\n"
            "resolution.prevention must have at most 4096 characters, not 4097\n"
            "resolution.policy must have at most 64 characters, not 65\n"
            "resolution.duplicate_of must have at most 64 characters, not 65");
}

TEST(Validate, ChecksClosingAndReopening) {
  EXPECT_EQ(Check(With(Close(v1::CLOSE_CAUSE_SILENCE), "note", "")),
            "cause must be CONFIRMED or WITHDRAWN\nnote is required");
  for (const v1::ReopenCause cause : {v1::REOPEN_CAUSE_UNSPECIFIED, v1::REOPEN_CAUSE_FLAP})
    EXPECT_EQ(Check(Reopen(cause)), "cause must be SAME_ISSUE, NOT_FIXED, VERDICT_BAD or ERROR");
}

TEST(Validate, ChecksPlaybooks) {
  EXPECT_EQ(Check(With(Publish(""), "reason", "")), "source is required\nreason is required");
  EXPECT_EQ(Check(Publish(Long((1 << 20) + 1))), "source must have at most 1048576 bytes");
}

TEST(Validate, ChecksImportedFacts) {
  v1::Command bare;
  bare.mutable_import_history()->set_actor(Long(129));
  EXPECT_EQ(Check(bare),
            "external_id is required\ntime is required\n"
            "actor must have at most 128 characters, not 129\nfact is required");
  EXPECT_EQ(Check(ToldReassigned("09:00", "", 1001)),
            "reassigned.department is required\nreassigned.count must be 0 to 1000, not 1001");
  EXPECT_EQ(Check(ToldLevel("09:00", v1::LEVEL_UNSPECIFIED)), "level_changed.level is required");
  EXPECT_EQ(Check(ToldWaiting("09:00", v1::PAUSE_REASON_UNSPECIFIED)),
            "waiting.reason is required");
  EXPECT_EQ(Check(ToldResolved("09:00", Long(65))),
            "resolved.code must have at most 64 characters, not 65");
  EXPECT_EQ(Check(ToldClosed("09:00", Long(65))),
            "closed.code must have at most 64 characters, not 65");
}

TEST(Validate, ChecksImportedOpenings) {
  v1::Command opened = ToldOpened("09:00", Complaint(""));
  EXPECT_EQ(Check(opened), "") << "words may be missing";
  opened.mutable_import_history()->mutable_opened()->set_level(v1::LEVEL_ANALYSIS);
  opened.mutable_import_history()->mutable_opened()->mutable_issue()->clear_channel();
  EXPECT_EQ(Check(opened),
            "opened.issue.channel is required\n"
            "opened.department is required when a level is given");
}

v1::Command ToldNote(absl::string_view time, absl::string_view text) {
  v1::Command command = ToldAnswered(time);
  command.mutable_import_history()->mutable_noted()->set_text(std::string(text));
  return command;
}

TEST(Validate, ChecksToldPromisesAndNotes) {
  v1::Command opened = ToldOpened("09:00", Complaint(), "desk");
  v1::ImportOpened& told = *opened.mutable_import_history()->mutable_opened();
  told.mutable_first_answer_due()->set_seconds(1000);
  told.mutable_resolution_due()->set_seconds(2000);
  EXPECT_EQ(Check(opened), "");
  told.clear_department();
  EXPECT_EQ(Check(opened),
            "opened.first_answer_due needs a department\nopened.resolution_due needs a department");
  EXPECT_EQ(Check(ToldNote("09:00", "")), "noted.text is required");
  EXPECT_EQ(Check(ToldNote("09:00", Long(4097))),
            "noted.text must have at most 4096 characters, not 4097");
}

}  // namespace
}  // namespace redress::test
