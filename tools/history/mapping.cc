#include "tools/history/mapping.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/ticket/limits.h"
#include "tools/text/enum_text.h"
#include "tools/text/suggest.h"

namespace redress::history {
namespace {

// Reads one mapping and gathers its faults.
class MappingReader {
 public:
  Mapping Read(const YAML::Node& root);
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  void Fault(const YAML::Node& node, absl::string_view what) {
    faults_.push_back(absl::StrCat("line ", node.Mark().line + 1, ", column ",
                                   node.Mark().column + 1, ": ", what));
  }
  void CheckKeys(const YAML::Node& node, const std::vector<std::string>& known);
  std::string Text(const YAML::Node& node);
  std::string Column(const YAML::Node& parent, const char* key, bool is_required = false);
  Source ReadSource(const YAML::Node& parent, const char* key);
  Source ReadEnum(const YAML::Node& parent, const char* key,
                  const google::protobuf::EnumDescriptor& type);
  void CheckEnum(const YAML::Node& node, const std::string& value,
                 const google::protobuf::EnumDescriptor& type);
  void ReadStates(const YAML::Node& node, Mapping& mapping);
  std::optional<StateMeaning> ReadMeaning(const YAML::Node& node);
  void ReadTimes(const YAML::Node& root, Mapping& mapping);
  void ReadIssue(const YAML::Node& node, Mapping& mapping);
  void ReadAttributes(const YAML::Node& node, Mapping& mapping);

