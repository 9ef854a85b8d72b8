#include "tests/support/engine/inspections.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "tests/support/engine/shop.h"

namespace redress::test {
namespace {

using Findings = google::protobuf::RepeatedPtrField<v1::ItemFinding>;

constexpr char kInspection[] = R"(
goals:
  - {id: workshop, title: A workshop, department: desk, month: 2026-11}
inspection:
  forms:
    closing:
      title: How it was closed
      items:
        cause: {title: The cause is the right one, fatal: true}
        tone: {title: Plain and polite, opportunities: 3}
  plans:
    monthly: {title: Each month, form: closing, by: [department], rate: 50%, count: 1}
)";

void AddFindings(const std::vector<std::string>& texts, Findings& findings) {
  for (const std::string& text : texts) {
    v1::ItemFinding& finding = *findings.Add();
    const size_t equals = text.find('=');
    finding.set_item(text.substr(0, equals));
    uint32_t defects = 1;
    if (equals != std::string::npos && !absl::SimpleAtoi(text.substr(equals + 1), &defects)) {
      finding.set_not_applicable(true);
      continue;
    }
    finding.set_defects(defects);
  }
}

}  // namespace

std::string InspectedShopSource() { return absl::StrCat(ShopSource(), kInspection); }

const std::shared_ptr<const engine::Playbook>& InspectedShop() {
  // Never destroyed: tests of other threads may still hold it when the process ends.
  static const auto& shop = *new std::shared_ptr<const engine::Playbook>([] {
    engine::PlaybookCompilation compilation = engine::CompilePlaybook(InspectedShopSource());
    for (const engine::Finding& finding : compilation.findings)
      base::CheckFailed(__FILE__, __LINE__, engine::Render(finding));
    return std::shared_ptr<const engine::Playbook>(std::move(compilation.playbook));
  }());
  return shop;
}

v1::SampleDrawn SampleOf(const std::vector<uint64_t>& tickets) {
  v1::SampleDrawn draw;
  draw.set_number(1);
  *draw.mutable_plan() = InspectedShop()->message().sampling_plans(0);
  *draw.mutable_form() = InspectedShop()->message().inspection_forms(0);
  draw.set_playbook_hash(InspectedShop()->hash());
  draw.set_from_day("2026-10-01");
  draw.set_to_day("2026-10-08");
  for (const uint64_t id : tickets) {
    v1::SampledTicket& ticket = *draw.add_tickets();
    ticket.set_ticket_id(id);
    ticket.set_department("desk");
  }
  v1::SampleStratum& stratum = *draw.add_strata();
  stratum.add_values("desk");
  stratum.set_population(static_cast<uint32_t>(tickets.size()));
  stratum.set_drawn(static_cast<uint32_t>(tickets.size()));
  return draw;
}

v1::Command DrawSample(absl::string_view from_day, absl::string_view to_day) {
  v1::Command command;
  v1::DrawSampleRequest& request = *command.mutable_draw_sample();
  request.set_plan("monthly");
  request.set_from_day(std::string(from_day));
  request.set_to_day(std::string(to_day));
  return command;
}

v1::Command Inspect(uint32_t sample, const std::vector<std::string>& findings) {
  v1::Command command;
  v1::RecordInspectionRequest& request = *command.mutable_record_inspection();
  request.set_ticket("1");
  request.set_sample(sample);
  AddFindings(findings, *request.mutable_findings());
  return command;
}

v1::Command InspectWith(absl::string_view form, const std::vector<std::string>& findings) {
  v1::Command command = Inspect(0, findings);
  command.mutable_record_inspection()->set_form(std::string(form));
  return command;
}

v1::Command DisputeInspection(uint32_t number) {
  v1::Command command;
  v1::DisputeInspectionRequest& request = *command.mutable_dispute_inspection();
  request.set_ticket("1");
  request.set_number(number);
  request.set_reason("The cause was right.");
  return command;
}

v1::Command Uphold(uint32_t number) {
  v1::Command command = Overturn({}, number);
  command.mutable_decide_inspection()->set_upheld(true);
  return command;
}

v1::Command Overturn(const std::vector<std::string>& findings, uint32_t number) {
  v1::Command command;
  v1::DecideInspectionRequest& request = *command.mutable_decide_inspection();
  request.set_ticket("1");
  request.set_number(number);
  request.set_note("Read it again.");
  AddFindings(findings, *request.mutable_findings());
  return command;
}

v1::Command SubmitMystery(const v1::Issue& issue, absl::string_view shown_actor) {
  v1::Command command;
  v1::SubmitMysteryIssueRequest& request = *command.mutable_submit_mystery_issue();
  *request.mutable_issue() = issue;
  request.set_shown_actor(std::string(shown_actor));
  return command;
}

}  // namespace redress::test
