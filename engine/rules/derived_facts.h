// Named values that a playbook derives from the facts of a decision, for its conditions.
//
// A fact is computed before the first row, and once more before the first route row if it looks at
// the ticket, itself or through another fact. One that fails makes the conditions fail that use it.
#pragma once

#include <string>
#include <vector>

#include "engine/cel/program.h"
#include "engine/rules/condition_compiler.h"
#include "engine/rules/vocabulary.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

struct DerivedFact {
  cel::Program program;
  cel::Slot slot;
  bool sees_ticket;
};

// The facts in an order in which each comes after those that it uses, and their names in the
// vocabulary. What is wrong goes to the compiler: facts that use each other in a circle too. A fact
// with faults still has its name, so that conditions can be checked.
std::vector<DerivedFact> CompileFacts(const redress::v1::Playbook& playbook, Vocabulary& vocabulary,
                                      ConditionCompiler& compiler);

}  // namespace redress::engine
