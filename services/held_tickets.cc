#include "services/held_tickets.h"

#include <utility>

#include "base/check.h"

namespace redress::services {

v1::Ticket& HeldTickets::Add(uint64_t id, Stored stored) {
  const auto [it, is_new] = held_.try_emplace(id);
  CHECK(is_new);
  it->second.stored = std::move(stored);
  return WarmUp(id, it->second);
}

v1::Ticket* HeldTickets::Find(uint64_t id) {
  const auto it = held_.find(id);
  if (it == held_.end()) return nullptr;
  Held& held = it->second;
  if (held.warm != nullptr) return held.warm->ticket;
  v1::Ticket& ticket = WarmUp(id, held);
  CHECK(ticket.ParseFromString(held.serialized));
  held.serialized = std::string();
  return &ticket;
}

void HeldTickets::Erase(uint64_t id) {
  const auto it = held_.find(id);
  if (it->second.warm != nullptr) Recycle(std::move(it->second.warm));
  held_.erase(it);
}

void HeldTickets::TakeAll(
    absl::FunctionRef<void(uint64_t id, const v1::Ticket&, const Stored&)> visit) {
  v1::Ticket cold;
  for (const auto& [id, held] : held_) {
    if (held.warm == nullptr) CHECK(cold.ParseFromString(held.serialized));
    visit(id, held.warm == nullptr ? cold : *held.warm->ticket, held.stored);
  }
  held_.clear();
  warmed_.clear();
}

v1::Ticket& HeldTickets::WarmUp(uint64_t id, Held& held) {
  if (warmed_.size() >= kWarmTicketsMax) CoolFirst();
  if (spare_.empty()) spare_.push_back(std::make_unique<Warm>());
  held.warm = std::move(spare_.back());
  spare_.pop_back();
  held.warm->ticket = google::protobuf::Arena::CreateMessage<v1::Ticket>(&held.warm->arena);
  warmed_.push_back(id);
  return *held.warm->ticket;
}

void HeldTickets::CoolFirst() {
  const auto it = held_.find(warmed_.front());
  warmed_.pop_front();
  // One that was erased, and held again since, stands in the list twice and cools early.
  if (it == held_.end() || it->second.warm == nullptr) return;
  it->second.serialized = it->second.warm->ticket->SerializeAsString();
  Recycle(std::move(it->second.warm));
}

void HeldTickets::Recycle(std::unique_ptr<Warm> warm) {
  warm->arena.Reset();
  warm->ticket = nullptr;
  spare_.push_back(std::move(warm));
}

}  // namespace redress::services
