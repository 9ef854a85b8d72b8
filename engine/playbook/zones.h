// The rules of the time zones that a playbook names.
//
// Looked up once, when a playbook is compiled. A playbook that was published is compiled with the
// rules that were published with it, so that it means the same for ever.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "base/time_zones.h"
#include "google/protobuf/repeated_field.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// Finds the rules of a zone by its IANA name; nothing: there is no such zone.
using ZoneSource = std::function<std::optional<base::ZoneRules>(const std::string& name)>;

// What was published with a playbook, as a source.
ZoneSource PublishedZones(const google::protobuf::RepeatedPtrField<redress::v1::ZoneRules>& zones);

// The zones that were asked for so far.
class ZoneBook {
 public:
  explicit ZoneBook(ZoneSource source) : source_(std::move(source)) {}

  // The rules of a zone; null: there is no such zone.
  const base::ZoneRules* Find(const std::string& name);

  // In the order of the names.
  google::protobuf::RepeatedPtrField<redress::v1::ZoneRules> ToMessages() const;

  // Names, releases and offsets as one text, for a hash; empty when no zone was asked for.
  std::string Text() const;

 private:
  ZoneSource source_;
  std::map<std::string, base::ZoneRules> found_;
};

}  // namespace redress::engine
