// A plain model of the product: what each command must come to, and how each ticket stands after
// it.
//
// Written from DESIGN, SEMANTICS and the comments of the API, with maps and integers, sharing no
// code with engine/: two descriptions that agree over millions of commands are seldom wrong in the
// same way. Times are microseconds.
//
// Left open: categories, touchpoints and segments of tickets, the list of departments that a ticket
// passed, the words of people, messages of rejections, receipts. The checks read those that matter
// from the ledger itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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
};

struct ModelTicket {
  uint64_t id = 0;
  uint32_t version = 0;
  v1::TicketState state = v1::TICKET_STATE_UNSPECIFIED;
  v1::Level level = v1::LEVEL_UNSPECIFIED;
  v1::Severity severity = v1::SEVERITY_MEDIUM;
  std::string department;
  // That opened it, with its words; rules see it again when it is reopened.
  v1::Issue issue;
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
  v1::TicketState state_before_pause = v1::TICKET_STATE_UNSPECIFIED;
  int64_t pause_start = 0;
  // Resolved in this cycle.
  bool has_resolution = false;
  v1::CloseCause close_cause = v1::CLOSE_CAUSE_UNSPECIFIED;
  int64_t create_time = 0, cycle_time = 0, answer_time = 0, resolve_time = 0, close_time = 0;
  int64_t update_time = 0, paused_seconds = 0;
  uint32_t issues = 1, cycle = 0, reopens = 0, transfers = 0, returns = 0, level_changes = 0;
  uint32_t reminders = 0;
  uint64_t follows = 0;
  // Given by the product, learned from it.
  std::string reference;

  bool is_settled() const { return !deadlines.contains(v1::DEADLINE_KIND_SETTLE); }
  bool is_waiting() const { return state == v1::TICKET_STATE_QUEUED && is_settled(); }
  // The earliest that can fire, the lower kind first among equals; nothing when closed.
  std::optional<std::pair<v1::DeadlineKind, int64_t>> NextDeadline() const;
  int64_t Rank() const;
};

// Both print the same text when model and product agree.
std::string Print(const ModelTicket& ticket);
std::string Print(const v1::Ticket& ticket);

// What a command must come to.
struct Prediction {
  // Empty: accepted.
  std::string reason;
  // The tickets that the reply shows, printed.
  std::vector<std::string> tickets;
  bool joined = false;
  bool repeated = false;
  uint32_t playbook_version = 0;
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
  // How tickets are called beside their ids, learned from the product.
  std::map<std::string, uint64_t> references;

  uint64_t next_id() const { return tickets.size() + 1; }
};

class Model {
 public:
  ModelTenant& tenant(const std::string& name) { return tenants_[name]; }
  const std::map<std::string, ModelTenant>& tenants() const { return tenants_; }

  // A batch decided at `now`. Between the two, any number of Do.
  void BeginBatch(int64_t now);
  // Whether the batch wrote anything, which makes it a commit.
  bool EndBatch();

  // Decides a command. `plan`: for publishing.
  Prediction Do(const std::string& tenant, const engine::Actor& actor, const v1::Command& command,
                const PlaybookPlan* plan);

  // What the deadline driver must send at `now`: tenant, ticket and instant, in due order.
  struct Due {
    int64_t time;
    std::string tenant;
    uint64_t ticket_id;
    auto operator<=>(const Due&) const = default;
  };
  std::vector<Due> DueBefore(int64_t now) const;

  // Tickets that the batch changed.
  const std::map<std::string, std::vector<uint64_t>>& touched() const { return touched_; }

 private:
  int64_t now_ = 0;
  std::map<std::string, ModelTenant> tenants_;
  std::map<std::string, std::vector<uint64_t>> touched_;
  std::map<std::string, bool> written_;
};

}  // namespace redress::simulator
