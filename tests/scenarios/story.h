// A story: lines of what is done, each with what comes of it.
//
//     # Whatever explains the story.
//     09:00 c1 submits complaint "I was charged twice." -> T1 QUEUED ANALYSIS billing
//       ~ T1 13:00 timer PromiseMissed kind=FIRST_ANSWER due=13:00 department=billing
//     14:00 nobody acts -> nothing
//
// A step is a time, who acts, what they do, and after the arrow what came of it, on further
// indented lines if need be. The steps that there are stand in steps.cc. A line with a tilde is
// what a deadline did by itself; the deadline driver looks before every step, unless the step
// "driver stops" came before. "server dies" loses everything but the store, until "server starts".
// Times are those of tests/support/engine/print.h. The office is that of
// tests/support/services/office.h, with the shop as its playbook.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/support/services/office.h"

namespace redress::test {

// The text with every result replaced by what happened.
std::string TellStory(absl::string_view text);

// A step without its time: who, what, and the rest, words in quotes being one.
struct Step {
  std::string who;
  std::string verb;
  std::vector<std::string> words;

  // The word at a place; empty when there are fewer.
  std::string word(size_t at) const { return at < words.size() ? words[at] : ""; }
  // The value of a word such as "key=k".
  std::string named(absl::string_view name) const;
};

// What came of the step; more than one line: the first, then what is to be indented.
std::string Act(Office& office, const Step& step);

}  // namespace redress::test
