// The measures and dimensions of a playbook, as YAML.
#pragma once

#include <vector>

#include "engine/playbook/yaml_reader.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// Where the parts of a measure or a dimension stand; the row where they were left out.
struct MeasurePlaces {
  YamlId row = 0;
  YamlId of = 0;
  YamlId share = 0;
  YamlId value = 0;
  YamlId day = 0;
  YamlId is = 0;
  std::vector<YamlId> on;
  std::vector<YamlId> by;
};

// Reads `measures:` into the playbook; a place for each. Expressions are not looked into here.
std::vector<MeasurePlaces> ReadMeasures(YamlReader& reader, YamlId id,
                                        redress::v1::Playbook& playbook);

// Reads `dimensions:`, likewise.
std::vector<MeasurePlaces> ReadDimensions(YamlReader& reader, YamlId id,
                                          redress::v1::Playbook& playbook);

}  // namespace redress::engine
