// Samples over whole ledgers: drawn from what is stored, drawn again from the events, and every
// change found.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/inspection/draw.h"
#include "engine/measure/day.h"
#include "engine/ticket/apply.h"
#include "services/findings_reader.h"
#include "services/inspection_reads.h"
#include "services/population.h"
#include "services/rewind.h"
#include "tests/support/engine/inspections.h"
#include "tests/support/engine/print.h"
#include "tests/support/services/mixed_run.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

constexpr char kFrom[] = "2026-11-02";
constexpr char kTo[] = "2026-11-09";

// With plans by what can change after a resolving, and by what cannot.
std::string Source() {
  return absl::StrCat(InspectedShopSource(), R"(    unsettled:
      title: By what closing changes
      form: closing
      by: [state, close_cause, department]
      rate: 30%
    held: {title: By whose move it is, form: closing, by: [holder, handler], rate: 30%}
    tickets: {title: All in one, form: closing, count: 7}
)");
}

// An office of that playbook with a week of work.
std::unique_ptr<Office> BusyOffice(uint64_t seed, int commands = 600) {
  auto office = std::make_unique<Office>();
  office->Must(Owner("olga"), Publish(Source()));
  RunMixed(*office, seed, commands);
  office->At("Nov 30 09:00").Tick();
  return office;
}

v1::SampleDrawn MakeDraw(Office& office, const v1::DrawSampleRequest& request) {
  const services::LedgerView view(office.kv());
  const auto live = office.playbooks().Live(view.reader(), Office::kTenant);
  EXPECT_TRUE(live.ok());
  const auto drawn = services::MakeDraw(view.reader(), Office::kTenant, *live->playbook, request,
                                        "sixteen bytes :)");
  EXPECT_TRUE(drawn.ok()) << drawn.status();
  if (const auto* failure = std::get_if<services::Failure>(&*drawn)) {
    ADD_FAILURE() << failure->message;
    return {};
  }
  return std::get<v1::SampleDrawn>(*drawn);
}

v1::DrawSampleRequest Asked(absl::string_view plan, absl::string_view from = kFrom,
                            absl::string_view to = kTo) {
  v1::DrawSampleRequest request = DrawSample(from, to).draw_sample();
  request.set_plan(std::string(plan));
  return request;
}

// Hands a draw to the executor: "", or the refusal.
std::string Record(Office& office, const v1::DrawSampleRequest& request, v1::SampleDrawn draw,
                   absl::string_view request_id = "") {
  services::Order order;
  order.tenant = Office::kTenant;
  order.actor = Owner("mona");
  *order.command.mutable_draw_sample() = request;
  static int requests = 0;
  order.command.mutable_draw_sample()->set_request_id(
      request_id.empty() ? absl::StrCat("draw ", ++requests) : std::string(request_id));
  order.draw = std::make_shared<const v1::SampleDrawn>(std::move(draw));
  std::string said = "no answer";
  order.done = [&said](services::Outcome outcome) {
    said = outcome.failure ? Print(outcome) : absl::StrCat("sample ", outcome.sample);
  };
  office.executor().Submit(std::move(order));
  office.RunAll();
  return said;
}

std::string Draw(Office& office, absl::string_view plan) {
  return Record(office, Asked(plan), MakeDraw(office, Asked(plan)));
}

v1::SampleDrawn ReadSample(Office& office, uint32_t number) {
  const services::LedgerView view(office.kv());
  const auto recorded = view.reader().ReadSample(Office::kTenant, number);
  EXPECT_TRUE(recorded.ok() && *recorded);
  return (*recorded)->event.sample_drawn();
}

// The population by reading every event in the order of the ledger: "id value/value".
std::string PlainPopulation(Office& office, const v1::SampleDrawn& draw) {
  std::map<uint64_t, v1::Ticket> tickets;
  std::map<uint64_t, std::string> lines;
  const services::LedgerView view(office.kv());
  for (uint64_t number = 1; number <= draw.commit(); ++number) {
    const auto commit = view.reader().ReadCommit(Office::kTenant, number);
    EXPECT_TRUE(commit.ok());
    for (const std::string& bytes : commit->events()) {
      v1::Event event;
      EXPECT_TRUE(event.ParseFromString(bytes));
      if (event.ticket_id() == 0) continue;
      v1::Ticket& ticket = tickets[event.ticket_id()];
      ticket = engine::Apply(ticket, event);
      const std::string day = engine::FormatDay(engine::DayOf(event.time()));
      if (!event.has_ticket_resolved() || day < draw.from_day() || day >= draw.to_day()) continue;
      lines[ticket.id()] = absl::StrCat(
          ticket.id(), " ", absl::StrJoin(engine::StratumOf(draw.plan(), ticket), "/"), "\n");
    }
  }
  std::string text;
  for (const auto& [id, line] : lines) text += line;
  return text;
}

