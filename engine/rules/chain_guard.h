// The guards of chains: conditions over a ticket as it stands when a step is due.
//
//     ticket     redress.v1.ChainFacts
//     COMPLAINT, HIGH, RELAY, ...   enum values by their short names, of type int
//
// and CEL's standard library with its strings and math extensions. A guard is frozen on the ticket
// as text, so it is compiled when it is judged: what it can refer to never depends on a playbook.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/cel/issue.h"
#include "redress/v1/playbook.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// What is wrong with a guard, each at its place in the text; empty: nothing. A guard that cannot
// become true whatever the ticket is wrong too.
std::vector<cel::Issue> CheckGuard(const std::string& guard);

struct GuardJudgement {
  bool holds = false;
  // Why it could not be evaluated; then it does not hold.
  std::string error;
  // What it mentions of the ticket, each once, in the order of its text.
  std::vector<redress::v1::OperandValue> values;
};

// An empty guard holds.
GuardJudgement JudgeGuard(const std::string& guard, const redress::v1::ChainFacts& facts);

}  // namespace redress::engine
