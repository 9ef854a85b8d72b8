#include "engine/playbook/examples.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/rules/enum_names.h"
#include "engine/rules/route.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

template <typename Enum>
std::string NameOf(Enum value) {
  return ShortName(*google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value));
}

// Collects what an example expected and what came instead, field by field.
class Comparison {
 public:
  void Compare(absl::string_view field, absl::string_view expected, absl::string_view got) {
    if (expected.empty() || expected == got) return;
    differences_.push_back(absl::StrCat(field, " ", expected, " expected, got ",
                                        got.empty() ? absl::string_view("none") : got));
  }

  template <typename Enum>
  void CompareEnum(absl::string_view field, Enum expected, Enum got) {
    if (expected == Enum() || expected == got) return;
    Compare(field, NameOf(expected), NameOf(got));
  }

  std::string Text() const { return absl::StrJoin(differences_, "; "); }

 private:
  std::vector<std::string> differences_;
};

// What came out otherwise, or the empty string.
std::string Differences(const v1::Example& example, const v1::Decision& decision) {
  const v1::Effects& effects = decision.effects();
  Comparison comparison;
  comparison.Compare("rule", example.rule(), decision.route_rule());
  comparison.CompareEnum("level", example.level(), effects.level());
  comparison.Compare("department", example.department(), effects.department());
  comparison.Compare("category", example.category(), effects.category());
  comparison.CompareEnum("severity", example.severity(), effects.severity());
  if (example.has_record()) {
    comparison.Compare("record", example.record() ? "true" : "false",
                       effects.record_only() ? "true" : "false");
  }
  return comparison.Text();
}

v1::Decision Decide(const RuleTables& rules, const v1::Example& example) {
  const v1::Issue& issue = example.issue();
  const v1::ExampleHistory& history = example.history();
  v1::CustomerFacts customer = CustomerFactsOf(issue.customer(), history.open_tickets());
  v1::TicketFacts ticket = NewTicketFacts(issue, customer);
  ticket.set_cycle(history.cycle());
  ticket.set_reopen_cause(history.reopen_cause());
  ticket.set_transfers(history.transfers());
  return Route(rules, {issue, std::move(ticket), std::move(customer)});
}

}  // namespace

int RunExamples(const v1::Playbook& playbook, const RuleTables& rules,
                const std::vector<uint32_t>& offsets, cel::IssueList& issues) {
  for (int i = 0; i < playbook.examples_size(); ++i) {
    const v1::Example& example = playbook.examples(i);
    const v1::Decision decision = Decide(rules, example);
    const std::string differences = Differences(example, decision);
    if (!differences.empty()) {
      issues.Add(offsets[i], absl::StrCat("the example fails: ", differences));
    }
    for (const v1::RuleError& error : decision.errors()) {
      issues.Add(offsets[i],
                 absl::StrCat("row '", error.rule(), "' fails on the example: ", error.message()));
    }
  }
  return playbook.examples_size();
}

}  // namespace redress::engine
