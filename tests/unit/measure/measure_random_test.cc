// Random ledgers: what the cells of measures say against a count that goes through the events
// themselves.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "engine/measure/day.h"
#include "engine/measure/measure_report.h"
#include "engine/measure/measure_cells.h"
#include "engine/measure/measure_tally.h"
#include "tests/unit/measure/random_ledger.h"

namespace redress::engine::test {
namespace {

v1::MeasureRule* Add(v1::Playbook& playbook, v1::MeasureBasis basis, absl::string_view of,
                     absl::string_view share) {
  v1::MeasureRule* rule = playbook.add_measures();
  rule->set_id(absl::StrCat("m", playbook.measures_size()));
  rule->set_basis(basis);
  rule->set_of(std::string(of));
  rule->set_share(std::string(share));
  rule->add_by()->add_dimensions("department");
  v1::MeasureSplit& pair = *rule->add_by();
  pair.add_dimensions("level");
  pair.add_dimensions("channel");
  return rule;
}

// Open tickets, resolvings, closed of created, reopened of resolved by the day of the resolving,
// time to close.
v1::Playbook Definitions() {
  v1::Playbook playbook;
  Add(playbook, v1::MEASURE_BASIS_STOCK, "ticket.state != TicketState.CLOSED",
      "ticket.transfers > 0u");
  Add(playbook, v1::MEASURE_BASIS_EVENT, "", "after.level == ANALYSIS")->add_on("ticket_resolved");
  Add(playbook, v1::MEASURE_BASIS_COHORT, "", "ticket.state == TicketState.CLOSED");
  Add(playbook, v1::MEASURE_BASIS_COHORT, "has(ticket.resolve_time)", "ticket.reopens > 0u")
      ->set_day("ticket.resolve_time");
  Add(playbook, v1::MEASURE_BASIS_STOCK, "ticket.state == TicketState.CLOSED", "")
      ->set_value("ticket.close_time - ticket.create_time");
  return playbook;
}

struct Sums {
  int64_t count = 0;
  int64_t share = 0;
  int64_t sum = 0;
  bool operator==(const Sums&) const = default;
};

std::string Print(const Sums& sums) {
  return absl::StrCat(sums.count, " ", sums.share, " ", sums.sum);
}

// A ledger as it was recorded: events may be recorded some days after they happened.
struct Recorded {
  TestLedger ledger;
  std::vector<int32_t> record_days;
};

Recorded Record(uint64_t seed) {
  Recorded recorded{MakeRandomLedger(seed, kRandomLedgerTickets, kRandomLedgerMoves), {}};
  std::mt19937_64 random(seed);
  std::map<uint64_t, int32_t> last;
  for (const Step& step : recorded.ledger.steps()) {
    const int32_t lag = random() % 4 == 0 ? static_cast<int32_t>(random() % 9) : 0;
    int32_t& day = last[step.after.id()];
    day = std::max(day, DayOf(step.event.time()) + lag);
    recorded.record_days.push_back(day);
  }
  return recorded;
}

// Each figure by its own words, over the states of the tickets at the end of the period, of what
// was recorded.
class Naive {
 public:
  Naive(const Recorded& recorded, const MeasurePeriod& period) : period_(period) {
    const std::vector<Step>& steps = recorded.ledger.steps();
    for (size_t i = 0; i < steps.size(); ++i) {
      if (recorded.record_days[i] > period.as_of_day) continue;
      if (DayOf(steps[i].event.time()) >= period.to_day) continue;
      tickets_[steps[i].after.id()] = &steps[i].after;
      if (steps[i].event.has_ticket_resolved() && IsWithin(DayOf(steps[i].event.time())))
        resolvings_.push_back(&steps[i].after);
    }
  }

