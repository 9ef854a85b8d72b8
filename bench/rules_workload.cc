// How fast rules decide: on the same rules and issues as CLIPS, and as two packages of Node where
// they are installed; and from few rules to many.
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/clips.h"
#include "bench/figure.h"
#include "bench/workload.h"
#include "engine/cel/arena.h"
#include "engine/rules/rule_tables.h"

namespace redress::bench {
namespace {

constexpr int kRounds = 5;
constexpr absl::Duration kRound = absl::Milliseconds(300);
constexpr int kIssues = 4096;
// Few enough to stay in a cache, for a single condition is about evaluating. As in peers.mjs.
constexpr int kConditionIssues = 200;
constexpr int kScores = 11;
// As many as a large company has, however many rules there are.
constexpr int kProducts = 50;
constexpr int kChannels = 10;
constexpr int kSegments = 10;

struct RuleSet {
  std::vector<BoundedRule> rules;
  std::vector<BoundedIssue> issues;
};

RuleSet Generate(int count) {
  std::mt19937 dice(static_cast<uint32_t>(count));
  const auto draw = [&](absl::string_view word, int of) {
    return absl::StrCat(word, "-", static_cast<int>(dice() % static_cast<uint32_t>(of)));
  };
  const auto draw_score = [&] { return static_cast<int>(dice() % kScores); };
  RuleSet set;
  for (int i = 0; i < count; ++i)
    set.rules.push_back({draw("product", kProducts), draw("channel", kChannels),
                         draw("segment", kSegments), draw_score()});
  for (int i = 0; i < kIssues; ++i)
    set.issues.push_back({draw("product", kProducts), draw("channel", kChannels),
                          draw("segment", kSegments), draw_score()});
  return set;
}

// The same rules as the route table of a playbook.
class Tables {
 public:
  explicit Tables(const std::vector<BoundedRule>& rules) {
    for (const BoundedRule& rule : rules)
      AddRoute(absl::StrCat("issue.product == \"", rule.product, "\" && issue.channel == \"",
                            rule.channel, "\" && customer.segment == \"", rule.segment,
                            "\" && issue.score.value < ", rule.score_below));
    AddRoute("");
    const absl::Time start = absl::Now();
    engine::RuleTablesCompilation compilation = engine::RuleTables::Compile(playbook_, "hash");
    compile_seconds_ = absl::ToDoubleSeconds(absl::Now() - start);
    CHECK(compilation.faults.empty());
    tables_ = std::move(compilation.tables);
  }

  double compile_seconds() const { return compile_seconds_; }

  // Runs the condition of the first row on the first issues in turn, again and again; times in a
  // second.
  double RateOfOneCondition(const std::vector<BoundedIssue>& issues) const {
    struct Case {
      v1::Issue issue;
      v1::TicketFacts ticket;
      v1::CustomerFacts customer;
      std::optional<engine::DecisionFacts> facts;
    };
    std::deque<Case> cases;  // what a case points to does not move
    for (const BoundedIssue& issue : absl::MakeConstSpan(issues).first(kConditionIssues)) {
      Case& one = cases.emplace_back();
      Fill(issue, one.issue, one.customer);
      one.facts.emplace(tables_->vocabulary(), one.issue, one.ticket, one.customer);
    }
    const cel::Program& condition = *tables_->route().front().condition;
    cel::Arena arena;
    const absl::Time start = absl::Now();
    double runs = 0;
    int hits = 0;
    while (absl::Now() < start + kRound) {
      for (const Case& one : cases) {
        arena.Reset();
        hits += condition.Run(one.facts->activation(), arena).IsTrue() ? 1 : 0;
      }
      runs += static_cast<double>(cases.size());
    }
    CHECK(hits >= 0);
    return runs / absl::ToDoubleSeconds(absl::Now() - start);
  }

