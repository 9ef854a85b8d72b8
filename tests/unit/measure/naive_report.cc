#include "tests/unit/measure/naive_report.h"

#include <algorithm>
#include <functional>
#include <map>

namespace redress::engine::test {

namespace {

using Seconds = std::vector<int64_t>;

int32_t Day(const google::protobuf::Timestamp& time) {
  return static_cast<int32_t>(time.seconds() / 86400);
}

bool IsClosed(const v1::Ticket& ticket) { return ticket.state() == v1::TICKET_STATE_CLOSED; }

class Naive {
 public:
  Naive(const std::vector<Step>& steps, v1::Dimension dimension, absl::string_view value,
        int32_t from, int32_t to)
      : steps_(steps), dimension_(dimension), value_(value), from_(from), to_(to) {}

  bool Holds(const v1::Ticket& ticket) const { return NaiveValue(ticket, dimension_) == value_; }
  bool InPeriod(int32_t day) const { return from_ <= day && day < to_; }

  // Steps of the period that satisfy a condition.
  int64_t Count(const std::function<bool(const Step&)>& is_counted) const {
    return std::count_if(steps_.begin(), steps_.end(), [&](const Step& step) {
      return InPeriod(Day(step.event.time())) && is_counted(step);
    });
  }

  // Tickets as they stood before a day began, in the scope or not, by id.
  std::map<uint64_t, const v1::Ticket*> TicketsBefore(int32_t day) const {
    std::map<uint64_t, const v1::Ticket*> tickets;
    for (const Step& step : steps_) {
      if (Day(step.event.time()) < day) tickets[step.event.ticket_id()] = &step.after;
    }
    return tickets;
  }

  int64_t OpenBefore(int32_t day) const {
    int64_t open = 0;
    for (const auto& [id, ticket] : TicketsBefore(day))
      open += Holds(*ticket) && !IsClosed(*ticket);
    return open;
  }

  // Promises of the period that ended so.
  int64_t Promises(bool first_answer, v1::PromiseState state) const {
    int64_t count = 0;
    for (const Step& step : steps_) {
      const v1::Promises& after = step.after.promises();
      const v1::Promises before = step.before ? step.before->promises() : v1::Promises();
      const auto state_of = [&](const v1::Promises& promises) {
        return first_answer ? promises.first_answer_state() : promises.resolution_state();
      };
      const auto& due = first_answer ? after.first_answer_due() : after.resolution_due();
      const bool ended = state_of(before) != state && state_of(after) == state;
      count += ended && InPeriod(Day(due)) && Holds(step.after);
    }
    return count;
  }

  // Resolvings of the period that people reopened, by the scope that the ticket then had.
  int64_t ResolvedReopened() const {
    int64_t count = 0;
    std::map<uint64_t, int32_t> resolved_on;
    for (const Step& step : steps_) {
      const uint64_t id = step.event.ticket_id();
      if (step.event.has_ticket_resolved()) resolved_on[id] = Day(step.event.time());
      if (!step.event.has_ticket_reopened()) continue;
      const auto at = resolved_on.find(id);
      if (at == resolved_on.end()) continue;
      const bool human = step.event.ticket_reopened().cause() != v1::REOPEN_CAUSE_FLAP;
      count += human && InPeriod(at->second) && Holds(*step.before);
      resolved_on.erase(at);
    }
    return count;
  }

  // Seconds from creation to the last step of a kind of each ticket that was not reopened after it.
  Seconds Standing(const std::function<bool(const v1::Event&)>& is_end) const {
    std::map<uint64_t, int64_t> ends;
    std::map<uint64_t, const v1::Ticket*> last;
    for (const Step& step : steps_) {
      const uint64_t id = step.event.ticket_id();
      last[id] = &step.after;
      if (step.event.has_ticket_reopened()) ends.erase(id);
      if (is_end(step.event)) ends[id] = step.event.time().seconds();
    }
    Seconds seconds;
    for (const auto& [id, end] : ends) {
      if (!Holds(*last[id]) || !InPeriod(static_cast<int32_t>(end / 86400))) continue;
      seconds.push_back(end - last[id]->create_time().seconds());
    }
    std::sort(seconds.begin(), seconds.end());
    return seconds;
  }

  int64_t TransferEvents() const {
    int64_t count = 0;
    for (const Step& step : steps_) {
      if (!step.event.has_ticket_transferred() || !InPeriod(Day(step.event.time()))) continue;
      if (Holds(*step.before)) count += step.event.ticket_transferred().count();
    }
    return count;
  }

