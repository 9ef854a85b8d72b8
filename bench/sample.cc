#include "bench/sample.h"

#include <array>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace redress::bench {
namespace {

constexpr int kClassifyRows = 100;
constexpr int kGeneratedRouteRows = 95;
constexpr int kProducts = 20;
constexpr int kDepartments = 12;
constexpr int kCategories = 25;
constexpr uint64_t kCustomers = 100'000;
constexpr std::array<const char*, 6> kChannels = {"phone", "app", "email", "web", "store", "chat"};
constexpr std::array<const char*, 5> kSegments = {"vip", "business", "regular", "new", "staff"};
constexpr char kStarter[] = "deploy/playbooks/starter.yaml";
constexpr char kText[] =
    "I ordered on Monday and paid at once, and the shop still says that it waits for the payment. "
    "Nobody who answers the telephone can tell me where the money is. Please tell me what happened "
    "and when it will arrive.";

// SplitMix64: neighbouring numbers give unrelated results.
uint64_t Scramble(uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

std::string ConditionOf(int row) {
  return absl::StrCat("issue.product == \"product-", row % kProducts, "\" && issue.channel == \"",
                      kChannels[static_cast<size_t>(row) % kChannels.size()],
                      "\" && customer.segment == \"",
                      kSegments[static_cast<size_t>(row) % kSegments.size()],
                      "\" && ticket.severity >= ", row % 2 == 0 ? "HIGH" : "MEDIUM");
}

std::string RouteTo(absl::string_view department) {
  return absl::StrCat("to: {level: RELAY, department: ", department,
                      ", first_answer: 900d, resolution: 1000d}}\n");
}

}  // namespace

std::string TaxonomySource() {
  std::string source = "taxonomy:\n";
  for (int i = 0; i < kCategories; ++i)
    absl::StrAppend(&source, "  billing.case", i, ": {title: Case ", i, "}\n");
  return source;
}

std::string PlaybookSource() {
  std::string source = absl::StrCat("playbook: bench\n", TaxonomySource(), "departments:\n");
  for (const char* queue : {kLargeQueue, kSmallQueue, kClosedDesk, kWorkedDesk})
    absl::StrAppend(&source, "  ", queue, ": {title: Queue, head: lead}\n");
  for (int i = 0; i < kDepartments; ++i)
    absl::StrAppend(&source, "  desk", i, ": {title: Desk ", i, ", head: lead}\n");
  absl::StrAppend(&source, "classify:\n");
  for (int i = 0; i < kClassifyRows; ++i)
    absl::StrAppend(&source, "  - {id: c", i, ", when: '", ConditionOf(i),
                    "', set: {category: billing.case", i % kCategories, "}}\n");
  absl::StrAppend(&source, "route:\n");
  for (int i = 0; i < kGeneratedRouteRows; ++i)
    absl::StrAppend(&source, "  - {id: r", i, ", when: '", ConditionOf(i + kClassifyRows), "', ",
                    RouteTo(absl::StrCat("desk", i % kDepartments)));
  for (const char* queue : {kLargeQueue, kSmallQueue, kClosedDesk, kWorkedDesk})
    absl::StrAppend(&source, "  - {id: ", queue, ", when: 'issue.product == \"", queue, "\"', ",
                    RouteTo(queue));
  absl::StrAppend(&source, "  - {id: rest, ", RouteTo("desk0"));
  return source;
}

std::string StarterMeasures() {
  std::ostringstream text;
  text << std::ifstream(kStarter).rdbuf();
  const std::string starter = text.str();
  const size_t begin = starter.find("\ndimensions:");
  const size_t end = starter.find("\nexpect:");
  CHECK(begin != std::string::npos && end != std::string::npos);
  return starter.substr(begin, end - begin + 1);
}

v1::SubmitIssueRequest SampleIssue(absl::string_view run, uint64_t number,
                                   absl::string_view department) {
  const uint64_t dice = Scramble(number);
  v1::SubmitIssueRequest request;
  request.set_request_id(absl::StrCat(run, "-", number));
  request.set_view(v1::TICKET_VIEW_BASIC);
  v1::Issue& issue = *request.mutable_issue();
  issue.set_kind(v1::ISSUE_KIND_COMPLAINT);
  issue.set_channel(kChannels[dice % kChannels.size()]);
  issue.set_text(kText);
  issue.set_title("The payment does not arrive");
  issue.mutable_customer()->set_id(absl::StrCat("customer-", dice % kCustomers));
  issue.mutable_customer()->set_segment(kSegments[(dice >> 8) % kSegments.size()]);
  issue.mutable_customer()->set_value_tier((dice >> 16) % 4 == 0 ? "gold" : "silver");
  issue.mutable_contact()->set_email(absl::StrCat("customer-", dice % kCustomers, "@example.com"));
  issue.set_category(absl::StrCat("billing.case", (dice >> 24) % kCategories));
  issue.set_severity(static_cast<v1::Severity>(1 + (dice >> 32) % 4));
  issue.set_language("en");
  issue.set_product(department.empty() ? absl::StrCat("product-", (dice >> 40) % kProducts)
                                       : std::string(department));
  v1::Attribute& order = *issue.add_attributes();
  order.set_name("order");
  order.set_value(absl::StrCat(number));
  return request;
}

}  // namespace redress::bench
