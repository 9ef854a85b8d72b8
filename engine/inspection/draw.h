// Samples that anybody can draw again.
//
// The tickets that were resolved in a period are parted into strata; from each, those with the
// smallest keys are drawn. A ticket's key is the first eight bytes of HMAC-SHA256 over its id in
// decimal digits, under the sample's seed; of equal keys the smaller id comes first. The seed is
// the SHA-256 of these lines, each ended by a newline:
//
//     redress sample
//     COMMIT HASH, in hex
//     SALT, in hex
//     PLAN
//     FROM DAY
//     TO DAY
//
// The list that was drawn from is hashed (SHA-256) as a line for each ticket, in the order of the
// ids: the id and the values of its stratum, apart by tabs, ended by a newline.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/sha256.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/inspection.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// What one sample may hold.
inline constexpr size_t kSampleTicketsMax = 5'000;
inline constexpr size_t kSampleStrataMax = 1'000;

// The seed of a draw, 32 bytes, from its commit, salt, plan and period.
std::string SeedOf(const redress::v1::SampleDrawn& draw);

// The key of a ticket under a seed: the smaller, the sooner it is drawn.
uint64_t DrawKey(absl::string_view seed, uint64_t ticket_id);

// How many are drawn of a stratum with `population` tickets.
uint32_t SizeOf(const redress::v1::SampleSize& size, uint32_t population);

// What a draw looks at: tickets that were resolved on these days, as far as this commit tells.
struct DrawPeriod {
  int32_t from_day = 0;
  int32_t to_day = 0;
  uint64_t commit = 0;

  // Whether the event, recorded in `commit`, puts its ticket into the population, as the ticket is
  // after it. Of several such events of a ticket the last one counts. A ticket that no customer
  // reported is never in it.
  bool Has(const redress::v1::Event& event, const redress::v1::Ticket& after,
           uint64_t event_commit) const;
};

// REQUIRES: the draw's days are days.
DrawPeriod PeriodOf(const redress::v1::SampleDrawn& draw);

// The stratum of a ticket: one value for each dimension of the plan, control characters taken as
// blanks.
std::vector<std::string> StratumOf(const redress::v1::SamplingPlan& plan,
                                   const redress::v1::Ticket& ticket);

// Gathers a population and draws from it.
class SampleBuilder {
 public:
  // `draw` has everything but its strata, tickets and population hash, and outlives this.
  explicit SampleBuilder(const redress::v1::SampleDrawn& draw) : draw_(draw) {}

  // A ticket of the population. REQUIRES: ids rise.
  void Add(uint64_t ticket_id, const std::vector<std::string>& values,
           const std::string& department);

  // Why nothing can be drawn: no ticket, or too many strata or tickets, with how to narrow it.
  // Nothing: it can.
  std::optional<std::string> FindFault() const;

  // The strata, tickets and population hash of the draw; everything else is left out.
  redress::v1::SampleDrawn Draw();

 private:
  struct Candidate {
    uint64_t key;
    uint64_t ticket_id;
    uint32_t department;
  };

  const redress::v1::SampleSize& SizeFor(const std::vector<std::string>& values) const;
  uint32_t NumberOf(const std::string& department);

  const redress::v1::SampleDrawn& draw_;
  std::map<std::vector<std::string>, std::vector<Candidate>> strata_;
  std::map<std::string, uint32_t> numbers_;
  std::vector<std::string> departments_;
  base::Sha256Hasher hasher_;
};

// What is not as the rules above make it of the population, such as "the seed is another"; nothing
// when all agrees. `again` is what a SampleBuilder drew.
std::optional<std::string> FindDifference(const redress::v1::SampleDrawn& recorded,
                                          const redress::v1::SampleDrawn& again);

}  // namespace redress::engine