  template <typename InScope>
  Sums Count(int measure, InScope in_scope) const {
    Sums sums;
    if (measure == 1) {
      for (const v1::Ticket* ticket : resolvings_)
        if (in_scope(*ticket)) AddTo(sums, ticket->level() == v1::LEVEL_ANALYSIS, 0);
      return sums;
    }
    for (const auto& [id, ticket] : tickets_)
      if (in_scope(*ticket)) AddTicket(measure, *ticket, sums);
    return sums;
  }

 private:
  static void AddTo(Sums& sums, bool is_share, int64_t value) {
    ++sums.count;
    sums.share += is_share;
    sums.sum += value;
  }

  bool IsWithin(int32_t day) const { return period_.from_day <= day && day < period_.to_day; }

  void AddTicket(int measure, const v1::Ticket& ticket, Sums& sums) const {
    const bool is_closed = ticket.state() == v1::TICKET_STATE_CLOSED;
    if (measure == 0 && !is_closed) AddTo(sums, ticket.transfers() > 0, 0);
    if (measure == 2 && IsWithin(DayOf(ticket.create_time()))) AddTo(sums, is_closed, 0);
    if (measure == 3 && ticket.has_resolve_time() && IsWithin(DayOf(ticket.resolve_time())))
      AddTo(sums, ticket.reopens() > 0, 0);
    if (measure == 4 && is_closed)
      AddTo(sums, false, SecondsBetween(ticket.create_time(), ticket.close_time()));
  }

