#include "engine/playbook/zones.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace redress::engine {

namespace v1 = redress::v1;

using Messages = google::protobuf::RepeatedPtrField<v1::ZoneRules>;

ZoneSource PublishedZones(const Messages& zones) {
  return [zones](const std::string& name) -> std::optional<base::ZoneRules> {
    for (const v1::ZoneRules& zone : zones) {
      if (zone.name() != name) continue;
      base::ZoneRules rules{zone.name(), zone.version(), {}};
      for (const v1::ZoneOffset& offset : zone.offsets())
        rules.offsets.push_back({offset.from_seconds(), offset.offset_seconds()});
      return rules;
    }
    return std::nullopt;
  };
}

const base::ZoneRules* ZoneBook::Find(const std::string& name) {
  if (const auto known = found_.find(name); known != found_.end()) return &known->second;
  std::optional<base::ZoneRules> rules = source_(name);
  if (!rules.has_value()) return nullptr;
  return &found_.emplace(name, *std::move(rules)).first->second;
}

Messages ZoneBook::ToMessages() const {
  Messages messages;
  for (const auto& [name, rules] : found_) {
    v1::ZoneRules& zone = *messages.Add();
    zone.set_name(name);
    zone.set_version(rules.version);
    for (const base::ZoneOffset& offset : rules.offsets) {
      v1::ZoneOffset& added = *zone.add_offsets();
      added.set_from_seconds(offset.from);
      added.set_offset_seconds(offset.offset);
    }
  }
  return messages;
}

std::string ZoneBook::Text() const {
  std::string text;
  for (const auto& [name, rules] : found_) {
    absl::StrAppend(&text, "\n", name, " ", rules.version);
    for (const base::ZoneOffset& offset : rules.offsets)
      absl::StrAppend(&text, " ", offset.from, ":", offset.offset);
  }
  return text;
}

}  // namespace redress::engine
