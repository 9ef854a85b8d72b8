#include "engine/rules/route.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "engine/cel/arena.h"
#include "engine/rules/derived_facts.h"
#include "engine/rules/normal_text.h"
#include "engine/rules/route_walk.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kNotTruthValue = "the condition is neither true nor false";
constexpr absl::string_view kDecisionTooLong =
    "the conditions of one decision need more steps than they may take";

// A failure's message without the values that it quotes or names: a decision is kept for ever, and
// must not hold what the customer wrote.
std::string WithoutValues(absl::string_view message) {
  const size_t first = message.find('\'');
  const size_t last = message.rfind('\'');
  const absl::string_view before = message.substr(0, first);
  const size_t colon = before.find(": ");
  if (colon != absl::string_view::npos || first == last) {
    return std::string(before.substr(0, colon));
  }
  const absl::string_view after = message.substr(last + 1);
  return absl::StrCat(before, "a text", after.substr(0, after.find(": ")));
}

// The steps that one decision has left.
class StepBudget {
 public:
  cel::Value Run(const cel::Program& program, const DecisionFacts& facts, cel::Arena& memory) {
    const cel::CountedValue run = program.RunCounted(facts.activation(), memory,
                                                     std::min(left_, kConditionStepsMax));
    left_ -= run.steps;
    return run.value;
  }

  bool is_used_up() const { return left_ == 0; }

 private:
  uint64_t left_ = kDecisionStepsMax;
};

// What the index says of a row.
enum class Standing : uint8_t { kRuledOut, kOpen, kProved };

// Judges row after row over facts that the rows may change.
class Judge {
 public:
  // `doubts_index`: what it proves is evaluated too. That takes nothing from the budget, for the
  // same input must give the same decision whoever looks on.
  Judge(const DecisionFacts& facts, StepBudget& budget, bool doubts_index, v1::Decision& decision,
        absl::FunctionRef<void(const JudgedRow&)> look)
      : facts_(facts),
        budget_(budget),
        doubts_index_(doubts_index),
        decision_(decision),
        look_(look) {}

  bool Matches(RuleTable table, const std::string& id, const std::string& text,
               const std::optional<cel::Program>& condition, Standing standing) {
    JudgedRow row{table, id, text, standing != Standing::kRuledOut, /*error=*/{}, facts_};
    const bool is_asked = standing == Standing::kOpen ||
                          (standing == Standing::kProved && doubts_index_);
    if (is_asked && condition.has_value()) Ask(*condition, standing, row);
    if (!row.error.empty()) Keep(row);
    look_(row);
    return row.is_match;
  }

 private:
  void Ask(const cel::Program& condition, Standing standing, JudgedRow& row) {
    arena_.Reset();
    const cel::Value value =
        standing == Standing::kProved
            ? condition.Run(facts_.activation(), arena_, kConditionStepsMax)
            : budget_.Run(condition, facts_, arena_);
    row.is_match = value.IsTrue();
    if (value.IsError()) row.error = value.AsError().message;
    if (value.IsError() && budget_.is_used_up()) row.error = kDecisionTooLong;
    if (!value.IsError() && !value.Is(cel::Kind::kBool)) row.error = kNotTruthValue;
  }

  void Keep(const JudgedRow& row) {
    if (decision_.errors_size() == kRuleErrorsMax) return;
    v1::RuleError& error = *decision_.add_errors();
    error.set_rule(std::string(row.id));
    error.set_message(WithoutValues(row.error));
  }

  const DecisionFacts& facts_;
  StepBudget& budget_;
  const bool doubts_index_;
  v1::Decision& decision_;
  absl::FunctionRef<void(const JudgedRow&)> look_;
  cel::Arena arena_;
};

// The rows of one table that a walk goes to, in order.
class RowsToVisit {
 public:
  RowsToVisit(const RowIndex& index, RowIndex::Wanted wanted, const DecisionFacts& facts,
              Visit visit, size_t row_count)
      : candidates_(index.Find(facts, wanted)),
        visit_(visit),
        count_(visit == Visit::kEveryRow ? row_count : candidates_.size()) {}

  size_t count() const { return count_; }
  size_t operator[](size_t i) const { return visit_ == Visit::kEveryRow ? i : candidates_[i].row; }
  Standing StandingOf(size_t i) const {
    if (visit_ != Visit::kEveryRow) return StandingOf(candidates_[i]);
    const auto found = std::lower_bound(
        candidates_.begin(), candidates_.end(), i,
        [](const RowIndex::Candidate& candidate, size_t row) { return candidate.row < row; });
    const bool is_found = found != candidates_.end() && found->row == i;
    return is_found ? StandingOf(*found) : Standing::kRuledOut;
  }

 private:
  static Standing StandingOf(const RowIndex::Candidate& candidate) {
    return candidate.is_proved ? Standing::kProved : Standing::kOpen;
  }

  const RowIndex::Candidates candidates_;
  const Visit visit_;
  const size_t count_;
};

void Apply(const v1::ClassifyRule& rule, v1::TicketFacts& ticket) {
  if (!rule.category().empty()) ticket.set_category(rule.category());
  if (rule.severity() != v1::SEVERITY_UNSPECIFIED) ticket.set_severity(rule.severity());
  if (!rule.touchpoint().empty()) ticket.set_touchpoint(rule.touchpoint());
  if (!rule.segment().empty()) ticket.set_segment(rule.segment());
}

