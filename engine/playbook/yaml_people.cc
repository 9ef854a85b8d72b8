#include "engine/playbook/yaml_people.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/playbook/limits.h"
#include "engine/rules/enum_names.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kDirectorsKeys[] = {"calendar", "months"};
constexpr absl::string_view kHandOverKeys[] = {"relay_owner", "relay_raise_at", "bounces_raise_at",
                                               "raise_to"};
constexpr size_t kMonthSize = 7;

}  // namespace

bool IsMonth(absl::string_view text) {
  if (text.size() != kMonthSize || text[4] != '-') return false;
  for (const size_t at : {0, 1, 2, 3, 5, 6})
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[at]))) return false;
  const absl::string_view month = text.substr(5);
  return text >= "1970-01" && text <= "2099-12" && month >= "01" && month <= "12";
}

void ReadRoles(YamlReader& reader, YamlId id, YamlNames& roles, v1::Playbook& playbook) {
  for (const YamlEntry& entry : YamlEntries(reader, id, "'roles'", kRolesMax)) {
    v1::RoleHolder& role = *playbook.add_roles();
    role.set_id(reader.Id(entry.key, "role", IdForm::kName));
    role.set_holder(reader.Text(entry.value, "role", kShortTextSizeMax));
    roles.Define(role.id());
    if (NumberOfShortName(*v1::RecipientKind_descriptor(), role.id()).has_value())
      reader.Fail(entry.key, absl::StrCat("a role cannot be named '", role.id(),
                                          "'; in a step the word means something else"));
  }
}

void ReadDirectors(YamlReader& reader, YamlId id, YamlNames& calendars,
                   v1::DirectorCalendar& directors) {
  YamlMap map(reader, id, "'directors'", kDirectorsKeys);
  if (const auto calendar = map.Find("calendar")) {
    directors.set_calendar(reader.Id(*calendar, "calendar", IdForm::kName));
    calendars.Use(directors.calendar(), *calendar);
  }
  const auto months = map.Require("months");
  if (!months.has_value()) return;
  for (const YamlEntry& entry : YamlEntries(reader, *months, "'months'", kDirectorMonthsMax)) {
    const std::string& month = reader[entry.key].text;
    const int count = directors.months_size();
    if (!IsMonth(month))
      reader.Fail(entry.key, "a month is written like 2026-11, from 1970-01 to 2099-12");
    else if (count > 0 && month <= directors.months(count - 1).month())
      reader.Fail(entry.key, "months must rise");
    v1::DirectorMonth& added = *directors.add_months();
    added.set_month(month);
    added.set_director(reader.Text(entry.value, "director", kShortTextSizeMax));
  }
}

void ReadHandOvers(YamlReader& reader, YamlId id, YamlNames& departments,
                   v1::HandOverRule& rule) {
  const YamlMap map(reader, id, "'hand_overs'", kHandOverKeys);
  if (const auto owner = map.Find("relay_owner"))
    rule.set_relay_owner(reader.Bool(*owner, "relay_owner"));
  if (const auto raise = map.Find("relay_raise_at"))
    rule.set_relay_raise_at(static_cast<uint32_t>(
        reader.Int(*raise, "relay_raise_at", 1, kHandOversRaiseMax)));
  if (const auto raise = map.Find("bounces_raise_at"))
    rule.set_bounces_raise_at(static_cast<uint32_t>(
        reader.Int(*raise, "bounces_raise_at", 1, kHandOversRaiseMax)));
  if (const auto to = map.Find("raise_to")) {
    rule.set_raise_to(reader.Id(*to, "raise_to", IdForm::kName));
    departments.Use(rule.raise_to(), *to);
  }
}

void ReadPeople(YamlReader& reader, const YamlMap& map, YamlNames& calendars,
                YamlNames& departments, YamlNames& roles, v1::Playbook& playbook) {
  if (const auto id = map.Find("roles")) ReadRoles(reader, *id, roles, playbook);
  if (const auto id = map.Find("directors"))
    ReadDirectors(reader, *id, calendars, *playbook.mutable_directors());
  if (const auto id = map.Find("hand_overs"))
    ReadHandOvers(reader, *id, departments, *playbook.mutable_hand_overs());
}

}  // namespace redress::engine
