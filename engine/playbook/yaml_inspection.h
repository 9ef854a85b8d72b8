// Inspection forms and sampling plans of a playbook, as YAML.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "engine/playbook/yaml_names.h"
#include "engine/playbook/yaml_reader.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// Hundredths of a percent in "5%" or "2.5%", 0 to 10,000; nothing when it is no such rate.
std::optional<uint32_t> ParseRate(absl::string_view text);

// Reads `inspection:`, as far as the playbook has it. Departments that strata name are noted as
// used.
void ReadInspection(YamlReader& reader, const YamlMap& map, YamlNames& departments,
                    redress::v1::Playbook& playbook);

}  // namespace redress::engine
