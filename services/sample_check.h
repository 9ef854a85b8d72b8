// Every sample of a ledger drawn again, from its events alone.
//
// The population of a sample is gathered while the ledger is replayed, some tickets at a time; then
// it is drawn and compared with what was recorded.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "engine/inspection/draw.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"
#include "storage/ledger.h"

namespace redress::services {

class SampleCheck {
 public:
  // Finds the samples. REQUIRES: `reader` outlives this.
  static absl::StatusOr<std::unique_ptr<SampleCheck>> Open(const storage::LedgerReader& reader,
                                                           absl::string_view tenant);

  // A draw that the ledger records. DATA_LOSS: it is none of the samples found, or not of a commit
  // before it.
  absl::Status Take(const v1::SampleDrawn& draw, const v1::Position& position) const;
  // A ticket's event, recorded in `commit`. Thread-safe.
  void Add(const v1::Event& event, const v1::Ticket& after, uint64_t commit)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // No event of the tickets so far is still to come; those of the next pass have higher ids.
  void EndPass();
  // DATA_LOSS: names the first sample that is not what the events make it.
  absl::Status Compare();

 private:
  // The texts of a stratum or a department, each once.
  using Texts = std::vector<std::string>;
  class TextTable {
   public:
    uint32_t NumberOf(Texts texts);
    const Texts& Find(uint32_t number) const { return *texts_[number]; }

   private:
    std::map<Texts, uint32_t> numbers_;
    std::vector<const Texts*> texts_;
  };
  // A ticket of the population; small, since there may be as many as tickets.
  struct Member {
    uint32_t stratum = 0;
    uint32_t department = 0;
  };
  struct Sample {
    explicit Sample(v1::SampleDrawn drawn)
        : draw(std::move(drawn)), period(engine::PeriodOf(draw)), builder(draw) {}
    const v1::SampleDrawn draw;
    const engine::DrawPeriod period;
    engine::SampleBuilder builder;  // refers to draw
    TextTable texts;
    absl::flat_hash_map<uint64_t, Member> pass;  // by ticket
  };

  SampleCheck(const storage::LedgerReader& reader, absl::string_view tenant)
      : reader_(reader), tenant_(tenant) {}

  const storage::LedgerReader& reader_;
  const std::string tenant_;
  absl::Mutex mutex_;  // of what the samples gather
  std::deque<Sample> samples_;  // by their numbers, which count from 1; each stays where it is
};

}  // namespace redress::services
