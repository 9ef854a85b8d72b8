// Issues, actors and commands as tests write them. Commands name ticket 1 unless told otherwise,
// and carry the texts that their shape demands.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/ticket/actor.h"
#include "redress/v1/command.pb.h"

namespace redress::test {

// May act for every department.
engine::Actor Agent(absl::string_view id, bool is_owner = false);
engine::Actor Owner(absl::string_view id);
engine::Actor AgentOf(absl::string_view id, absl::string_view department);
engine::Actor Customer(absl::string_view id);

// By phone, of customer c1.
v1::Issue Complaint(absl::string_view text = "The lamp is broken.");
v1::Issue ChargedTwice();
// Routed to the board at INITIATIVE.
v1::Issue Burned();
v1::Issue Question();
v1::Issue Praise();
v1::Issue AlertOf(absl::string_view name, absl::string_view host = "db1");
v1::Issue Keyed(v1::Issue issue, absl::string_view key);

v1::Command Submit(const v1::Issue& issue);
v1::Command Pull(absl::string_view department, int max_tickets = 1);
v1::Command PullFor(absl::string_view department, absl::Duration lease);
v1::Command Extend(uint64_t lease_token, absl::Duration lease);
v1::Command Return(uint64_t lease_token = 0);
v1::Command Accept(uint64_t lease_token);
v1::Command Answer(uint64_t lease_token = 0);
v1::Command Acknowledge(uint64_t lease_token = 0);
v1::Command Pause(v1::PauseReason reason, std::optional<absl::Duration> cap = std::nullopt);
v1::Command Resume();
// Takes, or declines, what was offered to a lower level.
v1::Command TakeOffer();
v1::Command DeclineOffer();
v1::Command Transfer(absl::string_view to_department, uint64_t lease_token = 0);
v1::Command Escalate(uint64_t lease_token = 0);
v1::Command Deescalate(uint64_t lease_token = 0);
// With all that any level demands.
v1::Command Resolve(uint64_t lease_token = 0, v1::Outcome outcome = v1::OUTCOME_FIXED);
v1::Command Close(v1::CloseCause cause);
v1::Command Reopen(v1::ReopenCause cause);
v1::Command Note();
v1::Command Confirm(absl::string_view comment = "");
v1::Command Dispute();
v1::Command Publish(absl::string_view source);
v1::Command Fire(absl::Time time, uint64_t ticket_id = 1);

// Facts of an imported history, of the ticket "ext-1" there.
v1::Command ToldOpened(absl::string_view time, const v1::Issue& issue,
                       absl::string_view department = "");
v1::Command ToldReassigned(absl::string_view time, absl::string_view department,
                           std::optional<uint32_t> count = std::nullopt);
v1::Command ToldLevel(absl::string_view time, v1::Level level);
v1::Command ToldWaiting(absl::string_view time, v1::PauseReason reason);
v1::Command ToldResumed(absl::string_view time);
v1::Command ToldAnswered(absl::string_view time);
v1::Command ToldResolved(absl::string_view time, absl::string_view code = "");
v1::Command ToldReopened(absl::string_view time);
v1::Command ToldClosed(absl::string_view time, absl::string_view code = "");

// The command with another text field of its order, such as "ticket", "etag", "request_id" or
// "external_id".
v1::Command With(v1::Command command, absl::string_view field, absl::string_view value);
// A text field of the order; empty when the order has none of that name.
std::string FieldOf(const v1::Command& command, absl::string_view field);

}  // namespace redress::test
