// The story of a ticket: who had it, for how long, and why it moved.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket_service.pb.h"

namespace redress::engine {

inline constexpr int kStoryLinesMax = 50;

// A chapter for each time that the ticket stood at one department and level with one handler, or in
// a queue, or resolved, or closed. They have no gaps; the last one lasts until `now`, or is empty
// for a closed ticket. `history` is every event of the ticket, oldest first.
std::vector<v1::StoryChapter> TellStory(const std::vector<v1::Event>& history, absl::Time now);

// What an event other than a move says, in words; empty: nothing that a story tells.
std::string StoryText(const v1::Event& event);

}  // namespace redress::engine