  std::vector<std::string> faults_;
};

void MappingReader::CheckKeys(const YAML::Node& node, const std::vector<std::string>& known) {
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string key = Text(entry.first);
    if (!seen.insert(key).second) Fault(entry.first, absl::StrCat("\"", key, "\" stands twice"));
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string closest = text::ClosestWord(key, known);
    Fault(entry.first,
          absl::StrCat("\"", key, "\" is not known here",
                       closest.empty() ? "" : absl::StrCat("; did you mean \"", closest, "\"?")));
  }
}

std::string MappingReader::Text(const YAML::Node& node) {
  if (node.IsScalar()) return node.Scalar();
  Fault(node, "a text is needed here");
  return "";
}

std::string MappingReader::Column(const YAML::Node& parent, const char* key, bool is_required) {
  const YAML::Node node = parent[key];
  if (!node.IsDefined()) {
    if (is_required) Fault(parent, absl::StrCat("\"", key, "\" is missing"));
    return "";
  }
  const std::string column = Text(node);
  if (column.empty() && node.IsScalar()) Fault(node, "a column's name is needed here");
  return column;
}

Source MappingReader::ReadSource(const YAML::Node& parent, const char* key) {
  Source source;
  const YAML::Node node = parent[key];
  if (!node.IsDefined()) return source;
  if (!node.IsMap()) {
    source.column = Column(parent, key);
    return source;
  }
  CheckKeys(node, {"column", "missing", "table", "value", "scale"});
  if (node["scale"].IsDefined() &&
      (!absl::SimpleAtoi(Text(node["scale"]), &source.scale) || source.scale < 1)) {
    Fault(node["scale"], "a scale is a whole number of 1 or more");
  }
  if (node["value"].IsDefined()) source.constant = Text(node["value"]);
  source.column = Column(node, "column", !source.constant.has_value());
  if (source.constant.has_value() && !source.column.empty()) {
    Fault(node, "give either a column or a value");
  }
  if (node["missing"].IsDefined()) source.missing = Text(node["missing"]);
  if (node["table"].IsDefined() && !node["table"].IsMap()) {
    Fault(node["table"], "a table of \"value: meaning\" is needed here");
  } else if (node["table"].IsDefined()) {
    for (const auto& entry : node["table"]) source.table[Text(entry.first)] = Text(entry.second);
  }
  return source;
}

void MappingReader::CheckEnum(const YAML::Node& node, const std::string& value,
                              const google::protobuf::EnumDescriptor& type) {
  if (value.empty() || text::FindByShortName(type, value) != nullptr) return;
  Fault(node,
        absl::StrCat("\"", value, "\" is none of ", absl::StrJoin(text::ShortNames(type), ", ")));
}

Source MappingReader::ReadEnum(const YAML::Node& parent, const char* key,
                               const google::protobuf::EnumDescriptor& type) {
  Source source = ReadSource(parent, key);
  const YAML::Node node = parent[key];
  if (source.constant.has_value()) CheckEnum(node, *source.constant, type);
  CheckEnum(node, source.missing, type);
  for (const auto& [from, to] : source.table) CheckEnum(node["table"], to, type);
  return source;
}

std::optional<StateMeaning> MappingReader::ReadMeaning(const YAML::Node& node) {
  using Kind = StateMeaning::Kind;
  const std::string words = Text(node);
  if (words == "open") return StateMeaning{Kind::kOpen};
  if (words == "resolved") return StateMeaning{Kind::kResolved};
  if (words == "closed") return StateMeaning{Kind::kClosed};
  if (words == "same") return StateMeaning{Kind::kSame};
  if (absl::StartsWith(words, "waiting ")) {
    const auto* reason =
        text::FindByShortName(*v1::PauseReason_descriptor(), words.substr(sizeof("waiting")));
    if (reason != nullptr) {
      return StateMeaning{Kind::kWaiting, static_cast<v1::PauseReason>(reason->number())};
    }
  }
  Fault(node, absl::StrCat(
                  "a state means open, resolved, closed, same or \"waiting REASON\" with one of ",
                  absl::StrJoin(text::ShortNames(*v1::PauseReason_descriptor()), ", ")));
  return std::nullopt;
}

void MappingReader::ReadStates(const YAML::Node& root, Mapping& mapping) {
  const YAML::Node node = root["state"];
  if (!node.IsDefined()) return;
  if (!node.IsMap()) return Fault(node, "\"state\" needs a column and a table");
  CheckKeys(node, {"column", "table"});
  mapping.state = Column(node, "column", true);
  if (!node["table"].IsDefined() || !node["table"].IsMap()) {
    return Fault(node, "\"state\" needs a table of \"value: meaning\"");
  }
  for (const auto& entry : node["table"]) {
    const auto meaning = ReadMeaning(entry.second);
    if (meaning.has_value()) mapping.states[Text(entry.first)] = *meaning;
  }
}

void MappingReader::ReadTimes(const YAML::Node& root, Mapping& mapping) {
  const Source time = ReadSource(root, "time");
  mapping.time = time.column;
  mapping.time_missing = time.missing;
  if (time.column.empty())
    Fault(root["time"].IsDefined() ? root["time"] : root, "\"time\" needs a column");
  mapping.opened = Column(root, "opened");
  mapping.resolved = Column(root, "resolved");
  mapping.closed = Column(root, "closed");
  mapping.answered = Column(root, "answered");
  mapping.reopened = Column(root, "reopened");
  mapping.first_answer_due = Column(root, "first_answer_due");
  mapping.resolution_due = Column(root, "resolution_due");
  if (root["time_format"].IsDefined()) mapping.time_format = Text(root["time_format"]);
  if (!root["zone"].IsDefined()) return;
  const std::string zone = Text(root["zone"]);
  if (!absl::LoadTimeZone(zone, &mapping.zone)) {
    Fault(root["zone"], absl::StrCat("\"", zone, "\" is not a time zone"));
  }
}

void MappingReader::ReadIssue(const YAML::Node& node, Mapping& mapping) {
  if (!node.IsMap()) return Fault(node, "\"issue\" needs its fields");
  CheckKeys(node, {"kind", "channel", "customer", "segment", "severity", "category", "title",
                   "product", "attributes"});
  mapping.kind = ReadEnum(node, "kind", *v1::IssueKind_descriptor());
  mapping.channel = ReadSource(node, "channel");
  mapping.customer = ReadSource(node, "customer");
  mapping.segment = ReadSource(node, "segment");
  mapping.severity = ReadEnum(node, "severity", *v1::Severity_descriptor());
  mapping.title = ReadSource(node, "title");
  mapping.product = ReadSource(node, "product");
  ReadAttributes(node["attributes"], mapping);
  const YAML::Node category = node["category"];
  if (!category.IsDefined()) return;
  if (category.IsSequence()) {
    for (const auto& column : category) mapping.category.push_back(Text(column));
  } else {
    mapping.category.push_back(Text(category));
  }
}

void MappingReader::ReadAttributes(const YAML::Node& node, Mapping& mapping) {
  if (!node.IsDefined()) return;
  if (!node.IsMap()) return Fault(node, "attributes are a table of \"name: column\"");
  if (node.size() > static_cast<size_t>(engine::kAttributesMax)) {
    Fault(node, absl::StrCat("at most ", engine::kAttributesMax, " attributes are allowed"));
  }
  for (const auto& entry : node) {
    const std::string name = Text(entry.first);
    mapping.attributes[name] = ReadSource(node, name.c_str());
  }
}

Mapping MappingReader::Read(const YAML::Node& root) {
  Mapping mapping;
  if (!root.IsMap()) {
    Fault(root, "a mapping is a table of \"key: value\"");
    return mapping;
  }
  CheckKeys(root, {"mapping",
                   "missing",
                   "zone",
                   "time_format",
                   "case",
                   "order",
                   "time",
                   "opened",
                   "resolved",
                   "closed",
                   "state",
                   "department",
                   "transfers",
                   "level",
                   "actor",
                   "code",
                   "outcome",
                   "reopen_cause",
                   "issue",
                   "answered",
                   "reopened",
                   "note",
                   "first_answer_due",
                   "resolution_due"});
  mapping.name = Column(root, "mapping", true);
  if (root["missing"].IsDefined()) {
    mapping.missing.clear();
    for (const auto& mark : root["missing"]) mapping.missing.push_back(Text(mark));
  }
  mapping.case_id = Column(root, "case", true);
  mapping.order = Column(root, "order");
  ReadTimes(root, mapping);
  ReadStates(root, mapping);
  mapping.department = ReadSource(root, "department");
  mapping.transfers = Column(root, "transfers");
  mapping.level = ReadEnum(root, "level", *v1::Level_descriptor());
  mapping.actor = ReadSource(root, "actor");
  mapping.code = ReadSource(root, "code");
  mapping.note = ReadSource(root, "note");
  mapping.outcome = ReadEnum(root, "outcome", *v1::Outcome_descriptor());
  if (root["reopen_cause"].IsDefined()) {
    const std::string cause = Text(root["reopen_cause"]);
    CheckEnum(root["reopen_cause"], cause, *v1::ReopenCause_descriptor());
    const auto* found = text::FindByShortName(*v1::ReopenCause_descriptor(), cause);
    if (found != nullptr) mapping.reopen_cause = static_cast<v1::ReopenCause>(found->number());
  }
  if (root["issue"].IsDefined()) ReadIssue(root["issue"], mapping);
  return mapping;
}

}  // namespace

