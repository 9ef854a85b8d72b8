#include "engine/playbook/yaml_quality.h"

#include "engine/playbook/yaml_goal.h"
#include "engine/playbook/yaml_inspection.h"

namespace redress::engine {

std::vector<YamlId> ReadQuality(YamlReader& reader, const YamlMap& map, YamlNames& departments,
                                redress::v1::Playbook& playbook) {
  ReadInspection(reader, map, departments, playbook);
  return ReadGoals(reader, map, departments, playbook);
}

}  // namespace redress::engine
