// Inspection forms and sampling plans of a playbook, as YAML.
#pragma once

#include "engine/playbook/yaml_reader.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// Reads `inspection:`, as far as the playbook has it.
void ReadInspection(YamlReader& reader, const YamlMap& map, redress::v1::Playbook& playbook);

}  // namespace redress::engine
