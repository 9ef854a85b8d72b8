#include "engine/ticket/handlers.h"

#include <set>

#include "engine/ticket/lifecycle.h"

namespace redress::engine {

std::string HandlerIn(const v1::Event& event) {
  switch (event.fact_case()) {
    case Fact::kTicketLeased: return event.ticket_leased().handler();
    case Fact::kTicketAccepted: return event.ticket_accepted().handler();
    case Fact::kTicketAnswered:
    case Fact::kTicketResolved: return event.actor();
    default: return "";
  }
}

std::vector<std::string> HandlersOf(const std::vector<v1::Event>& events) {
  std::set<std::string> handlers;
  for (const v1::Event& event : events) handlers.insert(HandlerIn(event));
  handlers.erase("");
  return {handlers.begin(), handlers.end()};
}

}  // namespace redress::engine
