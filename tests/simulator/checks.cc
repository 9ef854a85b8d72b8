#include "tests/simulator/checks.h"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "absl/strings/str_cat.h"
#include "services/report_reader.h"
#include "services/verify.h"
#include "storage/index.h"
#include "storage/ledger.h"
#include "tests/simulator/model_ticket.h"
#include "tests/simulator/quality_check.h"

namespace redress::simulator {
namespace {

// Follows one ticket through its events.
struct Trail {
  int64_t time = 0;
  uint32_t version = 0;
  uint64_t lease_token = 0;
  std::string holder;
  std::map<v1::DeadlineKind, int64_t> running;  // promises by due instant
  bool rests_first_answer = false;              // while the customer is asked
  std::set<std::string> steps;                  // of chains, that fired or were skipped
  int reminders = 0;                            // of this cycle
};

// From the reminder of this number to the next: twice as long each time, a week at most.
int64_t ReminderGap(int number) { return std::min(kDay << std::min(number, 3), 7 * kDay); }

class EventCheck {
 public:
  // Empty, or what the event breaks. `recorded`: the time of its commit.
  std::string Take(const v1::Event& event, int64_t recorded) {
    if (event.ticket_id() == 0) return "";
    Trail& trail = trails_[event.ticket_id()];
    const int64_t time = Micros(event.time());
    // What fell due before a later note or reopening stands after it; what counts is its own
    // instant.
    int64_t fires = time;
    if (event.has_promise_missed()) fires = Micros(event.promise_missed().due());
    if (event.has_reminder_raised())
      fires = Micros(event.reminder_raised().next_time()) - ReminderGap(++trail.reminders);
    if (event.has_ticket_reopened()) trail.reminders = 0;
    std::string broken;
    if (event.version() != trail.version + 1) broken = "skips a version";
    else if (time < trail.time) broken = "is earlier than the event before it";
    else if (time > recorded) broken = "is later than its recording";
    else if (event.actor() == "timer" && fires >= recorded) broken = "fires too early";
    else broken = Follow(event, time, trail);
    for (const v1::ClockChange& change : event.clock_changes()) Run(change.clock(), trail);
    trail.time = time;
    trail.version = event.version();
    if (broken.empty()) return "";
    return absl::StrCat("the event of ticket ", event.ticket_id(), " v", event.version(), " ",
                        broken, ": ", event.ShortDebugString());
  }

 private:
  static constexpr v1::DeadlineKind kFirst = v1::DEADLINE_KIND_FIRST_ANSWER;
  static constexpr v1::DeadlineKind kResolution = v1::DEADLINE_KIND_RESOLUTION;

  // A clock that runs promises as a route does.
  static void Run(const v1::Clock& clock, Trail& trail) {
    if (clock.state() != v1::PROMISE_STATE_RUNNING) return;
    if (clock.kind() == v1::CLOCK_KIND_FIRST) trail.running[kFirst] = Micros(clock.due_time());
    if (clock.kind() == v1::CLOCK_KIND_RESOLVE)
      trail.running[kResolution] = Micros(clock.due_time());
  }

  template <typename Fact>
  static void Start(const Fact& fact, Trail& trail) {
    if (fact.has_first_answer_due()) trail.running[kFirst] = Micros(fact.first_answer_due());
    if (fact.has_resolution_due()) trail.running[kResolution] = Micros(fact.resolution_due());
  }

  static std::string Meet(Trail& trail, v1::DeadlineKind kind, bool is_met, int64_t time) {
    const auto it = trail.running.find(kind);
    const bool was_running = it != trail.running.end();
    if (is_met && !was_running) return "meets a promise that does not run";
    const bool rests = kind == kFirst && trail.rests_first_answer;
    if (is_met && !rests && it->second < time) return "meets a promise after it was due";
    if (was_running) trail.running.erase(it);
    return "";
  }

  static std::string Hold(const v1::Event& event, Trail& trail) {
    const v1::TicketLeased& leased = event.ticket_leased();
    if (!trail.holder.empty()) return "leases what somebody holds";
    if (leased.lease_token() <= trail.lease_token) return "gives a token that does not rise";
    trail.holder = leased.handler();
    trail.lease_token = leased.lease_token();
    return "";
  }

  static std::string Miss(const v1::Event& event, int64_t time, Trail& trail) {
    const v1::PromiseMissed& missed = event.promise_missed();
    const auto it = trail.running.find(missed.kind());
    if (it == trail.running.end()) return "breaks a promise that does not run";
    if (it->second != Micros(missed.due()) || time < it->second)
      return "breaks a promise at another instant than its due";
    trail.running.erase(it);
    return "";
  }

  static std::string Climb(const v1::ChainStepKey& key, Trail& trail) {
    const bool is_new = trail.steps.insert(key.SerializeAsString()).second;
    return is_new ? "" : "comes to a step of a chain twice";
  }