  const MeasurePeriod period_;
  std::map<uint64_t, const v1::Ticket*> tickets_;
  std::vector<const v1::Ticket*> resolvings_;
};

Sums SumsOf(const v1::MeasureRow& row) {
  return {row.count(), row.share(), row.values_added().sum_seconds()};
}

using Cells = std::vector<std::pair<MeasureCells::Place, Cell>>;

v1::MeasureReport Report(const MeasureSet& set, int measure, const MeasurePeriod& period,
                         const Cells& cells) {
  MeasureReportBuilder builder(set.measures()[measure], period, {1, 2});
  for (const MeasureRange& range : builder.ranges()) {
    for (const auto& [place, cell] : cells) {
      if (place.measure != measure || place.split != range.split) continue;
      if (place.granularity != range.granularity) continue;
      if (place.period < range.from_period || place.period >= range.to_period) continue;
      builder.Add(range, place.period, place.value, cell);
    }
  }
  auto result = builder.Build();
  if (const auto* failure = std::get_if<ReportFailure>(&result)) {
    ADD_FAILURE() << failure->text;
    return {};
  }
  return std::get<v1::MeasureReport>(std::move(result));
}

void ExpectReport(const v1::MeasureReport& report, int measure, const Naive& naive) {
  const auto all = [](const v1::Ticket&) { return true; };
  EXPECT_EQ(Print(SumsOf(report.total())), Print(naive.Count(measure, all)));
  for (const v1::MeasureRow& row : report.tables(0).rows()) {
    const auto in_department = [&](const v1::Ticket& ticket) {
      return ticket.department() == row.values(0);
    };
    EXPECT_EQ(Print(SumsOf(row)), Print(naive.Count(measure, in_department))) << row.values(0);
  }
  for (const v1::MeasureRow& row : report.tables(1).rows()) {
    const auto in_pair = [&](const v1::Ticket& ticket) {
      return v1::Level_Name(ticket.level()) == "LEVEL_" + row.values(0) &&
             ticket.channel() == row.values(1);
    };
    EXPECT_EQ(Print(SumsOf(row)), Print(naive.Count(measure, in_pair))) << row.values(0);
  }
}

MeasurePeriod SomePeriod(std::mt19937_64& random) {
  const int32_t start = ParseDay(kRandomLedgerStart).value() - 20;
  const auto some_day = [&] {
    const int32_t day = start + static_cast<int32_t>(random() % (kRandomLedgerDaysMax + 40));
    return random() % 2 == 0 ? day : FirstDayOf(MonthOf(day));
  };
  MeasurePeriod period;
  period.from_day = some_day();
  period.to_day = some_day();
  if (period.from_day > period.to_day) std::swap(period.from_day, period.to_day);
  if (period.from_day == period.to_day) ++period.to_day;
  period.as_of_day = random() % 2 == 0 ? kDayLast : some_day();
  return period;
}

std::unique_ptr<const MeasureSet> CompileDefinitions(const v1::Playbook& playbook) {
  return MeasureSet::Compile(
             playbook, [](absl::string_view, absl::Time, absl::Time) { return std::nullopt; },
             [](absl::string_view) { return ""; })
      .set;
}

const std::vector<int> kAll = {0, 1, 2, 3, 4};

// The cells that hold what was recorded up to a day.
Cells CellsOf(const MeasureSet& set, const Recorded& recorded, int32_t last_day) {
  MeasureEvaluation evaluation(set);
  MeasureCells collected;
  MeasureChoice all;
  for (const int measure : kAll) all.set(static_cast<size_t>(measure));
  for (size_t i = 0; i < recorded.ledger.steps().size(); ++i) {
    if (recorded.record_days[i] > last_day) continue;
    const Step& step = recorded.ledger.steps()[i];
    collected.Add(evaluation.Evaluate(step.before ? &*step.before : nullptr, step.event,
                                      step.after, recorded.record_days[i], all));
  }
  return collected.Take();
}

TEST(MeasureRandomLedger, SaysWhatTheEventsSay) {
  const v1::Playbook playbook = Definitions();
  const auto set = CompileDefinitions(playbook);
  ASSERT_NE(set, nullptr);
  size_t events = 0;
  for (uint64_t seed = 1; seed <= RandomLedgers() && !HasFailure(); ++seed) {
    const Recorded recorded = Record(seed);
    events += recorded.ledger.steps().size();
    const Cells cells = CellsOf(*set, recorded, kDayLast);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 6; ++i) {
      const MeasurePeriod period = SomePeriod(random);
      SCOPED_TRACE(absl::StrCat("seed ", seed, " from ", FormatDay(period.from_day), " to ",
                                FormatDay(period.to_day), " as of ", FormatDay(period.as_of_day)));
      const Naive naive(recorded, period);
      for (const int measure : kAll) {
        SCOPED_TRACE(absl::StrCat("measure ", measure));
        ExpectReport(Report(*set, measure, period, cells), measure, naive);
      }
    }
  }
  std::printf("%zu events\n", events);
}

// As it was asked for when the day had just ended, and again when everything had been recorded.
TEST(MeasureRandomLedger, SaysTheSameAsOfADayHoweverMuchComesLater) {
  const v1::Playbook playbook = Definitions();
  const auto set = CompileDefinitions(playbook);
  ASSERT_NE(set, nullptr);
  size_t events = 0;
  int changed = 0;
  for (uint64_t seed = 1; seed <= RandomLedgers() && !HasFailure(); ++seed) {
    const Recorded recorded = Record(seed);
    events += recorded.ledger.steps().size();
    const Cells later = CellsOf(*set, recorded, kDayLast);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 4; ++i) {
      MeasurePeriod period = SomePeriod(random);
      period.as_of_day =
          ParseDay(kRandomLedgerStart).value() + static_cast<int32_t>(random() % 300);
      SCOPED_TRACE(absl::StrCat("seed ", seed, " from ", FormatDay(period.from_day), " to ",
                                FormatDay(period.to_day), " as of ", FormatDay(period.as_of_day)));
      const Cells then = CellsOf(*set, recorded, period.as_of_day);
      for (const int measure : kAll) {
        const std::string told = Report(*set, measure, period, then).DebugString();
        EXPECT_EQ(Report(*set, measure, period, later).DebugString(), told);
        MeasurePeriod now = period;
        now.as_of_day = kDayLast;
        changed += Report(*set, measure, now, later).DebugString() != told;
      }
    }
  }
  EXPECT_GT(changed, 0);
  std::printf("%zu events\n", events);
}

}  // namespace
}  // namespace redress::engine::test
