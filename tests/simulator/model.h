// A plain model of the product: what each command must come to, and how each ticket stands after
// it.
//
// Written from docs/SEMANTICS.md and the comments of the API, with maps and integers, sharing no
// code with engine/: two descriptions that agree over millions of commands are seldom wrong in the
// same way. Times are microseconds.
//
// Left open: categories, touchpoints and segments of tickets, the list of departments that a ticket
// passed, the words of people, messages of rejections, receipts. The checks read those that matter
// from the ledger itself.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/ticket/actor.h"
#include "redress/v1/command.pb.h"
#include "redress/v1/ticket.pb.h"
#include "tests/simulator/setting.h"

namespace redress::simulator {

// A promise to the customer.
struct ModelPromise {
  v1::PromiseState state = v1::PROMISE_STATE_UNSPECIFIED;
  // 0: none.
  int64_t due = 0;

  bool is_running() const { return state == v1::PROMISE_STATE_RUNNING; }
  bool operator==(const ModelPromise&) const = default;
};

// What the product shows of a ticket, and must show alike.
struct ShownTicket {
  uint64_t id = 0;
  uint32_t version = 0;
  v1::TicketState state = v1::TICKET_STATE_UNSPECIFIED;
  v1::Level level = v1::LEVEL_UNSPECIFIED;
  v1::Severity severity = v1::SEVERITY_MEDIUM;
  std::string department;
  std::string customer;
  std::string key;
  std::string external_id;
  bool is_imported = false;
  std::string holder;
  uint64_t token = 0;
  uint64_t leases = 0;
  std::map<v1::DeadlineKind, int64_t> deadlines;
  ModelPromise first_answer;
  ModelPromise resolution;
  int64_t confirmation = 0;
  int64_t reopen_window = 0;
  v1::PauseReason pause_reason = v1::PAUSE_REASON_UNSPECIFIED;
  int64_t pause_start = 0;
  v1::CloseCause close_cause = v1::CLOSE_CAUSE_UNSPECIFIED;
  int64_t create_time = 0, cycle_time = 0, answer_time = 0, resolve_time = 0, close_time = 0;
  int64_t update_time = 0, paused_seconds = 0;
  uint32_t issues = 1, cycle = 0, reopens = 0, transfers = 0, returns = 0, level_changes = 0;
  uint32_t reminders = 0;
  uint64_t follows = 0;
  // The chain that it climbs or last did; empty: none.
  std::string chain_rule;
  uint32_t chain_generation = 0;
  uint32_t chain_next = 0;
  v1::ChainState chain_state = v1::CHAIN_STATE_UNSPECIFIED;
  // A lower level that was offered.
  struct Offer {
    v1::Level level = v1::LEVEL_UNSPECIFIED;
    std::string department;
    std::string actor;
    bool operator==(const Offer&) const = default;
  };
  Offer offer;
  // Who submitted it to see how it is handled; empty: a customer brought it.
  std::string mystery;
  struct Inspection {
    // 0: outside of any.
    uint32_t sample = 0;
    std::string inspector;
    std::string department;
    int64_t time = 0;
    v1::InspectionState state = v1::INSPECTION_STATE_UNSPECIFIED;
    // See PrintResults: of the inspector, and of who overturned it.
    std::string results;
    std::string disputer;
    std::string decider;
    std::string verdict;
    bool operator==(const Inspection&) const = default;
  };
  std::vector<Inspection> inspections;

