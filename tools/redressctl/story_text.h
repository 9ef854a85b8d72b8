// The story of a ticket, for people.
#pragma once

#include <string>

#include "redress/v1/ticket_service.pb.h"

namespace redress::ctl {

// A paragraph for each chapter: who had it, from when on and for how long, how it came there, and
// what happened meanwhile.
std::string StoryText(const v1::GetStoryResponse& response);

}  // namespace redress::ctl