std::string StoredPopulation(Office& office, const v1::SampleDrawn& draw) {
  const services::LedgerView view(office.kv());
  std::string text;
  uint64_t first = 1;
  while (first != 0) {
    const auto page =
        services::ReadPopulation(view.reader(), Office::kTenant, draw, first, /*size=*/7);
    EXPECT_TRUE(page.ok());
    for (const v1::PopulationMember& member : page->members)
      absl::StrAppend(&text, member.ticket_id(), " ", absl::StrJoin(member.values(), "/"), "\n");
    first = page->next_id;
  }
  return text;
}

TEST(Sample, IsDrawnFromEveryTicketThatWasResolvedInThePeriod) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const auto office = BusyOffice(seed);
    for (const char* plan : {"monthly", "unsettled", "held", "tickets"}) {
      const v1::SampleDrawn draw = MakeDraw(*office, Asked(plan));
      EXPECT_EQ(StoredPopulation(*office, draw), PlainPopulation(*office, draw))
          << plan << ", seed " << seed;
      EXPECT_GT(draw.tickets_size(), 3) << "seed " << seed;
    }
  }
}

TEST(Sample, IsDrawnAgainByVerifyAndStaysTheSameWhateverComesLater) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const auto office = BusyOffice(seed);
    EXPECT_EQ(Draw(*office, "monthly"), "sample 1");
    EXPECT_EQ(Draw(*office, "unsettled"), "sample 2");
    EXPECT_EQ(Draw(*office, "tickets"), "sample 3");
    const std::string before = StoredPopulation(*office, ReadSample(*office, 2));
    RunMixed(*office, seed + 100, 400);
    EXPECT_EQ(office->Verify(), "clean") << "seed " << seed;
    EXPECT_EQ(StoredPopulation(*office, ReadSample(*office, 2)), before) << "seed " << seed;
  }
}

TEST(Sample, IsDrawnOnceForADay) {
  const auto office = BusyOffice(1);
  const auto draw = [&](absl::string_view from, absl::string_view to) {
    const auto request = Asked("monthly", from, to);
    return Record(*office, request, MakeDraw(*office, request));
  };
  EXPECT_EQ(draw("2026-11-04", "2026-11-06"), "sample 1");
  EXPECT_EQ(draw("2026-11-05", "2026-11-08"),
            "SAMPLE_DRAWN: Plan monthly was drawn from 2026-11-04 to 2026-11-06 as sample 1; no "
            "day is drawn from twice.");
  EXPECT_EQ(draw("2026-11-02", "2026-11-04"), "sample 2");
  EXPECT_EQ(draw("2026-11-06", "2026-11-09"), "sample 3");
  EXPECT_TRUE(absl::StartsWith(draw("2026-11-01", "2026-11-30"), "SAMPLE_DRAWN: "));
  EXPECT_TRUE(absl::StartsWith(draw("2026-11-04", "2026-11-05"), "SAMPLE_DRAWN: "));
  EXPECT_EQ(office->Verify(), "clean");
}

TEST(Sample, IsTheSameWhenTheRequestComesAgain) {
  const auto office = BusyOffice(2);
  const auto request = Asked("monthly");
  EXPECT_EQ(Record(*office, request, MakeDraw(*office, request), "the one"), "sample 1");
  EXPECT_EQ(Record(*office, request, MakeDraw(*office, request), "the one"), "sample 1");
}

// Whoever could write another draw into the ledger would be found.
TEST(Sample, IsFoundToBeWrongByVerify) {
  using Change = void (*)(v1::SampleDrawn&);
  const std::pair<Change, const char*> kChanges[] = {
      {[](v1::SampleDrawn& draw) { draw.mutable_tickets()->SwapElements(0, 1); },
       "drawn again, sample 1 differs: the drawn tickets are others"},
      {[](v1::SampleDrawn& draw) { draw.mutable_tickets()->RemoveLast(); },
       "drawn again, sample 1 differs: the drawn tickets are others"},
      {[](v1::SampleDrawn& draw) { draw.mutable_tickets(0)->set_department("board"); },
       "drawn again, sample 1 differs: the drawn tickets are others"},
      {[](v1::SampleDrawn& draw) { draw.mutable_strata(0)->set_population(1000); },
       "drawn again, sample 1 differs: the strata are others"},
      {[](v1::SampleDrawn& draw) { draw.mutable_seed()->back() ^= 1; },
       "drawn again, sample 1 differs: the seed is another"},
      {[](v1::SampleDrawn& draw) { draw.set_salt("chosen to please"); },
       "drawn again, sample 1 differs: the seed is another"},
      {[](v1::SampleDrawn& draw) { draw.mutable_commit_hash()->back() ^= 1; },
       "sample 1 names another hash of the commit that it looks at"},
      {[](v1::SampleDrawn& draw) { draw.set_commit(draw.commit() + 1); },
       "sample 1 looks at what was recorded after it"},
  };
  for (const auto& [change, finding] : kChanges) {
    const auto office = BusyOffice(3, 300);
    v1::SampleDrawn draw = MakeDraw(*office, Asked("monthly"));
    change(draw);
    EXPECT_EQ(Record(*office, Asked("monthly"), draw), "sample 1");
    EXPECT_EQ(office->Verify(), finding);
  }
}

