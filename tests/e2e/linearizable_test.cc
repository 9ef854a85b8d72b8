// linearizable.cc: histories by hand, good and bad.
#include "tests/e2e/linearizable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redress::test {
namespace {

using Answer = Operation::Answer;
using Kind = Operation::Kind;
using testing::HasSubstr;

const TicketView kFirst = {1, "desk"};

Operation Read(int64_t call, int64_t answer, TicketView seen) {
  return {.kind = Kind::kRead, .seen = seen, .call_time = call, .answer_time = answer};
}
Operation Note(int64_t call, int64_t answer, TicketView seen) {
  return {.kind = Kind::kNote, .seen = seen, .call_time = call, .answer_time = answer};
}
Operation Transfer(int64_t call, int64_t answer, uint32_t expected, Answer what,
                   TicketView seen = {}) {
  return {.kind = Kind::kTransfer,
          .expected = expected,
          .to_department = "billing",
          .answer = what,
          .seen = seen,
          .call_time = call,
          .answer_time = answer};
}
Operation Unanswered(Operation operation) {
  operation.answer = Answer::kNone;
  return operation;
}

TEST(FindDisorder, TakesWhatHappenedOneAfterTheOther) {
  EXPECT_EQ(FindDisorder(kFirst, {Note(1, 2, {2, "desk"}), Read(3, 4, {2, "desk"}),
                                  Transfer(5, 6, 2, Answer::kDone, {3, "billing"}),
                                  Transfer(7, 8, 2, Answer::kEtagMismatch),
                                  Transfer(9, 10, 3, Answer::kSameDepartment)}),
            "");
}

TEST(FindDisorder, OrdersWhatOverlaps) {
  EXPECT_EQ(FindDisorder(kFirst, {Note(1, 9, {3, "desk"}), Note(2, 8, {2, "desk"}),
                                  Read(3, 4, {2, "desk"}), Read(5, 6, {3, "desk"})}),
            "");
}

TEST(FindDisorder, FindsAReadOfThePast) {
  EXPECT_THAT(FindDisorder(kFirst, {Note(1, 2, {2, "desk"}), Read(3, 4, {1, "desk"})}),
              HasSubstr("no order fits these operations:\n  1-2 note: done v2 in desk"));
}

TEST(FindDisorder, FindsALostAcknowledgement) {
  EXPECT_NE(FindDisorder(kFirst, {Note(1, 2, {2, "desk"}), Note(3, 4, {2, "desk"})}), "");
}

TEST(FindDisorder, FindsWhatWasDoneTwice) {
  EXPECT_NE(FindDisorder(kFirst, {Note(1, 2, {2, "desk"}), Read(3, 4, {3, "desk"})}), "");
}

TEST(FindDisorder, FindsTwoWinnersOfOneVersion) {
  EXPECT_NE(FindDisorder(kFirst, {Transfer(1, 9, 1, Answer::kDone, {2, "billing"}),
                                  Transfer(2, 8, 1, Answer::kDone, {2, "billing"})}),
            "");
}

TEST(FindDisorder, LetsTheUnansweredHappenOrNot) {
  const Operation lost = Unanswered(Note(1, 0, {}));
  EXPECT_EQ(FindDisorder(kFirst, {lost, Read(5, 6, {1, "desk"})}), "");
  EXPECT_EQ(FindDisorder(kFirst, {lost, Read(5, 6, {2, "desk"})}), "");
  EXPECT_EQ(FindDisorder(kFirst, {lost, Read(5, 6, {1, "desk"}), Read(7, 8, {2, "desk"})}), "");
  EXPECT_NE(FindDisorder(kFirst, {lost, Read(5, 6, {2, "desk"}), Read(7, 8, {1, "desk"})}), "");
  EXPECT_NE(FindDisorder(kFirst, {lost, Read(5, 6, {3, "desk"})}), "");
}

}  // namespace
}  // namespace redress::test
