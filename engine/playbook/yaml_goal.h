// What departments want to reach in a month, as YAML.
#pragma once

#include <vector>

#include "engine/cel/issue.h"
#include "engine/measure/measure.h"
#include "engine/playbook/yaml_names.h"
#include "engine/playbook/yaml_reader.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// Reads `goals:` as far as the playbook has them; where each stands. REQUIRES: its measures were
// read before.
std::vector<YamlId> ReadGoals(YamlReader& reader, const YamlMap& map, YamlNames& departments,
                              redress::v1::Playbook& playbook);

// Why the target of a goal cannot be compared with its measure; empty: it can.
std::string FindGoalFault(const redress::v1::Goal& goal, const MeasureSet& measures);

}  // namespace redress::engine
