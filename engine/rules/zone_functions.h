// CEL's parts of timestamps in a time zone, by rules of zones that are kept with a playbook.
//
// CEL's own read the system's rules, which change; a decision must be the same years later. So a
// condition's zone must be written out, and its rules are looked up once, when the condition is
// compiled. Offsets such as "+08:00" need no rules. Internal to this folder.
#pragma once

#include <functional>
#include <string>

#include "base/time_zones.h"
#include "engine/cel/environment.h"

namespace redress::engine {

// The rules of a zone by its IANA name; null: there is no such zone. Called while compiling only.
using ZoneFinder = std::function<const base::ZoneRules*(const std::string& name)>;

// Replaces the functions that take a zone. `finder` must stay as long as conditions are compiled,
// and what it finds is copied.
void UseKeptZones(cel::Environment& environment, const ZoneFinder& finder);

}  // namespace redress::engine
