// A list of actions as text, one a line, which a file tests/scenarios/NAME.replay holds.
//
//     # A line of explanation.
//     clock 1790000012000000
//     send tenant-0 hal/owner/@desk late=1790000012000000 {add_note {...}}
//     send tenant-0 chief/owner/all plan=WORD {publish_playbook {...}}
//     tick
//     batch unknown-kept aborted=2 slow=500000
//     crash
//     check
//     quiet
//
// Times are microseconds since 1970. A plan is what the model knows of a playbook, see setting.h.
// An actor is an id with what it may do: owner, all (departments), customer, and its departments
// after @. The command stands in the text format of protocol buffers.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/simulator/action.h"
#include "tests/simulator/failure.h"

namespace redress::simulator {

std::string PrintAction(const Action& action);
std::string PrintReplay(const Actions& actions);
// Fails with INVALID_ARGUMENT, which names the line and what is wrong with it.
absl::StatusOr<Actions> ParseReplay(absl::string_view text);

// Lets the actions happen in a process of its own. What they came to.
Failure Replay(const Actions& actions);

}  // namespace redress::simulator
