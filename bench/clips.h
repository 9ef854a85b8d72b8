// CLIPS, a rule engine in C with a Rete network, as a yardstick. One engine in a process at a time.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace redress::bench {

// What a generated rule asks of an issue: three equalities and a bound.
struct BoundedRule {
  std::string product;
  std::string channel;
  std::string segment;
  int score_below = 0;
};

// The facts of one issue.
struct BoundedIssue {
  std::string product;
  std::string channel;
  std::string segment;
  int score = 0;
};

class Clips {
 public:
  Clips();
  ~Clips();
  Clips(const Clips&) = delete;
  Clips& operator=(const Clips&) = delete;

  // Rules are numbered from 0 in the order in which they are added.
  void AddRule(const BoundedRule& rule);

  // The lowest number among the rules that match; -1: none.
  int FirstMatch(const BoundedIssue& issue);

 private:
  void PutText(void* fact, const char* slot, const std::string& text);

  void* environment_;
  void* issue_template_ = nullptr;
  int rules_ = 0;
};

}  // namespace redress::bench
