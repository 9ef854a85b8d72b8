// What must hold of the chains of a playbook beside its grammar. Declared in yaml_chain.h.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/playbook/yaml_chain.h"
#include "engine/rules/enum_names.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

bool IsUnder(const std::string& category, const std::string& root) {
  return root.empty() || category == root || absl::StartsWith(category, absl::StrCat(root, "."));
}

// Whether every ticket that fits `inner` fits `outer` too.
bool Covers(const v1::ClockMatch& outer, const v1::ClockMatch& inner) {
  const auto covers = [](const auto& wide, const auto& narrow, const auto& any) {
    return wide == any || wide == narrow;
  };
  return IsUnder(inner.category(), outer.category()) &&
         covers(outer.kind(), inner.kind(), v1::ISSUE_KIND_UNSPECIFIED) &&
         covers(outer.level(), inner.level(), v1::LEVEL_UNSPECIFIED) &&
         covers(outer.segment(), inner.segment(), std::string()) &&
         covers(outer.severity(), inner.severity(), v1::SEVERITY_UNSPECIFIED) &&
         covers(outer.department(), inner.department(), std::string());
}

// Whether some ticket of `department` that fits `from` but for its department fits `to`.
bool CanFollow(const v1::ClockMatch& from, const v1::ClockMatch& to,
               const std::string& department) {
  const auto agree = [](const auto& one, const auto& other, const auto& any) {
    return one == any || other == any || one == other;
  };
  return (to.department().empty() || to.department() == department) &&
         (from.category().empty() || IsUnder(from.category(), to.category()) ||
          IsUnder(to.category(), from.category())) &&
         agree(from.kind(), to.kind(), v1::ISSUE_KIND_UNSPECIFIED) &&
         agree(from.segment(), to.segment(), std::string());
}

class ChainChecker {
 public:
  ChainChecker(YamlReader& reader, const v1::Playbook& playbook,
               const std::vector<ChainPlace>& places)
      : reader_(reader), playbook_(playbook), places_(places) {}

  void Check() {
    for (int i = 0; i < playbook_.chains_size(); ++i) {
      CheckReach(i);
      CheckTimes(i);
      CheckGrades(i);
      CheckRecipients(i);
    }
    CheckLoops();
  }

 private:
  YamlId Place(int chain, int step) const { return places_[chain].steps[step]; }

  // The first row that fits applies, so a row behind a wider one never does.
  void CheckReach(int chain) {
    for (int i = 0; i < chain; ++i) {
      if (!Covers(playbook_.chains(i).match(), playbook_.chains(chain).match())) continue;
      reader_.Fail(places_[chain].row,
                   absl::StrCat("this chain never starts: every ticket that fits it fits '",
                                playbook_.chains(i).id(), "' above"));
      return;
    }
  }

  void CheckTimes(int chain) {
    const v1::ChainRule& rule = playbook_.chains(chain);
    for (int i = 0; i < rule.steps_size(); ++i) {
      const v1::ChainStep& step = rule.steps(i);
      if (step.percent() > 0) CheckClock(step, Place(chain, i));
      for (int before = 0; before < i; ++before)
        CheckOrder(rule.steps(before), step, Place(chain, i));
    }
  }

  void CheckClock(const v1::ChainStep& step, YamlId place) {
    for (const v1::ClockRule& clock : playbook_.clocks())
      if (clock.clock() == step.clock()) return;
    reader_.Fail(place,
                 absl::StrCat("this step can never fire: no row of the clocks table starts ",
                              ShortName(*v1::ClockKind_descriptor()->FindValueByNumber(
                                  step.clock()))));
  }

  // Steps are climbed in their order.
  void CheckOrder(const v1::ChainStep& before, const v1::ChainStep& step, YamlId place) {
    const bool both_percent = before.percent() > 0 && before.clock() == step.clock();
    const bool both_offset = before.has_offset() && step.has_offset() &&
                             before.calendar() == step.calendar() &&
                             before.by_department() == step.by_department();
    const bool is_late = (both_percent && step.percent() <= before.percent()) ||
                         (both_offset && step.offset().seconds() <= before.offset().seconds());
    if (is_late)
      reader_.Fail(place, absl::StrCat("the times of the steps must rise, but '", before.id(),
                                       "' before it is not earlier"));
  }

