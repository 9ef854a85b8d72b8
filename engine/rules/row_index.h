// Which rows of a table may match an issue, found without looking at the others.
//
// A condition like
//
//     issue.product == "lamp" && issue.channel in ["app", "web"] && issue.score.value < 3
//
// is false unless the product is a lamp and the channel is one of two, whatever else it asks. Such
// demands (equality, membership, prefix, presence; of texts, whole numbers and enums) are taken
// together: the rows whose demands are about the same fields have one shape, and lie in one table by
// the values that they demand. Looking up costs a hash for each field and a probe for each shape,
// however many rows there are; a row that demands nothing may match any issue. This is the tuple
// space search of packet classifiers (Srinivasan, Suri and Varghese, SIGCOMM 1999). Values are
// numbered first, so that what lies in one place demands exactly the same. One of a row's bounds is
// kept where the row is filed, so that most of those that fail it are not touched.
//
// What a row looks for in the text (a phrase, a pattern) is a demand too, and the last of
// its shape: the text is looked through once for all rows, when the other demands of some shape are
// fulfilled, and each phrase that it has is one probe. Of several such demands the one that fewest
// rows make is filed.
//
// A row of which the index has proved every demand needs no evaluation; any other that is found may
// still not match, and its condition is evaluated as if there were no index.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "engine/cel/program.h"
#include "engine/rules/vocabulary.h"

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

  using Candidates = absl::InlinedVector<Candidate, 16>;

  // Which candidates are asked for.
  enum class Wanted {
    kAll,
    kUntilProved,  // those behind the first that is proved may be left out
  };

  RowIndex() = default;
  // The conditions of the rows in order; null: none. They are not kept. REQUIRES: they were compiled
  // with the vocabulary, which is sealed.
  RowIndex(const std::vector<const cel::Program*>& conditions, Ticket ticket,
           const Vocabulary& vocabulary);

  // The rows, by their numbers from 0, rising. What the facts say of the ticket is not looked at
  // where it changes. REQUIRES: the facts are of the same vocabulary.
  Candidates Find(const DecisionFacts& facts, Wanted wanted) const;

 private:
  friend class RowIndexBuilder;
  class Search;

  // What some row makes a demand of, with the values that rows demand, numbered from 1. Looked up
  // only, never walked.
  struct Probe {
    enum class Kind : uint8_t {
      kValue,     // of a field, or the beginning of one
      kPresence,  // of a field: value 1, when it is there
      kPhrases,   // that the text or title has: any number of values
      kPatterns,  // that match it: likewise
    };
    Kind kind;
    std::vector<const google::protobuf::FieldDescriptor*> path;
    size_t prefix_bytes;                    // kWhole: all of it
    std::vector<cel::FieldReader> readers;  // of the path; empty: reflection reads it
    absl::flat_hash_map<std::string, uint32_t> texts;
    absl::flat_hash_map<int64_t, uint32_t> numbers;  // or of phrases, or of patterns

    // Whether it is about what a text has.
    bool is_several() const { return kind == Kind::kPhrases || kind == Kind::kPatterns; }
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
    std::vector<uint32_t> probes;  // places in probes_, rising, but one about a text is last
    absl::flat_hash_map<Place, Span> rows;
    Span all = {};
  };

  std::vector<Filed> always_;
  std::vector<Filed> filed_;
  std::vector<Probe> probes_;
  std::vector<Shape> shapes_;
};

}  // namespace redress::engine
