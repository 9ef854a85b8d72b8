// Who has handled a ticket: held it, answered its customer, or resolved it.
#pragma once

#include <string>
#include <vector>

#include "redress/v1/event.pb.h"

namespace redress::engine {

// Who handled the ticket by this event; empty: nobody did.
std::string HandlerIn(const v1::Event& event);

// Their actor ids, each once, in order. `events`: of one ticket.
std::vector<std::string> HandlersOf(const std::vector<v1::Event>& events);

}  // namespace redress::engine
