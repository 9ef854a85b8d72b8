// A calendar of a playbook, as YAML.
#pragma once

#include "engine/playbook/yaml_reader.h"
#include "engine/playbook/zones.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// Reads {zone, week, holidays, exceptions}. Reports what cannot be: a zone that `zones` does not
// know, dates that do not exist, hours that end before they start or overlap, a week without hours.
// What was read with a fault is left out.
redress::v1::Calendar ReadCalendar(YamlReader& reader, YamlId id, ZoneBook& zones);

}  // namespace redress::engine
