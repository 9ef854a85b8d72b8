// Which rows of a table may match an issue, found without looking at the others.
//
// A condition like
//
//     issue.product == "lamp" && issue.channel in ["app", "web"] && issue.score.value < 3
//
// is false unless the product is a lamp and the channel is one of two, whatever else it asks. Such
// demands (equality, membership, prefix; of texts, whole numbers and enums) are taken together: the
// rows whose demands are about the same fields have one shape, and lie in one table by the values
// that they demand. Looking up costs a hash for each field and a probe for each shape, however many
// rows there are; a row that demands nothing may match any issue. This is the tuple space search of
// packet classifiers (Srinivasan, Suri and Varghese, SIGCOMM 1999). Values are numbered first, so
// that what lies in one place demands exactly the same. One of a row's bounds is kept where the row
// is filed, so that most of those that fail it are not touched. A row of which the index has proved
// every demand needs no evaluation; any other that is found may still not match, and its condition
// is evaluated as if there were no index.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/cel/program.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// Most places in which one row is filed: a list of values, or several of them, makes as many.
inline constexpr size_t kPlacesPerRowMax = 64;
// Most shapes of an index. Rows of further ones are filed by one of their demands.
inline constexpr size_t kShapesMax = 32;

class RowIndex {
 public:
  // Whether rows may change the ticket while the table is walked, as those of classify do. Then
  // nothing can be known beforehand of what it says.
  enum class Ticket { kChanges, kStays };

  // A row that the facts do not rule out.
  struct Candidate {
    uint32_t row;
    bool is_proved;  // its condition is true
  };

  RowIndex() = default;
  // The conditions of the rows in order; null: none. They are not kept.
  RowIndex(const std::vector<const cel::Program*>& conditions, Ticket ticket);

  // The rows, by their numbers from 0, rising. `ticket` is not looked at where it changes.
  std::vector<Candidate> Candidates(const redress::v1::Issue& issue,
                                    const redress::v1::CustomerFacts& customer,
                                    const redress::v1::TicketFacts& ticket) const;

 private:
  friend class RowIndexBuilder;

  // A field that some row makes a demand of, or the beginning of one, with the values that rows
  // demand, numbered from 1. Looked up only, never walked.
  struct Probe {
    std::vector<const google::protobuf::FieldDescriptor*> path;
    size_t prefix_bytes;  // kWhole: all of it
    absl::flat_hash_map<std::string, uint32_t> texts;
    absl::flat_hash_map<int64_t, uint32_t> numbers;
  };
  static constexpr size_t kWhole = SIZE_MAX;

  // What a probe finds.
  struct Said {
    uint32_t value = 0;  // its number; 0: no row demands it
    int64_t number = 0;  // of a field that is one
  };

  // A row, and a number that it demands to be within bounds.
  struct Filed {
    static constexpr uint32_t kNoProbe = UINT32_MAX;
    uint32_t row = 0;
    uint32_t probe = kNoProbe;
    int64_t min = 0;
    int64_t max = 0;
    bool is_whole = false;  // place and bounds are all that it demands
  };

  // The numbers of the values that a row demands, in the order of its shape's probes, packed.
  using Place = std::pair<uint64_t, uint64_t>;
  // As many numbers fit in a place. Rows with more demands are filed by so many of them.
  static constexpr size_t kProbesPerShapeMax = 4;
  static Place Packed(Place place, uint32_t value) {
    return {place.first << 32 | place.second >> 32, place.second << 32 | value};
  }

  // Where the rows of one place are in filed_.
  struct Span {
    uint32_t first = 0;
    uint32_t count = 0;
  };

  // Rows by what they demand of the probes. Looked up only, never walked.
  struct Shape {
    std::vector<uint32_t> probes;  // places in probes_, rising
    absl::flat_hash_map<Place, Span> rows;
  };

  static Said Ask(const Probe& probe, const google::protobuf::Message& facts,
                  std::string& scratch);

  std::vector<Filed> always_;
  std::vector<Filed> filed_;
  std::vector<Probe> probes_;
  std::vector<Shape> shapes_;
};

}  // namespace redress::engine