std::vector<std::string> Mapping::Columns() const {
  std::vector<std::string> columns = {
      case_id,   order,    time,     opened,           resolved,       closed,     state,
      transfers, answered, reopened, first_answer_due, resolution_due, note.column};
  for (const auto& attribute : attributes) columns.push_back(attribute.second.column);
  columns.insert(columns.end(), kept.begin(), kept.end());
  for (const Source* source : {&department, &level, &actor, &code, &outcome, &kind, &channel,
                               &customer, &segment, &severity, &title, &product}) {
    columns.push_back(source->column);
  }
  columns.insert(columns.end(), category.begin(), category.end());
  std::vector<std::string> named;
  for (const std::string& column : columns) {
    if (column.empty() || std::find(named.begin(), named.end(), column) != named.end()) continue;
    named.push_back(column);
  }
  return named;
}

absl::StatusOr<Mapping> ParseMapping(const std::string& yaml) {
  if (yaml.size() > kMappingBytesMax) {
    return absl::InvalidArgumentError("the mapping is longer than 1 MiB");
  }
  MappingReader reader;
  Mapping mapping;
  try {
    mapping = reader.Read(YAML::Load(yaml));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("line ", error.mark.line + 1, ", column ",
                                                   error.mark.column + 1, ": ", error.msg));
  }
  if (!reader.faults().empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(reader.faults(), "\n"));
  }
  return mapping;
}

}  // namespace redress::history
