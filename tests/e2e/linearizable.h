// Whether what clients saw of one ticket can have happened in some order that fits their clocks:
// each operation at one instant between its call and its answer.
//
// The checker of Wing and Gong with the memory of Lowe ("Testing for linearizability", 2017): it
// tries orders, and forgets none that led nowhere. What is known of a ticket here is its version
// and its department, on which notes, transfers under an etag, and reads agree or not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace redress::test {

struct TicketView {
  uint32_t version = 0;
  std::string department;
  auto operator<=>(const TicketView&) const = default;
};

struct Operation {
  enum class Kind { kRead, kNote, kTransfer };
  enum class Answer {
    kDone,
    kEtagMismatch,    // a transfer found another version than `expected`
    kSameDepartment,  // a transfer found the ticket where it was to go
    kNone             // no answer ever came: it may have happened, at any time from its call on
  };
  Kind kind = Kind::kRead;
  // Of a transfer: the version that it asks for, and where to.
  uint32_t expected = 0;
  std::string to_department = {};
  Answer answer = Answer::kDone;
  // When done: the ticket as the answer shows it.
  TicketView seen = {};
  // On one clock; the answer's is meaningless without an answer.
  int64_t call_time = 0;
  int64_t answer_time = 0;
};

std::string Print(const Operation& operation);

// Empty, or that no order fits, with the operations. `first`: the ticket before the first of them.
std::string FindDisorder(const TicketView& first, std::vector<Operation> operations);

}  // namespace redress::test