TEST(Sample, IsForgottenWhenTheLedgerIsTakenBackBeforeIt) {
  const auto office = BusyOffice(4, 300);
  EXPECT_EQ(Draw(*office, "monthly"), "sample 1");
  const uint64_t commit = office->ReadHead().commit();
  EXPECT_EQ(Draw(*office, "tickets"), "sample 2");
  ASSERT_EQ(services::Rewind(office->kv(), Office::kTenant, commit), absl::OkStatus());
  const services::LedgerView view(office->kv());
  EXPECT_TRUE((*view.reader().ReadSample(Office::kTenant, 1)).has_value());
  EXPECT_FALSE((*view.reader().ReadSample(Office::kTenant, 2)).has_value());
  EXPECT_EQ(office->Verify(), "clean");
}

TEST(InspectionReport, FollowsTheStoryOfASample) {
  const auto office = BusyOffice(5);
  EXPECT_EQ(Draw(*office, "tickets"), "sample 1");
  const v1::SampleDrawn draw = ReadSample(*office, 1);
  ASSERT_EQ(draw.tickets_size(), 7);
  const auto about = [&](int place, v1::Command command) {
    return With(std::move(command), "ticket", absl::StrCat(draw.tickets(place).ticket_id()));
  };
  office->Must(Agent("ines"), about(0, Inspect(1, {"cause"})));
  office->Must(Agent("ines"), about(1, Inspect(1, {"cause", "tone=2"})));
  office->Must(Agent("iris"), about(2, Inspect(1, {"tone=-"})));
  office->Must(Agent("iris"), about(3, InspectWith("closing", {"cause"})));  // in no rate
  office->Must(Owner("olga"), about(1, DisputeInspection()));
  const auto report = [&] {
    const services::LedgerView view(office->kv());
    const auto read = services::ReadInspectionReport(view.reader(), Office::kTenant, {});
    EXPECT_TRUE(read.ok());
    const v1::ErrorRates& total = read->total();
    return absl::StrCat(total.inspected(), "/", total.drawn(), " fatal ", total.fatal(),
                        " defects ", total.defects(), "/", total.opportunities(), " disputed ",
                        total.disputed(), " overturned ", total.overturned());
  };
  EXPECT_EQ(report(), "3/7 fatal 2 defects 2/6 disputed 1 overturned 0");
  office->Must(Agent("iris"), about(1, Overturn({"tone=1"})));
  EXPECT_EQ(report(), "3/7 fatal 1 defects 1/6 disputed 0 overturned 1");
  EXPECT_EQ(office->Verify(), "clean");
}

// How often somebody did what could be a finding.
int64_t LookedAt(Office& office) {
  const services::LedgerView view(office.kv());
  const auto found = services::ReadFindings(view.reader(), Office::kTenant, {}, office.now());
  EXPECT_TRUE(found.ok()) << found.status();
  int64_t times = 0;
  for (const v1::FindingCount& count : std::get<v1::GetFindingsResponse>(*found).counts())
    if (count.department().empty()) times += count.looked_at();
  return times;
}

TEST(Mystery, IsInNoFigureAndInNoPopulationButVerifies) {
  const auto work = [](Office& office, const v1::Command& first) {
    office.Must(Agent("ines"), first).Must(Pull("desk")).Must(Accept(1)).Must(Resolve());
    office.Must(Confirm()).At("Nov 30 09:00").Tick();
  };
  Office plain, mystery;
  for (Office* office : {&plain, &mystery}) office->Must(Owner("olga"), Publish(Source()));
  work(plain, Submit(Complaint()));
  work(mystery, SubmitMystery(Complaint(), "web"));
  EXPECT_EQ(plain.Report().total().flow().created(), 1);
  EXPECT_EQ(plain.Report().total().flow().closed(), 1);
  EXPECT_EQ(mystery.Report().total().flow().ShortDebugString(), "");
  EXPECT_GT(LookedAt(plain), 0);
  EXPECT_EQ(LookedAt(mystery), 0);
  EXPECT_EQ(PlainPopulation(plain, MakeDraw(plain, Asked("monthly"))), "1 desk\n");
  EXPECT_EQ(MakeDraw(plain, Asked("monthly")).tickets_size(), 1);
  EXPECT_EQ(StoredPopulation(mystery, MakeDraw(plain, Asked("monthly"))), "");
  EXPECT_EQ(mystery.Verify(), "clean");
  const services::LedgerView view(mystery.kv());
  const auto page = services::ReadMysteries(view.reader(), Office::kTenant, 1000, 10);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->cases.size(), 1u);
  EXPECT_EQ(page->cases[0].submitter(), "ines");
}

}  // namespace
}  // namespace redress::test
