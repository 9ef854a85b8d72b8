#include "bench/clips.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "base/check.h"

extern "C" {
#include <clips/clips.h>
}

namespace redress::bench {
namespace {

constexpr char kIssueTemplate[] =
    "(deftemplate issue (slot product) (slot channel) (slot segment) (slot score))";

}  // namespace

Clips::Clips() : environment_(CreateEnvironment()) {
  CHECK(EnvBuild(environment_, kIssueTemplate));
  issue_template_ = EnvFindDeftemplate(environment_, "issue");
}

Clips::~Clips() { DestroyEnvironment(environment_); }

void Clips::AddRule(const BoundedRule& rule) {
  const std::string text = absl::StrCat(
      "(defrule r", rules_++, " (issue (product \"", rule.product, "\") (channel \"", rule.channel,
      "\") (segment \"", rule.segment, "\") (score ?s&:(< ?s ", rule.score_below, "))) =>)");
  CHECK(EnvBuild(environment_, text.c_str()));
}

void Clips::PutText(void* fact, const char* slot, const std::string& text) {
  DATA_OBJECT value;
  value.type = STRING;
  value.value = EnvAddSymbol(environment_, text.c_str());
  CHECK(EnvPutFactSlot(environment_, fact, slot, &value));
}

int Clips::FirstMatch(const BoundedIssue& issue) {
  void* fact = EnvCreateFact(environment_, issue_template_);
  PutText(fact, "product", issue.product);
  PutText(fact, "channel", issue.channel);
  PutText(fact, "segment", issue.segment);
  DATA_OBJECT score;
  score.type = INTEGER;
  score.value = EnvAddLong(environment_, issue.score);
  CHECK(EnvPutFactSlot(environment_, fact, "score", &score));
  CHECK(EnvAssert(environment_, fact) != nullptr);
  int first = -1;
  for (void* activation = EnvGetNextActivation(environment_, nullptr); activation != nullptr;
       activation = EnvGetNextActivation(environment_, activation)) {
    const int rule = std::atoi(EnvGetActivationName(environment_, activation) + 1);
    if (first < 0 || rule < first) first = rule;
  }
  CHECK(EnvRetract(environment_, fact));
  return first;
}

}  // namespace redress::bench
