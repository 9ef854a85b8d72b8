#include "tools/redressctl/issue_fields.h"

#include <set>

namespace redress::ctl {
namespace {

constexpr Field kFields[] = {
    {"--kind", "kind", "What it is"},
    {"--channel", "channel", "How it came in, such as phone or app"},
    {"--text", "text", "The reporter's own words"},
    {"--title", "title", "A short title that names nobody"},
    {"--customer", "customer.id", "Your own stable id of the customer"},
    {"--segment", "customer.segment", "The customer's segment, such as vip"},
    {"--value-tier", "customer.value_tier", "The customer's value tier, such as gold"},
    {"--contact-name", "contact.name", "The reporter's name; personal"},
    {"--contact-email", "contact.email", "Personal"},
    {"--contact-phone", "contact.phone", "Personal"},
    {"--touchpoint", "touchpoint", "Where in the journey it happened"},
    {"--category", "category", "What it is about, a category of the taxonomy"},
    {"--severity", "severity", "The sender's view of the harm"},
    {"--score-type", "score.type", "Which question a score answers"},
    {"--score", "score.value", "The score"},
    {"--alert-source", "alert.source", "The system that sends an alert"},
    {"--alert-name", "alert.name", "The name of an alert"},
    {"--label", "alert.labels", "A label of an alert; may be given again"},
    {"--language", "language", "Of the text, such as en or zh-Hans"},
    {"--key", "key", "Joins the open ticket with the same key"},
    {"--occurred", "occurred_time", "When it happened, as 2026-11-01T09:30:00Z"},
    {"--product", "product", "Product or service concerned"},
    {"--attribute", "attributes", "A further named value for rules; may be given again"},
    {"--follows", "follows", "The closed ticket that this follows up"},
};

// Fields hold pointers, so the paths that they point at live for ever, once each.
const char* Keep(const std::string& path) {
  static std::set<std::string>& kept = *new std::set<std::string>;
  return kept.insert(path).first->c_str();
}

}  // namespace

std::vector<Field> IssueFields(const std::string& prefix) {
  std::vector<Field> fields;
  for (Field field : kFields) {
    field.path = Keep(prefix + field.path);
    fields.push_back(field);
  }
  return fields;
}

}  // namespace redress::ctl
