// What an event log holds, as people and programs read it.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/struct.pb.h"
#include "tools/history/profile.h"

namespace redress::ctl {

// The commonest values of each column with their rows and cases, and how often they change.
std::string ProfileText(const std::vector<history::ColumnProfile>& profiles, bool has_color);

// Everything, by column and value.
google::protobuf::Struct ProfileJson(const std::vector<history::ColumnProfile>& profiles);

}  // namespace redress::ctl
