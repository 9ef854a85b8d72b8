// What is behind a ticket's due instants, as text.
#pragma once

#include <string>

#include "redress/v1/ticket_service.pb.h"

namespace redress::ctl {

std::string DueText(const v1::ExplainDueResponse& response, bool has_color);

}  // namespace redress::ctl
