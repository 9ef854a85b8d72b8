// The issue of an example, as YAML.
#pragma once

#include "engine/playbook/yaml_names.h"
#include "engine/playbook/yaml_reader.h"
#include "redress/v1/issue.pb.h"

namespace redress::engine {

// Reads {text, kind, channel, ...}. The kind is COMPLAINT and the channel "phone" when left out; an
// issue with a score or an alert must say its kind. Its category and touchpoint are noted as used.
redress::v1::Issue ReadIssue(YamlReader& reader, YamlId id, YamlNames& categories,
                             YamlNames& touchpoints);

}  // namespace redress::engine
