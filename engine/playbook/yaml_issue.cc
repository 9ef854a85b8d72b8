#include "engine/playbook/yaml_issue.h"

#include "absl/strings/str_cat.h"
#include "engine/playbook/limits.h"
#include "redress/v1/types.pb.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kIssueKeys[] = {
    "text",     "kind",  "channel", "title",    "customer", "touchpoint", "category",
    "severity", "score", "alert",   "language", "product",  "attributes"};
constexpr absl::string_view kCustomerKeys[] = {"id", "segment", "value_tier"};
constexpr absl::string_view kScoreKeys[] = {"type", "value"};
constexpr absl::string_view kAlertKeys[] = {"source", "name", "labels"};

constexpr size_t kIssueTextSizeMax = 16'384;
constexpr size_t kLanguageSizeMax = 35;
constexpr size_t kLongNameSizeMax = 128;
constexpr size_t kAttributeValueSizeMax = 512;

struct Scale {
  int min;
  int max;
};

Scale ScaleOf(v1::ScoreType type) {
  switch (type) {
    case v1::SCORE_TYPE_CSAT:
      return {1, 5};
    case v1::SCORE_TYPE_CES:
      return {1, 7};
    default:
      return {0, 10};
  }
}

// The text under an optional key, or the empty string.
std::string OptionalText(YamlReader& reader, const YamlMap& map, absl::string_view key,
                         size_t size_max) {
  const std::optional<YamlId> value = map.Find(key);
  return value.has_value() ? reader.Text(*value, key, size_max) : "";
}

void ReadAttributes(YamlReader& reader, YamlId id, absl::string_view what,
                    google::protobuf::RepeatedPtrField<v1::Attribute>& attributes) {
  for (const YamlEntry& entry : YamlEntries(reader, id, what, kLabelsMax)) {
    v1::Attribute& attribute = *attributes.Add();
    attribute.set_name(reader.Text(entry.key, "name", kShortTextSizeMax));
    attribute.set_value(reader.Text(entry.value, attribute.name(), kAttributeValueSizeMax));
  }
}

void ReadCustomer(YamlReader& reader, YamlId id, v1::CustomerProfile& customer) {
  const YamlMap map(reader, id, "a customer", kCustomerKeys);
  customer.set_id(OptionalText(reader, map, "id", kLongNameSizeMax));
  customer.set_segment(OptionalText(reader, map, "segment", kShortTextSizeMax));
  customer.set_value_tier(OptionalText(reader, map, "value_tier", kShortTextSizeMax));
}

void ReadScore(YamlReader& reader, YamlId id, v1::Score& score) {
  YamlMap map(reader, id, "a score", kScoreKeys);
  if (const auto type = map.Require("type")) {
    score.set_type(reader.EnumValue<v1::ScoreType>(*type, "type"));
  }
  if (const auto value = map.Require("value")) {
    const Scale scale = ScaleOf(score.type());
    score.set_value(static_cast<int>(reader.Int(*value, "value", scale.min, scale.max)));
  }
}

void ReadAlert(YamlReader& reader, YamlId id, v1::Alert& alert) {
  YamlMap map(reader, id, "an alert", kAlertKeys);
  if (const auto source = map.Require("source")) {
    alert.set_source(reader.Text(*source, "source", kShortTextSizeMax));
  }
  if (const auto name = map.Require("name")) {
    alert.set_name(reader.Text(*name, "name", kLongNameSizeMax));
  }
  if (const auto labels = map.Find("labels")) {
    ReadAttributes(reader, *labels, "'labels'", *alert.mutable_labels());
  }
}

// What each kind of issue must have, and must not.
void CheckKind(YamlReader& reader, YamlId id, const v1::Issue& issue) {
  const bool is_score = issue.kind() == v1::ISSUE_KIND_SCORE;
  const bool is_alert = issue.kind() == v1::ISSUE_KIND_ALERT;
  if (is_score && !issue.has_score()) reader.Fail(id, "an issue of kind SCORE needs 'score'");
  if (is_alert && !issue.has_alert()) reader.Fail(id, "an issue of kind ALERT needs 'alert'");
  if (!is_score && issue.has_score()) reader.Fail(id, "only an issue of kind SCORE has 'score'");
  if (!is_alert && issue.has_alert()) reader.Fail(id, "only an issue of kind ALERT has 'alert'");
}

}  // namespace

v1::Issue ReadIssue(YamlReader& reader, YamlId id, YamlNames& categories, YamlNames& touchpoints) {
  v1::Issue issue;
  YamlMap map(reader, id, "an issue", kIssueKeys);
  if (reader[id].kind != YamlKind::kMap) return issue;
  issue.set_kind(v1::ISSUE_KIND_COMPLAINT);
  issue.set_channel("phone");
  if (const auto kind = map.Find("kind")) {
    issue.set_kind(reader.EnumValue<v1::IssueKind>(*kind, "kind"));
  }
  if (const auto channel = map.Find("channel")) {
    issue.set_channel(reader.Text(*channel, "channel", kShortTextSizeMax));
  }
  const bool needs_text =
      issue.kind() != v1::ISSUE_KIND_SCORE && issue.kind() != v1::ISSUE_KIND_ALERT;
  if (needs_text) map.Require("text");
  issue.set_text(OptionalText(reader, map, "text", kIssueTextSizeMax));
  issue.set_title(OptionalText(reader, map, "title", kTitleSizeMax));
  issue.set_language(OptionalText(reader, map, "language", kLanguageSizeMax));
  issue.set_product(OptionalText(reader, map, "product", kShortTextSizeMax));
  if (const auto customer = map.Find("customer")) {
    ReadCustomer(reader, *customer, *issue.mutable_customer());
  }
  if (const auto touchpoint = map.Find("touchpoint")) {
    issue.set_touchpoint(reader.Id(*touchpoint, "touchpoint", IdForm::kName));
    touchpoints.Use(issue.touchpoint(), *touchpoint);
  }
  if (const auto category = map.Find("category")) {
    issue.set_category(reader.Id(*category, "category", IdForm::kPath));
    categories.Use(issue.category(), *category);
  }
  if (const auto severity = map.Find("severity")) {
    issue.set_severity(reader.EnumValue<v1::Severity>(*severity, "severity"));
  }
  if (const auto score = map.Find("score")) ReadScore(reader, *score, *issue.mutable_score());
  if (const auto alert = map.Find("alert")) ReadAlert(reader, *alert, *issue.mutable_alert());
  if (const auto attributes = map.Find("attributes")) {
    ReadAttributes(reader, *attributes, "'attributes'", *issue.mutable_attributes());
  }
  CheckKind(reader, id, issue);
  return issue;
}

}  // namespace redress::engine