  bool climbs() const { return chain_state == v1::CHAIN_STATE_RUNNING; }
  bool is_settled() const { return !deadlines.contains(v1::DEADLINE_KIND_SETTLE); }
  bool is_waiting() const { return state == v1::TICKET_STATE_QUEUED && is_settled(); }
  // The earliest that can fire, the lower kind first among equals; nothing when closed.
  std::optional<std::pair<v1::DeadlineKind, int64_t>> NextDeadline() const;
  // By which the driver finds it: never before its last event.
  std::optional<int64_t> NextKeyed() const;
  int64_t Rank() const;
  bool operator==(const ShownTicket&) const = default;
};

// A ticket just after it was resolved.
struct ModelResolution {
  int64_t time = 0;
  v1::Level level = v1::LEVEL_UNSPECIFIED;
  v1::Severity severity = v1::SEVERITY_MEDIUM;
  std::string department;
};

struct ModelTicket : ShownTicket {
  // That opened it, with its words; rules see it again when it is reopened. Shared by the copies of
  // the ticket, since it never changes.
  std::shared_ptr<const v1::Issue> issue;
  v1::TicketState state_before_pause = v1::TICKET_STATE_UNSPECIFIED;
  // Resolved in this cycle.
  bool has_resolution = false;
  // What a promise runs by when it runs by a row of the clocks table.
  struct Clock {
    // Null: the promise is the route's own, or there is none.
    std::shared_ptr<const ClockPlan> plan;
    int64_t start = 0;
    // When it was met or cancelled.
    int64_t end = 0;
    bool is_paused = false;
  };
  Clock first_clock;
  Clock resolve_clock;
  // That resolution said that it is a duplicate.
  bool is_duplicate = false;
  // As it was when it began to run. Shared by the copies of the ticket, since it never changes.
  std::shared_ptr<const ChainPlan> chain;
  uint32_t chain_cycle = 0;
  int64_t chain_start = 0;
  // When its next step is due.
  int64_t chain_time = 0;
  // That are over, 200 at most.
  std::vector<std::pair<int64_t, int64_t>> pauses;
  // Each time.
  std::vector<ModelResolution> resolutions;
  // Who held, answered or resolved it.
  std::vector<std::string> handlers;
  // Given by the product, learned from it.
  std::string reference;
};

// A ticket of the product as the model sees it.
ShownTicket ShownOf(const v1::Ticket& ticket);
// What of a ticket's fields contradicts its other fields: the instants by which storage finds it.
// Empty when nothing does.
std::string FindContradiction(const v1::Ticket& ticket, const ShownTicket& shown);
std::string Print(const ShownTicket& ticket);

// What a command must come to.
struct Prediction {
  // Empty: accepted.
  std::string reason;
  // The tickets that the reply shows.
  std::vector<ShownTicket> tickets;
  bool joined = false;
  bool repeated = false;
  uint32_t playbook_version = 0;
  // Of a draw.
  uint32_t sample = 0;
};

// A draw, and what inspections need of it.
struct ModelSample {
  std::string plan;
  std::string from_day;
  std::string to_day;
  // Of the playbook that it was drawn by.
  std::string source;
  // Of its form.
  uint32_t tones = 0;
  // The department that was accountable, by ticket.
  std::map<uint64_t, std::string> tickets;
};

struct ModelTenant {
  std::map<uint64_t, ModelTicket> tickets;
  uint32_t playbook_version = 0;
  // Of the live playbook; meaningless at version 0.
  PlaybookPlan playbook;
  // Of the newest commit.
  int64_t head_time = 0;
  struct Reply {
    uint64_t week = 0;
    std::string content;
    Prediction prediction;
  };
  std::map<std::string, Reply> replies;
  // By their numbers, which count from 1.
  std::vector<ModelSample> samples;
  // Texts by goal.
  std::map<std::string, std::vector<std::string>> evidence;

  uint64_t next_id() const { return tickets.size() + 1; }
};

// How a tenant was before a batch that may have to be taken back.
struct ModelUndo {
  std::map<uint64_t, std::optional<ModelTicket>> tickets;
  std::vector<std::string> replies;
  uint32_t playbook_version = 0;
  std::optional<PlaybookPlan> playbook;
  int64_t head_time = 0;
  size_t samples = 0;
  std::map<std::string, std::vector<std::string>> evidence;
};

class Model {
 public:
  ModelTenant& tenant(const std::string& name) { return tenants_[name]; }
  const std::map<std::string, ModelTenant>& tenants() const { return tenants_; }

  // A batch decided at `now`. Between the two, any number of Do.
  void BeginBatch(int64_t now);
  // Whether the batch wrote anything, which makes it a commit.
  bool EndBatch();
  // Forgets the batch that ended last. What it touched stays known.
  void TakeBack();

  // Decides a command. `plan`: for publishing. `drawn`: for a draw.
  Prediction Do(const std::string& tenant, const engine::Actor& actor, const v1::Command& command,
                const PlaybookPlan* plan, const ModelSample* drawn);

  // What the deadline driver must send at `now`: tenant, ticket and instant, in due order.
  struct Due {
    int64_t time;
    std::string tenant;
    uint64_t ticket_id;
    auto operator<=>(const Due&) const = default;
  };
  std::vector<Due> DueBefore(int64_t now) const;
  // The first instant from `time` on at which something is due.
  std::optional<int64_t> NextDue(int64_t time) const;

  // Tickets that the batch changed.
  const std::map<std::string, std::set<uint64_t>>& touched() const { return touched_; }

 private:
  void Plan(const std::string& tenant, uint64_t ticket_id, const ModelTicket* before,
            const ModelTicket* after);

  int64_t now_ = 0;
  std::map<std::string, ModelTenant> tenants_;
  std::set<Due> due_;
  std::map<std::string, std::set<uint64_t>> touched_;
  std::map<std::string, ModelUndo> undo_;
  std::map<std::string, bool> written_;
};

}  // namespace redress::simulator