  // The number of the first rule that matches; -1: none.
  int FirstMatch(const BoundedIssue& issue) {
    Fill(issue, issue_, customer_);
    const engine::DecisionFacts facts(tables_->vocabulary(), issue_, ticket_, customer_);
    for (const auto& [row, is_proved] :
         tables_->route_index().Find(facts, engine::RowIndex::Wanted::kUntilProved)) {
      if (is_proved) return static_cast<int>(row);
      const std::optional<cel::Program>& condition = tables_->route()[row].condition;
      if (!condition.has_value()) return -1;  // the last one
      arena_.Reset();
      if (condition->Run(facts.activation(), arena_).IsTrue()) return static_cast<int>(row);
    }
    return -1;
  }

 private:
  static void Fill(const BoundedIssue& from, v1::Issue& issue, v1::CustomerFacts& customer) {
    issue.set_product(from.product);
    issue.set_channel(from.channel);
    issue.mutable_score()->set_value(from.score);
    customer.set_segment(from.segment);
  }

  void AddRoute(const std::string& when) {
    v1::RouteRule& rule = *playbook_.add_route();
    rule.set_id(absl::StrCat("r", playbook_.route_size()));
    rule.set_when(when);
    rule.set_level(v1::LEVEL_RELAY);
    rule.set_department("desk");
  }

  v1::Playbook playbook_;
  std::unique_ptr<const engine::RuleTables> tables_;
  double compile_seconds_ = 0;
  v1::Issue issue_;
  v1::TicketFacts ticket_;
  v1::CustomerFacts customer_;
  cel::Arena arena_;
};

// Decisions in a second over the issues, again and again.
double Rate(const std::vector<BoundedIssue>& issues,
            const std::function<int(const BoundedIssue&)>& decide) {
  const absl::Time start = absl::Now();
  double decisions = 0;
  while (absl::Now() < start + kRound) {
    for (const BoundedIssue& issue : issues) decide(issue);
    decisions += static_cast<double>(issues.size());
  }
  return decisions / absl::ToDoubleSeconds(absl::Now() - start);
}

// Ours over theirs, round by round.
bool CompareWithClips(int count, double bound) {
  const RuleSet set = Generate(count);
  Tables ours(set.rules);
  Clips clips;
  for (const BoundedRule& rule : set.rules) clips.AddRule(rule);
  int hits = 0;
  for (const BoundedIssue& issue : set.issues) {
    const int first = ours.FirstMatch(issue);
    CHECK_EQ(first, clips.FirstMatch(issue));
    hits += first >= 0;
  }
  std::vector<double> rates, clips_rates, ratios;
  for (int round = 0; round < kRounds; ++round) {
    rates.push_back(
        Rate(set.issues, [&](const BoundedIssue& issue) { return ours.FirstMatch(issue); }));
    clips_rates.push_back(
        Rate(set.issues, [&](const BoundedIssue& issue) { return clips.FirstMatch(issue); }));
    ratios.push_back(rates.back() / clips_rates.back());
  }
  const std::string name = absl::StrCat("rules: ", count, " rules");
  Remark(name + ", share of issues with a match", 100.0 * hits / kIssues, "%");
  Remark(name + ", decisions of CLIPS", Median(clips_rates), "/s");
  Remark(name + ", decisions", Median(rates), "/s");
  return Report(name + ", over CLIPS", Median(ratios), "", Aim::kAtLeast, bound);
}

bool CompareFewWithMany(int few_count, int many_count, double bound) {
  const RuleSet few_set = Generate(few_count);
  const RuleSet many_set = Generate(many_count);
  Tables few(few_set.rules);
  Tables many(many_set.rules);
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    const double few_rate =
        Rate(few_set.issues, [&](const BoundedIssue& issue) { return few.FirstMatch(issue); });
    const double many_rate =
        Rate(many_set.issues, [&](const BoundedIssue& issue) { return many.FirstMatch(issue); });
    ratios.push_back(few_rate / many_rate);
  }
  return Report(absl::StrCat("rules: cost with ", many_count, " over ", few_count), Median(ratios),
                "", Aim::kAtMost, bound);
}

// What a yardstick of bench/peers.mjs came to.
struct Peer {
  double rate = 0;
  std::vector<int> answers;  // for the first issues
};

std::string CasesOf(const RuleSet& set) {
  std::vector<std::string> rules, issues;
  const auto fields = [](const auto& one) {
    return absl::StrCat("{\"product\":\"", one.product, "\",\"channel\":\"", one.channel,
                        "\",\"segment\":\"", one.segment, "\",");
  };
  for (const BoundedRule& rule : set.rules)
    rules.push_back(absl::StrCat(fields(rule), "\"score_below\":", rule.score_below, "}"));
  for (const BoundedIssue& issue : set.issues)
    issues.push_back(absl::StrCat(fields(issue), "\"score\":", issue.score, "}"));
  return absl::StrCat("{\"rules\":[", absl::StrJoin(rules, ","), "],\"issues\":[",
                      absl::StrJoin(issues, ","), "]}");
}

// Runs the yardsticks; none when they are not installed.
std::map<std::string, Peer> RunPeers(const RuleSet& set, const Workspace& workspace) {
  std::map<std::string, Peer> peers;
  if (!std::filesystem::exists("node_modules/@marcbachmann/cel-js")) return peers;
  std::filesystem::create_directories(workspace.scratch);
  const std::string path = absl::StrCat(workspace.scratch, "/cases.json");
  std::ofstream(path) << CasesOf(set);
  FILE* output = popen(absl::StrCat("node bench/peers.mjs < ", path).c_str(), "r");
  CHECK(output != nullptr);
  std::string text;
  char buffer[4096];
  while (const size_t size = std::fread(buffer, 1, sizeof(buffer), output))
    text.append(buffer, size);
  CHECK_EQ(pclose(output), 0);
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    Peer& peer = peers[words.at(0)];
    CHECK(absl::SimpleAtod(words.at(1), &peer.rate));
    for (const absl::string_view answer : absl::StrSplit(words.at(2), ','))
      CHECK(absl::SimpleAtoi(answer, &peer.answers.emplace_back()));
  }
  return peers;
}

