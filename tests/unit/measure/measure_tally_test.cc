// measure_tally.cc: what one event does to measures of each basis.
#include "engine/measure/measure_tally.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "engine/measure/day.h"
#include "tests/unit/measure/test_ledger.h"

namespace redress::engine::test {
namespace {

std::unique_ptr<const MeasureSet> Compile(const v1::Playbook& playbook) {
  MeasureSet::Compilation compilation = MeasureSet::Compile(
      playbook,
      [](absl::string_view calendar, absl::Time from, absl::Time to) {
        return calendar == "half" ? std::optional((to - from) / 2) : std::nullopt;
      },
      [](absl::string_view) { return "hash"; });
  for (const MeasureFault& fault : compilation.faults) ADD_FAILURE() << fault.issue.message;
  return std::move(compilation.set);
}

v1::Playbook With(v1::MeasureBasis basis, absl::string_view of, absl::string_view share,
                  absl::string_view value, absl::string_view on = "") {
  v1::Playbook playbook;
  v1::MeasureRule& rule = *playbook.add_measures();
  rule.set_id("m");
  rule.set_basis(basis);
  rule.set_of(std::string(of));
  rule.set_share(std::string(share));
  rule.set_value(std::string(value));
  if (!on.empty()) rule.add_on(std::string(on));
  rule.add_by()->add_dimensions("department");
  return playbook;
}

const MeasureChoice kFirst = 1;

// What a delta adds, as "day split value slot amount".
std::string Print(const MeasureDeltas& deltas, const MeasureDelta& delta) {
  std::string text;
  for (size_t split = 0; split < delta.splits.size(); ++split) {
    if (!delta.splits[split]) continue;
    const std::string value =
        split == 0 ? "all" : deltas.JoinedValue(delta, static_cast<int>(split));
    const auto add = [&](absl::string_view slot, int64_t amount) {
      absl::StrAppend(&text, FormatDay(delta.day), " ", value, " ", slot, " ",
                      amount * delta.sign, delta.days.event_day == 0 ? "" : " later", "\n");
    };
    add("count", 1);
    if (delta.is_share) add("share", 1);
    if (delta.value) add("sum", *delta.value);
  }
  return text;
}

// The deltas of each step.
std::string Print(const v1::Playbook& playbook, const TestLedger& ledger, int32_t record_day) {
  const auto set = Compile(playbook);
  if (set == nullptr) return "";
  MeasureEvaluation evaluation(*set);
  std::string text;
  for (const Step& step : ledger.steps()) {
    const MeasureDeltas& deltas = evaluation.Evaluate(step.before ? &*step.before : nullptr,
                                                      step.event, step.after, record_day, kFirst);
    for (const MeasureDelta& delta : deltas.all()) text += Print(deltas, delta);
  }
  return text;
}

TestLedger Story() {
  TestLedger ledger;
  const size_t ticket = ledger.Open(At("2026-11-01", 8), Place());
  ledger.Transfer(ticket, At("2026-11-02", 9), "desk");
  ledger.Resolve(ticket, At("2026-11-03", 9));
  ledger.Close(ticket, At("2026-11-04", 8));
  return ledger;
}

const int32_t kRecorded = ParseDay("2026-11-05").value();

TEST(MeasureTally, CountsEventsOnTheirDay) {
  EXPECT_EQ(
      Print(With(v1::MEASURE_BASIS_EVENT, "", "", "", "ticket_transferred"), Story(), kRecorded),
      "2026-11-02 all count 1\n"
      "2026-11-02 desk count 1\n");
}

TEST(MeasureTally, MovesWhatStandsFromValueToValue) {
  EXPECT_EQ(Print(With(v1::MEASURE_BASIS_STOCK, "", "", ""), Story(), kRecorded),
            "2026-11-01 all count 1\n"
            "2026-11-01 billing count 1\n"
            "2026-11-02 billing count -1\n"
            "2026-11-02 desk count 1\n")
      << "in the total nothing moves";
}

// What a state measure counts once a field of its ticket is there.
std::string CountsOnce(absl::string_view of, void (*set_field)(v1::Ticket&)) {
  const v1::Playbook playbook = With(v1::MEASURE_BASIS_STOCK, of, "", "");
  const auto set = Compile(playbook);
  if (set == nullptr) return "";
  MeasureEvaluation evaluation(*set);
  Step step = Story().steps()[1];
  step.after = *step.before;
  set_field(step.after);
  const MeasureDeltas& deltas =
      evaluation.Evaluate(&*step.before, step.event, step.after, kRecorded, kFirst);
  std::string text;
  for (const MeasureDelta& delta : deltas.all()) text += Print(deltas, delta);
  return text;
}

TEST(MeasureTally, NoticesEveryKindOfFieldThoughItSaysNothing) {
  const std::string counted = "2026-11-02 all count 1\n2026-11-02 billing count 1\n";
  EXPECT_EQ(CountsOnce("has(ticket.resolve_time)", [](v1::Ticket& t) { t.mutable_resolve_time(); }),
            counted);
  EXPECT_EQ(CountsOnce("has(ticket.resolution)", [](v1::Ticket& t) { t.mutable_resolution(); }),
            counted);
  EXPECT_EQ(CountsOnce("has(ticket.chain)", [](v1::Ticket& t) { t.mutable_chain(); }), counted);
  EXPECT_EQ(CountsOnce("ticket.clocks.size() == 1", [](v1::Ticket& t) { t.add_clocks(); }),
            counted);
  EXPECT_EQ(CountsOnce("ticket.title == \"new\"", [](v1::Ticket& t) { t.set_title("new"); }),
            counted);
  EXPECT_EQ(CountsOnce("ticket.transfers == 7u", [](v1::Ticket& t) { t.set_transfers(7); }),
            counted);
}

// Each department's own part, which add up to the time from the opening to the closing.
TEST(MeasureTally, SplitsTheTimeBetweenEventsByWhoHadTheTicketMeanwhile) {
  EXPECT_EQ(Print(With(v1::MEASURE_BASIS_SPAN, "", "", ""), Story(), kRecorded),
            "2026-11-02 all count 1\n2026-11-02 all sum 90000\n"
            "2026-11-02 billing count 1\n2026-11-02 billing sum 90000\n"
            "2026-11-03 all count 1\n2026-11-03 all sum 86400\n"
            "2026-11-03 desk count 1\n2026-11-03 desk sum 86400\n"
            "2026-11-04 all count 1\n2026-11-04 all sum 82800\n"
            "2026-11-04 desk count 1\n2026-11-04 desk sum 82800\n");
}

TEST(MeasureTally, CountsNoTimeOfAClosedTicketNorBetweenEventsOfOneInstant) {
  TestLedger ledger;
  const size_t ticket = ledger.Open(At("2026-11-01", 8), Place());
  ledger.Note(ticket, At("2026-11-01", 8));
  ledger.Close(ticket, At("2026-11-01", 9));
  ledger.Reopen(ticket, At("2026-11-03", 9), v1::REOPEN_CAUSE_NOT_FIXED);
  ledger.Note(ticket, At("2026-11-03", 11));
  EXPECT_EQ(Print(With(v1::MEASURE_BASIS_SPAN, "", "", ""), ledger, kRecorded),
            "2026-11-01 all count 1\n2026-11-01 all sum 3600\n"
            "2026-11-01 billing count 1\n2026-11-01 billing sum 3600\n"
            "2026-11-03 all count 1\n2026-11-03 all sum 7200\n"
            "2026-11-03 billing count 1\n2026-11-03 billing sum 7200\n");
}

TEST(MeasureTally, TakesAnotherValueOfASpanWhereTheRuleSaysOne) {
  EXPECT_EQ(Print(With(v1::MEASURE_BASIS_SPAN, "before.department == \"desk\"", "",
                       "open_time(\"half\", before.update_time, event.time)"),
                  Story(), kRecorded),
            "2026-11-03 all count 1\n2026-11-03 all sum 43200\n"
            "2026-11-03 desk count 1\n2026-11-03 desk sum 43200\n"
            "2026-11-04 all count 1\n2026-11-04 all sum 41400\n"
            "2026-11-04 desk count 1\n2026-11-04 desk sum 41400\n");
}

// The numerator's own condition holds for another department than the denominator's: the
// counterexample to a rate that could pass one.
TEST(MeasureTally, KeepsTheNumeratorWithinTheDenominatorWhateverItsConditionSays) {
  EXPECT_EQ(Print(With(v1::MEASURE_BASIS_EVENT, "after.department == \"legal\"",
                       "after.department == \"desk\"", "", "ticket_transferred"),
                  Story(), kRecorded),
            "");
  EXPECT_EQ(Print(With(v1::MEASURE_BASIS_EVENT, "after.department == \"desk\"",
                       "after.department == \"legal\"", "", "ticket_transferred"),
                  Story(), kRecorded),
            "2026-11-02 all count 1\n"
            "2026-11-02 desk count 1\n");
}

TEST(MeasureTally, KeepsACohortOnTheDayOfItsCreation) {
  EXPECT_EQ(Print(With(v1::MEASURE_BASIS_COHORT, "ticket.department == \"desk\"",
                       "ticket.state == TicketState.CLOSED", ""),
                  Story(), kRecorded),
            "2026-11-01 all count 1 later\n"
            "2026-11-01 desk count 1 later\n"
            "2026-11-01 all count -1 later\n"
            "2026-11-01 desk count -1 later\n"
            "2026-11-01 all count 1 later\n"
            "2026-11-01 all share 1 later\n"
            "2026-11-01 desk count 1 later\n"
            "2026-11-01 desk share 1 later\n");
}

TEST(MeasureTally, KeepsACohortOnTheDayThatItsMeasureSays) {
  TestLedger ledger = Story();
  ledger.Reopen(0, At("2026-11-06", 8), v1::REOPEN_CAUSE_NOT_FIXED);
  v1::Playbook playbook = With(v1::MEASURE_BASIS_COHORT, "has(ticket.resolution)", "", "");
  playbook.mutable_measures(0)->set_day("ticket.resolve_time");
  EXPECT_EQ(Print(playbook, ledger, kRecorded),
            "2026-11-03 all count 1\n"
            "2026-11-03 desk count 1\n"
            "2026-11-03 all count -1 later\n"
            "2026-11-03 desk count -1 later\n");
}

TEST(MeasureTally, AddsUpDurationsAndOpenTimeOfCalendars) {
  EXPECT_EQ(Print(With(v1::MEASURE_BASIS_STOCK, "ticket.state == TicketState.CLOSED", "",
                       "ticket.close_time - ticket.create_time"),
                  Story(), kRecorded),
            "2026-11-04 all count 1\n2026-11-04 all sum 259200\n"
            "2026-11-04 desk count 1\n2026-11-04 desk sum 259200\n");
  EXPECT_EQ(Print(With(v1::MEASURE_BASIS_STOCK, "ticket.state == TicketState.CLOSED", "",
                       "open_time(\"half\", ticket.create_time, ticket.close_time)"),
                  Story(), kRecorded),
            "2026-11-04 all count 1\n2026-11-04 all sum 129600\n"
            "2026-11-04 desk count 1\n2026-11-04 desk sum 129600\n");
}

TEST(MeasureTally, CountsNothingWithAValueOutOfBounds) {
  const auto counted = [](absl::string_view value) {
    return Print(With(v1::MEASURE_BASIS_EVENT, "", "", value, "ticket_transferred"), Story(),
                 kRecorded);
  };
  EXPECT_EQ(counted("1000000000001"), "");
  EXPECT_EQ(counted("0 - 1000000000001"), "");
  EXPECT_EQ(counted("0 - 1"),
            "2026-11-02 all count 1\n2026-11-02 all sum -1\n"
            "2026-11-02 desk count 1\n2026-11-02 desk sum -1\n");
  EXPECT_EQ(counted("1000000000000"),
            "2026-11-02 all count 1\n2026-11-02 all sum 1000000000000\n"
            "2026-11-02 desk count 1\n2026-11-02 desk sum 1000000000000\n");
}

TEST(MeasureTally, CountsClocksOnTheDayOnWhichTheyWereDue) {
  TestLedger ledger;
  const size_t ticket = ledger.Open(At("2026-11-01", 8), Place());
  ledger.Note(ticket, At("2026-11-02", 8));
  Step met = ledger.steps().back();
  v1::Clock& clock = *met.event.add_clock_changes()->mutable_clock();
  clock.set_kind(v1::CLOCK_KIND_ACK);
  clock.set_state(v1::PROMISE_STATE_MET);
  clock.mutable_due_time()->set_seconds(At("2026-11-03", 8));
  const v1::Playbook playbook = With(v1::MEASURE_BASIS_DUE, "clock.kind == ClockKind.ACK",
                                     "clock.state == PromiseState.MET", "");
  const auto set = Compile(playbook);
  ASSERT_NE(set, nullptr);
  MeasureEvaluation evaluation(*set);
  const MeasureDeltas& deltas =
      evaluation.Evaluate(&*met.before, met.event, met.after, kRecorded, kFirst);
  ASSERT_EQ(deltas.all().size(), 1u);
  EXPECT_EQ(FormatDay(deltas.all()[0].day), "2026-11-03");
  EXPECT_EQ(deltas.all()[0].days.record_day, kRecorded);
  EXPECT_TRUE(deltas.all()[0].is_share);

  // The same clock told again has not ended a second time.
  v1::Ticket before = *met.before;
  *before.add_clocks() = clock;
  evaluation.Evaluate(&before, met.event, met.after, kRecorded, kFirst);
  EXPECT_TRUE(deltas.all().empty());
}

// The promise of a resolution by the route's own budget, as "due state share" of each step.
TEST(MeasureTally, CountsPromisesThatNoClockMeasuresAsClocks) {
  Step kept = Story().steps()[2];
  const auto promise = [&kept](v1::PromiseState before, v1::PromiseState after) {
    for (v1::Ticket* ticket : {&*kept.before, &kept.after})
      ticket->mutable_promises()->mutable_resolution_due()->set_seconds(At("2026-11-07", 8));
    kept.before->mutable_promises()->set_resolution_state(before);
    kept.after.mutable_promises()->set_resolution_state(after);
  };
  const v1::Playbook playbook =
      With(v1::MEASURE_BASIS_DUE,
           "clock.kind == ClockKind.RESOLVE && clock.state != PromiseState.CANCELLED",
           "clock.state == PromiseState.MET", "clock.due_time - clock.end_time");
  const auto set = Compile(playbook);
  ASSERT_NE(set, nullptr);
  MeasureEvaluation evaluation(*set);
  const auto counted = [&] {
    std::string text;
    const MeasureDeltas& deltas =
        evaluation.Evaluate(&*kept.before, kept.event, kept.after, kRecorded, kFirst);
    for (const MeasureDelta& delta : deltas.all()) text += Print(deltas, delta);
    return text;
  };
  promise(v1::PROMISE_STATE_RUNNING, v1::PROMISE_STATE_MET);
  EXPECT_EQ(counted(),
            "2026-11-07 all count 1\n2026-11-07 all share 1\n2026-11-07 all sum 342000\n"
            "2026-11-07 desk count 1\n2026-11-07 desk share 1\n2026-11-07 desk sum 342000\n");
  promise(v1::PROMISE_STATE_MET, v1::PROMISE_STATE_MET);
  EXPECT_EQ(counted(), "") << "it ended before";
  promise(v1::PROMISE_STATE_RUNNING, v1::PROMISE_STATE_CANCELLED);
  EXPECT_EQ(counted(), "");
  promise(v1::PROMISE_STATE_RUNNING, v1::PROMISE_STATE_MISSED);
  kept.event.mutable_promise_missed()->mutable_due()->set_seconds(At("2026-11-02", 12));
  EXPECT_EQ(counted(),
            "2026-11-02 all count 1\n2026-11-02 all sum 0\n"
            "2026-11-02 desk count 1\n2026-11-02 desk sum 0\n");
  kept.after.add_clocks()->set_kind(v1::CLOCK_KIND_RESOLVE);
  EXPECT_EQ(counted(), "") << "its clock says when it ended";
}

TEST(MeasureTally, KnowsAMeasureByWhatItSays) {
  v1::Playbook playbook = With(v1::MEASURE_BASIS_STOCK, "", "", "");
  const std::string version = Compile(playbook)->measures()[0].version;
  playbook.mutable_measures(0)->set_title("Other words");
  EXPECT_EQ(Compile(playbook)->measures()[0].version, version);
  playbook.mutable_measures(0)->set_of("ticket.transfers > 0u");
  EXPECT_NE(Compile(playbook)->measures()[0].version, version);

  v1::Playbook split = With(v1::MEASURE_BASIS_STOCK, "", "", "");
  v1::DimensionRule& dimension = *split.add_dimensions();
  dimension.set_name("mood");
  dimension.set_is("ticket.attribute(\"mood\")");
  EXPECT_EQ(Compile(split)->measures()[0].version, version) << "a dimension that it does not use";
  split.mutable_measures(0)->mutable_by(0)->set_dimensions(0, "mood");
  const std::string by_mood = Compile(split)->measures()[0].version;
  split.mutable_dimensions(0)->set_is("ticket.attribute(\"humour\")");
  EXPECT_NE(Compile(split)->measures()[0].version, by_mood);
}

// Sets a field to something else than what a ticket has that was not touched.
void Touch(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field) {
  using google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) return;  // no dimension is made of these
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: return reflection.SetString(&message, &field, "touched");
    case FieldDescriptor::CPPTYPE_ENUM: return reflection.SetEnumValue(&message, &field, 2);
    case FieldDescriptor::CPPTYPE_UINT32: return reflection.SetUInt32(&message, &field, 2);
    case FieldDescriptor::CPPTYPE_UINT64: return reflection.SetUInt64(&message, &field, 2);
    case FieldDescriptor::CPPTYPE_INT64: return reflection.SetInt64(&message, &field, 2);
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      google::protobuf::Message& part = *reflection.MutableMessage(&message, &field);
      for (int i = 0; i < part.GetDescriptor()->field_count(); ++i)
        if (part.GetDescriptor()->field(i)->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
          Touch(part, *part.GetDescriptor()->field(i));
      return;
    }
    default: return;
  }
}

TEST(BuiltInDimensionReads, NamesEveryFieldThatADimensionFollowsFrom) {
  const std::vector<std::string> dimensions = BuiltInDimensions();
  const auto& descriptor = *v1::Ticket::descriptor();
  for (size_t place = 0; place < dimensions.size(); ++place) {
    const auto reads = BuiltInDimensionReads(static_cast<int>(place));
    EXPECT_TRUE(reads.any()) << dimensions[place];
    for (const v1::TicketState state : {v1::TICKET_STATE_QUEUED, v1::TICKET_STATE_PAUSED}) {
      v1::Ticket ticket;
      ticket.set_state(state);
      const std::string value(BuiltInDimensionOf(dimensions[place], ticket));
      for (int i = 0; i < descriptor.field_count(); ++i) {
        if (reads[static_cast<size_t>(descriptor.field(i)->number())]) continue;
        v1::Ticket touched = ticket;
        Touch(touched, *descriptor.field(i));
        EXPECT_EQ(BuiltInDimensionOf(dimensions[place], touched), value)
            << dimensions[place] << " by " << descriptor.field(i)->name();
      }
    }
  }
}

}  // namespace
}  // namespace redress::engine::test
