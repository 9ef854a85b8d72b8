// The shop with inspection in its playbook, and the orders of inspectors. Orders are about ticket
// 1.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/playbook/playbook.h"
#include "redress/v1/command.pb.h"
#include "redress/v1/event.pb.h"

namespace redress::test {

// The shop, with the form "closing" (a fatal item "cause", and "tone" with three opportunities) and
// the plan "monthly": by department, half of each, one at least.
std::string InspectedShopSource();
const std::shared_ptr<const engine::Playbook>& InspectedShop();

// Sample 1 of these tickets, all in one stratum, of plan "monthly" and the first days of October.
v1::SampleDrawn SampleOf(const std::vector<uint64_t>& tickets);

v1::Command DrawSample(absl::string_view from_day, absl::string_view to_day);
// "cause", "tone=2" or "tone=-" for an item that does not apply.
v1::Command Inspect(uint32_t sample, const std::vector<std::string>& findings = {});
// Outside of any sample.
v1::Command InspectWith(absl::string_view form, const std::vector<std::string>& findings = {});
v1::Command DisputeInspection(uint32_t number = 1);
v1::Command Uphold(uint32_t number = 1);
v1::Command Overturn(const std::vector<std::string>& findings = {}, uint32_t number = 1);
v1::Command SubmitMystery(const v1::Issue& issue, absl::string_view shown_actor);

}  // namespace redress::test
