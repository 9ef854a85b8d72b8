// The whole command line, without the process around it.
#pragma once

#include <string>
#include <vector>

#include "tools/redressctl/command.h"
#include "tools/redressctl/terminal.h"

namespace redress::ctl {

// Every command of redressctl.
void AddCommands(CommandTree& tree);

// Parses the arguments (without the program's name), does what they say, and gives the exit code.
int Run(const std::vector<std::string>& arguments, Terminal& terminal);

}  // namespace redress::ctl
