// The chains table of a playbook, as YAML, and what must hold of it.
#pragma once

#include <string>
#include <vector>

#include "engine/playbook/yaml_clock.h"
#include "engine/playbook/yaml_names.h"
#include "engine/playbook/yaml_reader.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// What a chains row may name.
struct ChainNames {
  ClockNames clocks;
  YamlNames& roles;
};

// Where a row and its steps stand, parallel to the message.
struct ChainPlace {
  YamlId row = 0;
  std::vector<YamlId> steps;
  // Of the steps; without meaning for a step that has no guard.
  std::vector<YamlId> guards;
};

// Reads the table. Names are noted as used. Guards are not looked into here.
std::vector<ChainPlace> ReadChains(YamlReader& reader, YamlId id, ChainNames names,
                                   redress::v1::Playbook& playbook);

// Reports chains that never start, steps that can never fire, offsets that do not rise, and chains
// that hand a ticket round in a circle. REQUIRES: all other tables were read.
void CheckChains(YamlReader& reader, const redress::v1::Playbook& playbook,
                 const std::vector<ChainPlace>& places);

}  // namespace redress::engine
