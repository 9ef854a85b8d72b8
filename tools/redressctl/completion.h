// Completion of command lines: what may stand at the last word.
//
// The shells' scripts call "redressctl __complete -- WORD... CURRENT" and offer the lines that it
// prints. Candidates come from the parser itself, so they cannot drift from what it takes.
#pragma once

#include <string>
#include <vector>

#include "tools/redressctl/command.h"

namespace redress::ctl {

struct Candidate {
  std::string word;
  std::string help;  // empty: none
};

// For the last of the words, which may be empty. Words before it are the commands and options so
// far.
std::vector<Candidate> Complete(CommandTree& tree, const std::vector<std::string>& words);

// The script for "bash", "zsh" or "fish"; empty for any other shell.
std::string CompletionScript(const std::string& shell);

}  // namespace redress::ctl
