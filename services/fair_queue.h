// What waits for one worker, shared fairly among tenants and, within a tenant, among its clients.
//
// Room is counted in slots: one for each thing that waits and for each kSlotBytes of it. A client
// may take no more slots than are free beside those that its tenant has taken already, so however
// much one of them sends, another finds room: alone, a client gets a third of all slots, and ten
// tenants that all send too much get a twelfth each, while the rest stays free for the next one.
// When more waits than is taken at once, tenants take turns, and within a tenant its clients. What
// is taken together comes in the order in which it was pushed. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace redress::services {

template <class T>
class FairQueue {
 public:
  static constexpr size_t kSlotBytes = 4096;

  explicit FairQueue(size_t slots_max) : slots_max_(slots_max) {}

  // From now on; what waits already stays.
  void SetSlotsMax(size_t slots_max) { slots_max_ = slots_max; }

  // False: the client or its tenant has taken its share, or the queue is full; `thing` is as it
  // was. `bytes` is about its size in memory.
  bool Push(absl::string_view tenant, absl::string_view client, size_t bytes, T&& thing) {
    const size_t slots = 1 + bytes / kSlotBytes;
    const auto party = parties_.find(tenant);
    const size_t of_tenant = party == parties_.end() ? 0 : party->second.slots;
    const size_t of_client = party == parties_.end() ? 0 : party->second.SlotsOf(client);
    const size_t is_free = slots_max_ - std::min(slots_max_, slots_);
    if (of_client + slots > is_free - std::min(is_free, of_tenant)) return false;
    // Copies first: the names may be those of the thing.
    std::string tenant_name(tenant), client_name(client);
    Add(std::move(tenant_name), std::move(client_name),
        {++last_number_, slots, std::move(thing)});
    return true;
  }

  // Up to `count` things.
  std::deque<T> Take(size_t count) {
    std::vector<Waiting> taken;
    while (taken.size() < count && !turns_.empty()) taken.push_back(TakeOne());
    std::sort(taken.begin(), taken.end(),
              [](const Waiting& left, const Waiting& right) { return left.number < right.number; });
    std::deque<T> things;
    for (Waiting& waiting : taken) things.push_back(std::move(waiting.thing));
    return things;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Waiting {
    uint64_t number;  // rises with each push
    size_t slots;
    T thing;
  };
  struct Line {
    size_t slots = 0;
    std::deque<Waiting> waiting;  // never empty between calls
  };
  struct Party {
    size_t SlotsOf(absl::string_view client) const {
      const auto line = lines.find(client);
      return line == lines.end() ? 0 : line->second.slots;
    }
    size_t slots = 0;
    std::map<std::string, Line, std::less<>> lines;
    std::deque<std::string> turns;  // the clients, next one first
  };

  void Add(std::string tenant, std::string client, Waiting waiting) {
    const auto [party, is_new_party] = parties_.try_emplace(tenant);
    if (is_new_party) turns_.push_back(std::move(tenant));
    const auto [line, is_new_line] = party->second.lines.try_emplace(client);
    if (is_new_line) party->second.turns.push_back(std::move(client));
    for (size_t* slots : {&slots_, &party->second.slots, &line->second.slots})
      *slots += waiting.slots;
    ++size_;
    line->second.waiting.push_back(std::move(waiting));
  }

  // The first thing of the client whose turn it is, of the tenant whose turn it is.
  Waiting TakeOne() {
    const auto party = parties_.find(turns_.front());
    std::deque<std::string>& clients = party->second.turns;
    const auto line = party->second.lines.find(clients.front());
    Waiting waiting = std::move(line->second.waiting.front());
    line->second.waiting.pop_front();
    --size_;
    for (size_t* slots : {&slots_, &party->second.slots, &line->second.slots})
      *slots -= waiting.slots;
    if (line->second.waiting.empty()) party->second.lines.erase(line);
    else clients.push_back(std::move(clients.front()));
    clients.pop_front();
    if (clients.empty()) parties_.erase(party);
    else turns_.push_back(std::move(turns_.front()));
    turns_.pop_front();
    return waiting;
  }

  size_t slots_max_;
  size_t slots_ = 0;
  size_t size_ = 0;
  uint64_t last_number_ = 0;
  std::map<std::string, Party, std::less<>> parties_;
  std::deque<std::string> turns_;  // the tenants, next one first
};

}  // namespace redress::services