  // A severity never falls while a chain runs. Of levels and departments nothing is certain: a
  // person may take the ticket elsewhere between two steps.
  void CheckGrades(int chain) {
    const v1::ChainRule& rule = playbook_.chains(chain);
    int severity = rule.match().severity();
    for (int i = 0; i < rule.steps_size(); ++i) {
      const v1::ChainStep& step = rule.steps(i);
      const bool is_graded = step.severity() != v1::SEVERITY_UNSPECIFIED;
      if (step.action() != v1::CHAIN_ACTION_SET_SEVERITY || !is_graded) continue;
      if (severity >= step.severity())
        reader_.Fail(Place(chain, i),
                     "this step can never fire: the ticket is of that severity or higher");
      // A guard that does not hold, and a clock that is over, skip it.
      const bool is_certain = step.guard().empty() && step.percent() == 0;
      if (is_certain) severity = std::max<int>(severity, step.severity());
    }
  }

  void CheckRecipients(int chain) {
    const v1::ChainRule& rule = playbook_.chains(chain);
    for (int i = 0; i < rule.steps_size(); ++i) {
      const v1::ChainStep& step = rule.steps(i);
      const bool names_director = step.to().kind() == v1::RECIPIENT_KIND_DIRECTOR ||
                                  step.otherwise().kind() == v1::RECIPIENT_KIND_DIRECTOR;
      if (names_director && playbook_.directors().months().empty())
        reader_.Fail(Place(chain, i), "DIRECTOR is nobody: the playbook has no 'directors'");
    }
  }

  // The rows that may take over when a step hands the ticket to another department.
  std::vector<int> After(int chain) const {
    std::vector<int> next;
    const v1::ClockMatch& from = playbook_.chains(chain).match();
    for (const v1::ChainStep& step : playbook_.chains(chain).steps()) {
      if (step.action() != v1::CHAIN_ACTION_REASSIGN) continue;
      for (int i = 0; i < playbook_.chains_size(); ++i) {
        const v1::ClockMatch& to = playbook_.chains(i).match();
        if (i != chain && CanFollow(from, to, step.department())) next.push_back(i);
        // The first row that always fits there ends the search.
        const bool is_certain = to.level() == v1::LEVEL_UNSPECIFIED &&
                                to.severity() == v1::SEVERITY_UNSPECIFIED &&
                                to.category().empty() && to.segment().empty() &&
                                to.kind() == v1::ISSUE_KIND_UNSPECIFIED &&
                                CanFollow(from, to, step.department());
        if (is_certain) break;
      }
    }
    return next;
  }

  // Each chain is reported once, where the first one of the circle stands.
  void CheckLoops() {
    std::vector<int> state(playbook_.chains_size(), kNew);
    std::vector<int> path;
    for (int i = 0; i < playbook_.chains_size(); ++i) Visit(i, state, path);
  }

  void Visit(int chain, std::vector<int>& state, std::vector<int>& path) {
    if (state[chain] == kDone) return;
    if (state[chain] == kOpen) return ReportLoop(chain, path);
    state[chain] = kOpen;
    path.push_back(chain);
    for (const int next : After(chain)) Visit(next, state, path);
    path.pop_back();
    state[chain] = kDone;
  }

  void ReportLoop(int chain, const std::vector<int>& path) {
    std::string names;
    const auto begin = std::find(path.begin(), path.end(), chain);
    for (auto at = begin; at != path.end(); ++at)
      absl::StrAppend(&names, playbook_.chains(*at).id(), " -> ");
    reader_.Fail(places_[chain].row,
                 absl::StrCat("the chains hand a ticket round in a circle: ", names,
                              playbook_.chains(chain).id()));
  }

  static constexpr int kNew = 0;
  static constexpr int kOpen = 1;
  static constexpr int kDone = 2;

  YamlReader& reader_;
  const v1::Playbook& playbook_;
  const std::vector<ChainPlace>& places_;
};

}  // namespace

void CheckChains(YamlReader& reader, const v1::Playbook& playbook,
                 const std::vector<ChainPlace>& places) {
  ChainChecker(reader, playbook, places).Check();
}

}  // namespace redress::engine