 private:
  const std::vector<Step>& steps_;
  const v1::Dimension dimension_;
  const absl::string_view value_;
  const int32_t from_;
  const int32_t to_;
};

v1::Flow MakeFlow(const Naive& naive, int32_t from_day, int32_t to_day) {
  v1::Flow flow;
  flow.set_open_start(naive.OpenBefore(from_day));
  flow.set_created(naive.Count(
      [&](const Step& step) { return step.event.has_ticket_opened() && naive.Holds(step.after); }));
  flow.set_reopened(naive.Count([&](const Step& step) {
    return step.before && IsClosed(*step.before) && !IsClosed(step.after) &&
           naive.Holds(step.after);
  }));
  flow.set_closed(naive.Count([&](const Step& step) {
    return step.before && !IsClosed(*step.before) && IsClosed(step.after) &&
           naive.Holds(*step.before);
  }));
  const auto stays_open = [](const Step& step) {
    return step.before && !IsClosed(*step.before) && !IsClosed(step.after);
  };
  flow.set_transferred_in(naive.Count([&](const Step& step) {
    return stays_open(step) && !naive.Holds(*step.before) && naive.Holds(step.after);
  }));
  flow.set_transferred_out(naive.Count([&](const Step& step) {
    return stays_open(step) && naive.Holds(*step.before) && !naive.Holds(step.after);
  }));
  flow.set_open_end(naive.OpenBefore(to_day));
  flow.set_resolved(naive.Count([&](const Step& step) {
    return step.event.has_ticket_resolved() && naive.Holds(step.after);
  }));
  return flow;
}

int64_t Percentile(const Seconds& sorted, int64_t percent) {
  if (sorted.empty()) return 0;
  return sorted[(percent * static_cast<int64_t>(sorted.size()) + 99) / 100 - 1];
}

v1::Durations MakeDurations(const Seconds& sorted) {
  v1::Durations durations;
  durations.set_count(static_cast<int64_t>(sorted.size()));
  int64_t sum = 0;
  for (const int64_t seconds : sorted) sum += seconds;
  durations.set_sum_seconds(sum);
  durations.set_p50_seconds(Percentile(sorted, 50));
  durations.set_p75_seconds(Percentile(sorted, 75));
  durations.set_p90_seconds(Percentile(sorted, 90));
  durations.set_p95_seconds(Percentile(sorted, 95));
  durations.set_p99_seconds(Percentile(sorted, 99));
  durations.set_max_seconds(sorted.empty() ? 0 : sorted.back());
  return durations;
}

void SetRatio(int64_t numerator, int64_t denominator, v1::Ratio* ratio) {
  ratio->set_numerator(numerator);
  ratio->set_denominator(denominator);
}

void SetBars(const std::map<int64_t, int64_t>& tickets_by_count,
             google::protobuf::RepeatedPtrField<v1::HistogramBar>* bars) {
  for (const auto& [count, tickets] : tickets_by_count) {
    v1::HistogramBar& bar = *bars->Add();
    bar.set_count(count);
    bar.set_tickets(tickets);
  }
}

void SetRatios(const Naive& naive, v1::ReportRow& row) {
  const v1::Flow& flow = row.flow();
  SetRatio(flow.closed(),
           flow.open_start() + flow.created() + flow.reopened() + flow.transferred_in(),
           row.mutable_closure_flow());
  const int64_t first = naive.Promises(true, v1::PROMISE_STATE_MET);
  SetRatio(first, first + naive.Promises(true, v1::PROMISE_STATE_MISSED),
           row.mutable_first_answer_on_time());
  const int64_t resolution = naive.Promises(false, v1::PROMISE_STATE_MET);
  SetRatio(resolution, resolution + naive.Promises(false, v1::PROMISE_STATE_MISSED),
           row.mutable_resolution_on_time());
  SetRatio(naive.ResolvedReopened(), flow.resolved(), row.mutable_reopen_rate());
  const int64_t reopenings = naive.Count([&](const Step& step) {
    return step.event.has_ticket_reopened() && naive.Holds(*step.before) &&
           step.event.ticket_reopened().cause() != v1::REOPEN_CAUSE_FLAP;
  });
  SetRatio(reopenings, flow.resolved(), row.mutable_reopen_intensity());
  SetRatio(naive.TransferEvents(), flow.created(), row.mutable_transfers_per_ticket());
}

}  // namespace

std::string NaiveValue(const v1::Ticket& ticket, v1::Dimension dimension) {
  static const std::map<v1::Level, std::string> levels = {{v1::LEVEL_RELAY, "RELAY"},
                                                          {v1::LEVEL_ANALYSIS, "ANALYSIS"},
                                                          {v1::LEVEL_INITIATIVE, "INITIATIVE"}};
  switch (dimension) {
    case v1::DIMENSION_DEPARTMENT:
      return ticket.department();
    case v1::DIMENSION_LEVEL:
      return levels.at(ticket.level());
    case v1::DIMENSION_CATEGORY:
      return ticket.category();
    case v1::DIMENSION_CHANNEL:
      return ticket.channel();
    case v1::DIMENSION_SEGMENT:
      return ticket.segment();
    default:
      return "";
  }
}

v1::ReportRow NaiveRow(const std::vector<Step>& steps, v1::Dimension dimension,
                       absl::string_view value, int32_t from_day, int32_t to_day,
                       int32_t cohort_end_day) {
  const Naive naive(steps, dimension, value, from_day, to_day);
  v1::ReportRow row;
  *row.mutable_flow() = MakeFlow(naive, from_day, to_day);

  std::map<int64_t, int64_t> by_transfers;
  std::map<int64_t, int64_t> by_reopens;
  for (const auto& [id, ticket] : naive.TicketsBefore(to_day)) {
    if (!naive.Holds(*ticket)) continue;
    row.mutable_flow()->set_tickets(row.flow().tickets() + 1);
    ++by_transfers[std::min<int64_t>(ticket->transfers(), 20)];
    ++by_reopens[std::min<int64_t>(ticket->reopens(), 20)];
  }
  SetBars(by_transfers, row.mutable_transfers());
  SetBars(by_reopens, row.mutable_reopenings());

  int64_t created = 0;
  int64_t closed = 0;
  for (const auto& [id, ticket] : naive.TicketsBefore(cohort_end_day)) {
    if (!naive.Holds(*ticket) || !naive.InPeriod(Day(ticket->create_time()))) continue;
    ++created;
    closed += IsClosed(*ticket);
  }
  SetRatio(closed, created, row.mutable_closure_cohort());

  SetRatios(naive, row);
  *row.mutable_time_to_close() = MakeDurations(
      naive.Standing([](const v1::Event& event) { return event.has_ticket_closed(); }));
  *row.mutable_time_to_resolve() = MakeDurations(
      naive.Standing([](const v1::Event& event) { return event.has_ticket_resolved(); }));
  return row;
}

}  // namespace redress::engine::test
