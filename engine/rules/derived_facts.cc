#include "engine/rules/derived_facts.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/cel/parser.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kTicket = "ticket";

// What the text of a fact mentions.
struct Mentioned {
  std::vector<int> facts;
  bool has_ticket = false;
};

// Puts facts behind those that they use, depth first in the order of the playbook.
class FactSorter {
 public:
  FactSorter(const v1::Playbook& playbook, const cel::Environment& environment,
             ConditionCompiler& compiler)
      : playbook_(playbook),
        compiler_(compiler),
        states_(playbook.facts_size()),
        is_in_circle_(playbook.facts_size()) {
    for (int i = 0; i < playbook.facts_size(); ++i) numbers_[playbook.facts(i).name()] = i;
    for (int i = 0; i < playbook.facts_size(); ++i) {
      mentioned_.push_back(MentionedIn(playbook.facts(i).is(), environment));
    }
  }

  std::vector<int> Sort() {
    for (int i = 0; i < playbook_.facts_size(); ++i) Visit(i);
    return std::move(order_);
  }

  // REQUIRES of these: Sort was called.
  bool IsInCircle(int fact) const { return is_in_circle_[fact]; }
  bool SeesTicket(int fact) const { return mentioned_[fact].has_ticket; }

 private:
  enum class State : uint8_t { kNew, kOpen, kDone };

  Mentioned MentionedIn(const std::string& text, const cel::Environment& environment) const {
    Mentioned mentioned;
    const cel::Outcome<cel::Ast> ast = cel::Parse(text, environment.macros());
    if (ast.ok()) Collect(ast.value(), ast.value().root(), mentioned);
    return mentioned;
  }

  void Collect(const cel::Ast& ast, cel::ExprId id, Mentioned& mentioned) const {
    const std::vector<std::string> path = absl::StrSplit(ast.QualifiedName(id), '.');
    if (path[0] == kTicket) mentioned.has_ticket = true;
    if (path[0] == kFactRoot && path.size() > 1) {
      const auto found = numbers_.find(path[1]);
      if (found != numbers_.end()) mentioned.facts.push_back(found->second);
    }
    cel::ForEachChild(ast[id], [&](cel::ExprId child) { Collect(ast, child, mentioned); });
  }

  void Visit(int fact) {
    if (states_[fact] == State::kDone) return;
    states_[fact] = State::kOpen;
    path_.push_back(fact);
    for (const int used : mentioned_[fact].facts) {
      if (states_[used] == State::kOpen) {
        FailCircle(used);
      } else {
        Visit(used);
      }
      mentioned_[fact].has_ticket |= mentioned_[used].has_ticket;
    }
    path_.pop_back();
    states_[fact] = State::kDone;
    order_.push_back(fact);
  }

  // `first` is on the path, and the last of the path uses it.
  void FailCircle(int first) {
    std::vector<std::string> names;
    for (auto at = std::find(path_.begin(), path_.end(), first); at != path_.end(); ++at) {
      names.push_back(playbook_.facts(*at).name());
      is_in_circle_[*at] = true;
    }
    names.push_back(playbook_.facts(first).name());
    const std::string& text = playbook_.facts(first).is();
    compiler_.Fail(
        RuleTable::kFacts, first, text, 0,
        absl::StrCat("facts use each other in a circle: ", absl::StrJoin(names, " -> ")));
  }

  const v1::Playbook& playbook_;
  ConditionCompiler& compiler_;
  absl::flat_hash_map<std::string, int> numbers_;
  std::vector<Mentioned> mentioned_;
  std::vector<State> states_;
  std::vector<bool> is_in_circle_;
  std::vector<int> path_;
  std::vector<int> order_;
};

}  // namespace

std::vector<DerivedFact> CompileFacts(const v1::Playbook& playbook, Vocabulary& vocabulary,
                                      ConditionCompiler& compiler) {
  FactSorter sorter(playbook, vocabulary.environment(), compiler);
  std::vector<DerivedFact> facts;
  for (const int i : sorter.Sort()) {
    const v1::DerivedFact& fact = playbook.facts(i);
    std::optional<cel::Program> program;
    if (!sorter.IsInCircle(i)) program = compiler.Expression(RuleTable::kFacts, i, fact.is());
    const cel::Type type = program.has_value() ? program->type() : cel::Type::Dyn();
    const cel::Slot slot = vocabulary.AddFact(fact.name(), type);
    if (!program.has_value()) continue;
    facts.push_back({*std::move(program), slot, sorter.SeesTicket(i)});
  }
  return facts;
}

}  // namespace redress::engine
