// Tickets that move through states, for tests of figures: each move is an event with the ticket
// before and after it, as a ledger would hold them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/measure/cell.h"
#include "engine/measure/report.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine::test {

// The instant of an hour (which may pass 23) of a day such as "2026-11-01", in seconds.
int64_t At(absl::string_view day, int hour = 0);

struct Step {
  std::optional<v1::Ticket> before;
  v1::Event event;
  v1::Ticket after;

  TicketTally Tallied() const { return Tally(before ? &*before : nullptr, event, after); }
};

// Calls visit(dimension, value, delta) for every scope that a delta of the tally goes to.
template <typename Visit>
void ForEachScope(const TicketTally& tally, Visit visit) {
  for (int dimension = 0; dimension < kScopeDimensions; ++dimension) {
    for (const TallyDelta& delta : tally.deltas) {
      if (!tally.Reaches(delta, dimension)) continue;
      visit(static_cast<v1::Dimension>(dimension), tally.Value(delta, dimension), delta);
    }
  }
}

// What a route sets; the dimensions of figures.
struct Place {
  std::string department = "billing";
  v1::Level level = v1::LEVEL_RELAY;
  std::string category = "billing.double_charge";
  std::string channel = "email";
  std::string segment = "vip";
};

// Makes tickets and moves them. A model of Apply that knows only what figures depend on.
class TestLedger {
 public:
  // A due instant of 0 means no such promise. Answers the ticket's index.
  size_t Open(int64_t time, const Place& place, int64_t first_answer_due = 0,
              int64_t resolution_due = 0);
  const Step& Note(size_t ticket, int64_t time);
  const Step& Answer(size_t ticket, int64_t time, bool met);
  const Step& Transfer(size_t ticket, int64_t time, absl::string_view department, int count = 1);
  const Step& ChangeLevel(size_t ticket, int64_t time, v1::Level level);
  const Step& Route(size_t ticket, int64_t time, const Place& place);
  // Meets what is promised and not yet due.
  const Step& Resolve(size_t ticket, int64_t time);
  const Step& Close(size_t ticket, int64_t time);
  const Step& Reopen(size_t ticket, int64_t time, v1::ReopenCause cause);
  const Step& Miss(size_t ticket, int64_t time, v1::DeadlineKind kind);

  const v1::Ticket& ticket(size_t index) const { return tickets_[index]; }
  size_t size() const { return tickets_.size(); }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  // A step that has not changed the ticket yet.
  Step& Begin(size_t ticket, int64_t time);
  const Step& End(size_t ticket);

  std::vector<v1::Ticket> tickets_;
  std::vector<Step> steps_;
};

// The deltas of a step, a line each, without scopes: "2026-11-01 created +1", with "[sub]" where
// the counter has one, "before" for the scopes that were left, "moved" for changed dimensions only.
std::string PrintTally(const Step& step);
// The same lines, of one counter only.
std::string PrintTally(const Step& step, Counter counter);

// Cells as storage keeps them.
class CellStore {
 public:
  // Adds steps as commits of `commit_size` events.
  CellStore(const std::vector<Step>& steps, size_t commit_size);

  // Adds to a stored cell behind the ledger's back.
  void Damage(const CellKey& key, Counter counter, uint32_t sub, int64_t amount);

  const std::vector<CellDelta>& cells() const { return cells_; }
  std::variant<v1::Report, ReportFailure> Report(const ReportRequest& request) const;

 private:
  void Merge(const std::vector<CellDelta>& deltas);

  // By key.
  std::vector<CellDelta> cells_;
};

}  // namespace redress::engine::test