  static std::string Follow(const v1::Event& event, int64_t time, Trail& trail) {
    using Fact = v1::Event::FactCase;
    switch (event.fact_case()) {
      case Fact::kTicketOpened: {
        const v1::TicketOpened& opened = event.ticket_opened();
        Start(opened, trail);
        const bool tells = opened.has_mystery() && opened.mystery().submitter() == event.actor();
        return tells ? "names who really submits it" : "";
      }
      case Fact::kTicketRouted: Start(event.ticket_routed(), trail); return "";
      case Fact::kTicketPaused:
        trail.rests_first_answer =
            event.ticket_paused().reason() == v1::PAUSE_REASON_CUSTOMER_INFO;
        return "";
      case Fact::kTicketResumed:
        trail.rests_first_answer = false;
        Start(event.ticket_resumed(), trail);
        return "";
      case Fact::kTicketLeased: return Hold(event, trail);
      case Fact::kTicketAccepted:
        return event.ticket_accepted().handler() == trail.holder ? "" : "is accepted by another";
      case Fact::kTicketReturned:
      case Fact::kTicketTransferred:
      case Fact::kLevelChanged: trail.holder.clear(); return "";
      case Fact::kTicketAnswered:
        if (!event.ticket_answered().substantive()) return "";
        return Meet(trail, kFirst, event.ticket_answered().first_answer_met(), time);
      case Fact::kTicketResolved: {
        trail.holder.clear();
        const auto& resolved = event.ticket_resolved();
        const std::string first = Meet(trail, kFirst, resolved.first_answer_met(), time);
        return first.empty() ? Meet(trail, kResolution, resolved.resolution_met(), time) : first;
      }
      case Fact::kTicketClosed:
        trail.holder.clear();
        trail.running.clear();
        return "";
      case Fact::kPromiseMissed: return Miss(event, time, trail);
      case Fact::kChainStepFired: return Climb(event.chain_step_fired().key(), trail);
      case Fact::kChainStepSkipped: return Climb(event.chain_step_skipped().key(), trail);
      default: return "";
    }
  }

  std::map<uint64_t, Trail> trails_;
};

std::string CheckEvents(const storage::LedgerReader& reader, const std::string& tenant) {
  const auto head = reader.ReadHead(tenant);
  if (!head.ok()) return std::string(head.status().message());
  EventCheck check;
  for (uint64_t number = 1; number <= head->commit(); ++number) {
    const auto commit = reader.ReadCommit(tenant, number);
    if (!commit.ok()) return std::string(commit.status().message());
    google::protobuf::Arena arena;
    for (const std::string& bytes : commit->events()) {
      v1::Event& event = *google::protobuf::Arena::CreateMessage<v1::Event>(&arena);
      if (!event.ParseFromString(bytes)) return "an event cannot be read";
      const std::string broken = check.Take(event, Micros(commit->time()));
      if (!broken.empty()) return broken;
    }
  }
  return "";
}

std::string CheckQueues(const storage::LedgerReader& reader, const std::string& tenant,
                        const ModelTenant& model) {
  std::map<uint64_t, int> places;
  std::vector<std::string> departments = DepartmentNames();
  departments.push_back("gone");
  for (const std::string& department : departments) {
    for (const v1::Level level : {v1::LEVEL_RELAY, v1::LEVEL_ANALYSIS, v1::LEVEL_INITIATIVE}) {
      const auto found = reader.ScanIndex(storage::QueuePrefix(tenant, department, level), true, "",
                                          storage::kScanLimitMax);
      if (!found.ok()) return std::string(found.status().message());
      for (const auto& waiting : *found) ++places[waiting.ticket_id];
    }
  }
  for (const auto& [id, ticket] : model.tickets) {
    const int expected = ticket.is_waiting() ? 1 : 0;
    if (places[id] != expected)
      return absl::StrCat("ticket ", id, " stands in ", places[id], " queues, not ", expected);
  }
  return "";
}

std::string CheckReport(const storage::LedgerReader& reader, const std::string& tenant,
                        const ModelTenant& model, int64_t now) {
  v1::GetReportRequest request;
  request.add_by(v1::DIMENSION_DEPARTMENT);
  request.add_by(v1::DIMENSION_LEVEL);
  const auto result =
      services::ReadReport(reader, tenant, request, absl::FromUnixMicros(now));
  if (!result.ok()) return absl::StrCat("no report: ", result.status().ToString());
  const auto* report = std::get_if<v1::Report>(&*result);
  if (report == nullptr)
    return absl::StrCat("no report: ", std::get<engine::ReportFailure>(*result).text);
  int64_t open = 0;
  for (const auto& [id, ticket] : model.tickets)
    open += ticket.state != v1::TICKET_STATE_CLOSED && ticket.mystery.empty();
  if (report->total().flow().open_end() == open) return "";
  return absl::StrCat("the report counts ", report->total().flow().open_end(),
                      " open tickets, not ", open);
}

}  // namespace

Failure CheckTenant(const storage::Reader& kv_reader, const std::string& tenant,
                    const ModelTenant& model, int64_t now, services::PlaybookStore& playbooks) {
  const storage::LedgerReader reader(kv_reader);
  services::VerifyOptions options;
  options.playbooks = &playbooks;
  const v1::VerifyLedgerResponse verified = services::VerifyLedgerOf(
      reader, tenant, [](const v1::VerifyLedgerResponse&) { return true; }, options);
  if (!verified.clean()) return {kVerifyChecker, verified.first_difference()};
  std::string broken = CheckEvents(reader, tenant);
  if (!broken.empty()) return {kEventsChecker, broken};
  broken = CheckQueues(reader, tenant, model);
  if (!broken.empty()) return {kQueuesChecker, broken};
  broken = CheckQuality(reader, tenant, model);
  if (!broken.empty()) return {kQualityChecker, broken};
  broken = CheckReport(reader, tenant, model, now);
  if (!broken.empty()) return {kReportChecker, broken};
  return {};
}

}  // namespace redress::simulator
