// Commands of the group "playbook" that judge a change of the rules: before it is live, and beside
// what is live.
#pragma once

#include "tools/redressctl/command.h"

namespace redress::ctl {

void AddChangeCommands(CommandTree& tree, CLI::App* playbook);
// What will happen to a sample issue that nobody touches.
void AddTimelineCommand(CommandTree& tree, CLI::App* playbook);
void AddShadowCommands(CommandTree& tree, CLI::App* playbook);

}  // namespace redress::ctl
