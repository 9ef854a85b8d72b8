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
// packet classifiers (Srinivasan, Suri and Varghese, SIGCOMM 1999). One of a row's bounds is kept
// where the row is filed, so that most of those that fail it are not touched. A row found may still
// not match: its condition is evaluated as if there were no index.
#pragma once

#include <cstdint>
#include <string>
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

  RowIndex() = default;
  // The conditions of the rows in order; null: none. They are not kept.
  RowIndex(const std::vector<const cel::Program*>& conditions, Ticket ticket);

  // The numbers of the rows, from 0 and rising, that the facts do not rule out. `ticket` is not
  // looked at where it changes.
  std::vector<uint32_t> Candidates(const redress::v1::Issue& issue,
                                   const redress::v1::CustomerFacts& customer,
                                   const redress::v1::TicketFacts& ticket) const;

 private:
  friend class RowIndexBuilder;

  // A field that some row makes a demand of, or the beginning of one.
  struct Probe {
    std::vector<const google::protobuf::FieldDescriptor*> path;
    size_t prefix_bytes;  // kWhole: all of it

    bool operator==(const Probe&) const = default;
  };
  static constexpr size_t kWhole = SIZE_MAX;

  // What a probe finds.
  struct Said {
    bool is_there = false;  // no text of fewer bytes than the prefix
    uint64_t hash = 0;
    int64_t number = 0;  // of a field that is one
  };

  // A row, and a number that it demands to be within bounds.
  struct Filed {
    static constexpr uint32_t kNoProbe = UINT32_MAX;
    uint32_t row = 0;
    uint32_t probe = kNoProbe;
    int64_t min = 0;
    int64_t max = 0;
  };

  // Rows by the hash of what they demand of the probes. Looked up only, never walked.
  struct Shape {
    std::vector<uint32_t> probes;  // places in probes_, rising
    absl::flat_hash_map<uint64_t, std::vector<Filed>> rows;
  };

  static Said Ask(const Probe& probe, const google::protobuf::Message& facts,
                  std::string& scratch);

  std::vector<Filed> always_;
  std::vector<Probe> probes_;
  std::vector<Shape> shapes_;
};

}  // namespace redress::engine
