// Who must solve an issue, and at which level: the pure decision.
//
// Every matching row of `classify` applies in order, and later rows see what earlier ones set. Then
// what no row and no sender gave is filled in: the touchpoint from the taxonomy, the severity with
// MEDIUM. Then the first matching row of `route` decides. A condition that fails counts as not
// matching; the failure is kept on the decision. So does every condition that needs steps when a
// decision has taken all that it may.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/rules/rule_tables.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/playbook.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// Steps that one condition may take, and all conditions and facts of one decision together. A step
// takes some 5 ns, so a decision holds up the others for no longer than some 25 ms.
inline constexpr uint64_t kConditionStepsMax = 100'000;
inline constexpr uint64_t kDecisionStepsMax = 5'000'000;

// Failures that one decision keeps; further failures count as not matching too.
inline constexpr int kRuleErrorsMax = 100;

// To how many a customer's open tickets are counted.
inline constexpr int kOpenTicketsMax = 100;

// What is decided about. The same input and tables always give the same decision.
struct RuleInput {
  const redress::v1::Issue& issue;  // must outlive the call
  redress::v1::TicketFacts ticket;  // before the first row
  redress::v1::CustomerFacts customer;
};

// What rules see of a customer who is known as `profile` and has so many tickets that are not
// closed.
redress::v1::CustomerFacts CustomerFactsOf(const redress::v1::CustomerProfile& profile,
                                           int open_tickets);

// What rules see of a ticket that `issue` opens.
redress::v1::TicketFacts NewTicketFacts(const redress::v1::Issue& issue,
                                        const redress::v1::CustomerFacts& customer);

redress::v1::Decision Route(const RuleTables& tables, const RuleInput& input);

// The same decision with every route row whose condition holds, the first of which decides.
struct Matches {
  redress::v1::Decision decision;
  std::vector<std::string> route_rules;
};
Matches FindMatches(const RuleTables& tables, const RuleInput& input);

// The same decision with every row that was looked at, in order: all of `classify`, and `route` up
// to the match. For a row that did not match: the first part of its condition that was false, and
// the values that it saw.
struct Explanation {
  redress::v1::Decision decision;
  std::vector<redress::v1::RowExplanation> rows;
};
Explanation Explain(const RuleTables& tables, const RuleInput& input);

}  // namespace redress::engine
