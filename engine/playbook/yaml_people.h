// Who fills roles, who directs when, and what guards hand-overs: small tables of a playbook, as
// YAML.
#pragma once

#include "engine/playbook/yaml_names.h"
#include "engine/playbook/yaml_reader.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// roles: {quality: anna}
void ReadRoles(YamlReader& reader, YamlId id, YamlNames& roles, redress::v1::Playbook& playbook);

// directors: {calendar: hq, months: {2026-11: anna, 2026-12: ben}}
void ReadDirectors(YamlReader& reader, YamlId id, YamlNames& calendars,
                   redress::v1::DirectorCalendar& directors);

// hand_overs: {relay_owner: true, relay_raise_at: 3, bounces_raise_at: 2, raise_to: quality}
void ReadHandOvers(YamlReader& reader, YamlId id, YamlNames& departments,
                   redress::v1::HandOverRule& rule);

// Such as 2026-11, from 1970 to 2099.
bool IsMonth(absl::string_view text);

// All of these, as far as a playbook has them.
void ReadPeople(YamlReader& reader, const YamlMap& map, YamlNames& calendars,
                YamlNames& departments, YamlNames& roles, redress::v1::Playbook& playbook);

}  // namespace redress::engine
