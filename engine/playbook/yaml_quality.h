// What a company judges itself by: inspection and goals, as YAML.
#pragma once

#include <vector>

#include "engine/playbook/yaml_names.h"
#include "engine/playbook/yaml_reader.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// Both, as far as a playbook has them; where each goal stands. REQUIRES: its measures were read
// before.
std::vector<YamlId> ReadQuality(YamlReader& reader, const YamlMap& map, YamlNames& departments,
                                redress::v1::Playbook& playbook);

}  // namespace redress::engine