// What no row and no sender gave.
void FillIn(const RuleTables& tables, v1::TicketFacts& ticket) {
  if (ticket.touchpoint().empty()) {
    ticket.set_touchpoint(std::string(tables.DefaultTouchpoint(ticket.category())));
  }
  if (ticket.severity() == v1::SEVERITY_UNSPECIFIED) ticket.set_severity(v1::SEVERITY_MEDIUM);
}

// All derived facts, or only those that look at the ticket.
void ComputeFacts(const RuleTables& tables, bool only_ticket, StepBudget& budget,
                  DecisionFacts& facts, cel::Arena& memory) {
  for (const DerivedFact& fact : tables.facts()) {
    if (only_ticket && !fact.sees_ticket) continue;
    facts.SetFact(fact.slot, budget.Run(fact.program, facts, memory));
  }
}

v1::Effects EffectsOf(const RuleTables::RouteRow& row, const v1::TicketFacts& ticket) {
  v1::Effects effects = row.effects;
  effects.set_category(ticket.category());
  effects.set_severity(ticket.severity());
  effects.set_touchpoint(ticket.touchpoint());
  effects.set_segment(ticket.segment());
  return effects;
}

}  // namespace

v1::CustomerFacts CustomerFactsOf(const v1::CustomerProfile& profile, int open_tickets) {
  v1::CustomerFacts facts;
  facts.set_id(profile.id());
  facts.set_segment(profile.segment());
  facts.set_value_tier(profile.value_tier());
  facts.set_open_tickets(std::min(open_tickets, kOpenTicketsMax));
  return facts;
}

v1::TicketFacts NewTicketFacts(const v1::Issue& issue, const v1::CustomerFacts& customer) {
  v1::TicketFacts facts;
  facts.set_category(issue.category());
  facts.set_severity(issue.severity());
  facts.set_touchpoint(issue.touchpoint());
  facts.set_segment(customer.segment());
  return facts;
}

v1::Decision WalkTables(const RuleTables& tables, const RuleInput& input, Visit visit,
                        absl::FunctionRef<void(const JudgedRow&)> look) {
  v1::Decision decision;
  decision.set_playbook_hash(tables.playbook_hash());
  if (tables.vocabulary().phrases().size() > 0) decision.set_text_tables(TextTablesVersion());
  *decision.mutable_ticket_facts() = input.ticket;
  *decision.mutable_customer_facts() = input.customer;

  v1::TicketFacts ticket = input.ticket;
  DecisionFacts facts(tables.vocabulary(), input.issue, ticket, input.customer);
  cel::Arena fact_memory;
  StepBudget budget;
  ComputeFacts(tables, /*only_ticket=*/false, budget, facts, fact_memory);
  Judge judge(facts, budget, /*doubts_index=*/visit == Visit::kEveryRow, decision, look);
  const RowsToVisit classify(tables.classify_index(), RowIndex::Wanted::kAll, facts, visit,
                             tables.classify().size());
  for (size_t i = 0; i < classify.count(); ++i) {
    const RuleTables::ClassifyRow& row = tables.classify()[classify[i]];
    const v1::ClassifyRule& rule = *row.rule;
    if (!judge.Matches(RuleTable::kClassify, rule.id(), rule.when(), row.condition,
                       classify.StandingOf(i)))
      continue;
    decision.add_classify_rules(rule.id());
    Apply(rule, ticket);
  }
  FillIn(tables, ticket);
  ComputeFacts(tables, /*only_ticket=*/true, budget, facts, fact_memory);
  // Of the route table one row decides, so none behind one that is proved is asked for.
  const auto wanted = visit == Visit::kCandidates ? RowIndex::Wanted::kUntilProved
                                                  : RowIndex::Wanted::kAll;
  const RowsToVisit route(tables.route_index(), wanted, facts, visit, tables.route().size());
  for (size_t i = 0; i < route.count(); ++i) {
    const RuleTables::RouteRow& row = tables.route()[route[i]];
    const v1::RouteRule& rule = *row.rule;
    if (!judge.Matches(RuleTable::kRoute, rule.id(), rule.when(), row.condition,
                       route.StandingOf(i)))
      continue;
    if (decision.has_effects()) continue;
    decision.set_route_rule(rule.id());
    *decision.mutable_effects() = EffectsOf(row, ticket);
    if (visit != Visit::kAllCandidates) break;
  }
  CHECK(decision.has_effects());  // the last row has no condition
  return decision;
}

v1::Decision Route(const RuleTables& tables, const RuleInput& input) {
  return WalkTables(tables, input, Visit::kCandidates, [](const JudgedRow&) {});
}

Matches FindMatches(const RuleTables& tables, const RuleInput& input) {
  Matches matches;
  matches.decision =
      WalkTables(tables, input, Visit::kAllCandidates, [&matches](const JudgedRow& row) {
        if (row.is_match && row.table == RuleTable::kRoute)
          matches.route_rules.emplace_back(row.id);
      });
  return matches;
}

}  // namespace redress::engine
