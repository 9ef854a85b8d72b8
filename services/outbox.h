// What an event has to tell somebody outside.
#pragma once

#include <optional>

#include "redress/v1/event.pb.h"
#include "redress/v1/outbox_service.pb.h"

namespace redress::services {

// Without the ticket's reference. Nothing: it tells nobody anything, or is imported history, whose
// messages went out long ago.
std::optional<v1::OutboxMessage> MessageOf(const v1::Event& event);

}  // namespace redress::services
