#include "tests/e2e/linearizable.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace redress::test {
namespace {

using Answer = Operation::Answer;
using Kind = Operation::Kind;

// The ticket after the operation, if it can happen to this ticket with this answer.
std::optional<TicketView> Happen(const Operation& operation, const TicketView& ticket) {
  TicketView after = ticket;
  Answer answer = Answer::kDone;
  if (operation.kind == Kind::kTransfer) {
    if (operation.expected != ticket.version) answer = Answer::kEtagMismatch;
    else if (operation.to_department == ticket.department) answer = Answer::kSameDepartment;
    else after.department = operation.to_department;
  }
  if (operation.kind != Kind::kRead && answer == Answer::kDone) ++after.version;
  if (operation.answer == Answer::kNone) return after;
  if (operation.answer != answer) return std::nullopt;
  if (answer == Answer::kDone && operation.seen != after) return std::nullopt;
  return after;
}

// Depth first over the orders. What has happened is a prefix of the operations by call time, all
// done, and a few behind it, so it is kept as the prefix's length and the few.
class Search {
 public:
  Search(TicketView first, const std::vector<Operation>& operations)
      : operations_(operations), is_done_(operations.size(), false), ticket_(std::move(first)) {}

  bool Run() {
    if (!remembered_.insert({first_open_, Behind(), ticket_}).second) return false;
    if (IsOver()) return true;
    // Nothing that was called after the earliest answer of what is open can come next.
    int64_t earliest = std::numeric_limits<int64_t>::max();
    for (size_t i = first_open_; i < operations_.size(); ++i) {
      const Operation& operation = operations_[i];
      if (is_done_[i]) continue;
      if (operation.call_time > earliest) break;
      if (operation.answer != Answer::kNone) earliest = std::min(earliest, operation.answer_time);
    }
    for (size_t i = first_open_; i < operations_.size(); ++i) {
      if (is_done_[i]) continue;
      if (operations_[i].call_time > earliest) break;
      if (Try(i)) return true;
    }
    return false;
  }

 private:
  bool Try(size_t next) {
    const std::optional<TicketView> after = Happen(operations_[next], ticket_);
    if (!after) return false;
    const TicketView before = std::exchange(ticket_, *after);
    const size_t first_open = first_open_;
    is_done_[next] = true;
    while (first_open_ < is_done_.size() && is_done_[first_open_]) ++first_open_;
    if (Run()) return true;
    first_open_ = first_open;
    is_done_[next] = false;
    ticket_ = before;
    return false;
  }

  // What was never answered need not have happened.
  bool IsOver() const {
    for (size_t i = first_open_; i < operations_.size(); ++i)
      if (!is_done_[i] && operations_[i].answer != Answer::kNone) return false;
    return true;
  }

  std::vector<size_t> Behind() const {
    std::vector<size_t> behind;
    for (size_t i = first_open_; i < is_done_.size(); ++i)
      if (is_done_[i]) behind.push_back(i);
    return behind;
  }

  const std::vector<Operation>& operations_;
  std::vector<bool> is_done_;
  size_t first_open_ = 0;
  TicketView ticket_;
  struct State {
    size_t first_open;
    std::vector<size_t> behind;
    TicketView ticket;
    auto operator<=>(const State&) const = default;
  };
  std::set<State> remembered_;
};

}  // namespace

std::string Print(const Operation& operation) {
  constexpr const char* kKinds[] = {"read", "note", "transfer"};
  constexpr const char* kAnswers[] = {"done", "etag mismatch", "same department", "no answer"};
  std::string text = absl::StrCat(operation.call_time, "-", operation.answer_time, " ",
                                  kKinds[static_cast<int>(operation.kind)]);
  if (operation.kind == Kind::kTransfer)
    absl::StrAppend(&text, " of v", operation.expected, " to ", operation.to_department);
  absl::StrAppend(&text, ": ", kAnswers[static_cast<int>(operation.answer)]);
  if (operation.answer == Answer::kDone)
    absl::StrAppend(&text, " v", operation.seen.version, " in ", operation.seen.department);
  return text;
}

std::string FindDisorder(const TicketView& first, std::vector<Operation> operations) {
  std::sort(operations.begin(), operations.end(), [](const auto& left, const auto& right) {
    return left.call_time < right.call_time;
  });
  if (Search(first, operations).Run()) return "";
  std::string text = "no order fits these operations:";
  for (const Operation& operation : operations) absl::StrAppend(&text, "\n  ", Print(operation));
  return text;
}

}  // namespace redress::test
