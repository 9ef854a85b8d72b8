// The functions by which conditions look into texts.
//
//     text.mentions("phrase")                     whether it occurs, see text.h
//     text.mentions(["phrase", ...])              whether any of them does
//     text.mentions_all(["phrase", ...])          whether all do
//     text.mentions_count(["phrase", ...])        how many of them do; each counts once
//     text.mentions_near(["phrase", ...], words)  whether some stretch of so many words has all
//     text.matches("pattern")                     CEL's own; constant patterns join a set
//
// Phrases and patterns that are constants join the sets of the vocabulary, so that a text is looked
// through once for all conditions. Internal to this folder.
#pragma once

#include "engine/cel/environment.h"
#include "engine/rules/pattern_set.h"
#include "engine/rules/text.h"

namespace redress::engine {

// What the conditions of one playbook look for.
struct SoughtTexts {
  PhraseSet phrases;
  PatternSet patterns;
  bool is_sealed = false;  // both are built; what is compiled now looks by itself
};

// `sought` must outlive the environment.
void AddTextFunctions(cel::Environment& environment, SoughtTexts& sought);

}  // namespace redress::engine
