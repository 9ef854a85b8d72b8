// Builds small rule tables for tests, without YAML.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "engine/rules/route.h"
#include "engine/rules/rule_tables.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// A playbook with the departments that its rows name, ending in a row "rest" to the desk.
class TablesBuilder {
 public:
  TablesBuilder& Category(std::string id, std::string touchpoint) {
    auto& category = *playbook_.add_taxonomy();
    category.set_id(std::move(id));
    category.set_touchpoint(std::move(touchpoint));
    return *this;
  }

  // The row sets a category.
  TablesBuilder& Classify(std::string id, std::string when, std::string category,
                          redress::v1::Severity severity = redress::v1::SEVERITY_UNSPECIFIED) {
    auto& rule = *playbook_.add_classify();
    rule.set_id(std::move(id));
    rule.set_when(std::move(when));
    rule.set_category(std::move(category));
    rule.set_severity(severity);
    return *this;
  }

  TablesBuilder& Route(std::string id, std::string when, std::string department = "desk") {
    auto& rule = *playbook_.add_route();
    rule.set_id(std::move(id));
    rule.set_when(std::move(when));
    rule.set_level(redress::v1::LEVEL_RELAY);
    rule.set_department(std::move(department));
    return *this;
  }

  // The last row, for changes that the methods above do not make.
  redress::v1::ClassifyRule& last_classify() {
    return *playbook_.mutable_classify(playbook_.classify_size() - 1);
  }
  redress::v1::RouteRule& last_route() {
    return *playbook_.mutable_route(playbook_.route_size() - 1);
  }
  redress::v1::Playbook& playbook() { return playbook_; }

  // The builder must outlive the tables.
  std::unique_ptr<const RuleTables> Build() {
    Route("rest", "");
    RuleTablesCompilation compilation = RuleTables::Compile(playbook_, "hash");
    for (const ConditionFault& fault : compilation.faults) {
      ADD_FAILURE() << cel::Render(fault.issue);
    }
    CHECK(compilation.tables != nullptr);
    return std::move(compilation.tables);
  }

 private:
  redress::v1::Playbook playbook_;
};

inline redress::v1::Issue Complaint(std::string text) {
  redress::v1::Issue issue;
  issue.set_kind(redress::v1::ISSUE_KIND_COMPLAINT);
  issue.set_channel("phone");
  issue.set_text(std::move(text));
  return issue;
}

// The input of a new issue by a customer without open tickets.
inline RuleInput InputOf(const redress::v1::Issue& issue) {
  redress::v1::CustomerFacts customer = CustomerFactsOf(issue.customer(), 0);
  redress::v1::TicketFacts ticket = NewTicketFacts(issue, customer);
  return RuleInput{issue, std::move(ticket), std::move(customer)};
}

}  // namespace redress::engine