// Ours over theirs; the answers must be the same.
bool CompareWithPeers(int count, const Workspace& workspace) {
  const RuleSet set = Generate(count);
  std::map<std::string, Peer> peers = RunPeers(set, workspace);
  if (peers.empty()) {
    std::printf("rules: no yardsticks of Node; npm install brings them\n");
    return true;
  }
  Tables ours(set.rules);
  for (const char* name : {"cel-js", "zen"}) {
    const Peer& peer = peers[name];
    for (size_t i = 0; i < peer.answers.size(); ++i)
      CHECK_EQ(ours.FirstMatch(set.issues[i]), peer.answers[i]);
    const double rate =
        Rate(set.issues, [&](const BoundedIssue& issue) { return ours.FirstMatch(issue); });
    Remark(absl::StrCat("rules: ", count, " rules, decisions of ", name), peer.rate, "/s");
    Remark(absl::StrCat("rules: ", count, " rules, over ", name), rate / peer.rate, "");
  }
  const double single = ours.RateOfOneCondition(set.issues);
  Remark("rules: one condition", single, "/s");
  return Report("rules: one condition, over cel-js", single / peers["cel-js-single"].rate, "",
                Aim::kAtLeast, 10);
}

}  // namespace

bool RunRules(const Workspace& workspace) {
  bool is_met = CompareWithClips(1'000, 1);
  is_met &= CompareWithClips(10'000, 3);
  is_met &= CompareWithClips(100'000, 10);
  is_met &= CompareFewWithMany(100, 100'000, 3);
  is_met &= CompareWithPeers(1'000, workspace);
  is_met &= CompareWithPeers(10'000, workspace);
  const Tables tables(Generate(10'000).rules);
  return Report("rules: compiling 10,000", tables.compile_seconds(), "s", Aim::kAtMost, 1) &&
         is_met;
}

}  // namespace redress::bench
