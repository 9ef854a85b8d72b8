#include "engine/measure/before_copy.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/repeated_ptr_field.h>

namespace redress::engine {
namespace {

using google::protobuf::RepeatedPtrField;

// The entries of a repeated field, out of their message as long as this lives.
template <typename Entry>
class SetAside {
 public:
  SetAside(bool is_wanted, RepeatedPtrField<Entry>& field, google::protobuf::Arena* arena)
      : is_wanted_(is_wanted), field_(field), entries_(arena) {
    if (is_wanted_) field_.Swap(&entries_);
  }
  ~SetAside() {
    if (is_wanted_) field_.Swap(&entries_);
  }
  SetAside(const SetAside&) = delete;
  SetAside& operator=(const SetAside&) = delete;

 private:
  const bool is_wanted_;
  RepeatedPtrField<Entry>& field_;
  RepeatedPtrField<Entry> entries_;
};

}  // namespace

void BeforeCopy::Copy(v1::Ticket& ticket, v1::Ticket& copy) const {
  using Ticket = v1::Ticket;
  google::protobuf::Arena* const arena = ticket.GetArena();
  const SetAside clocks(!reads_[Ticket::kClocksFieldNumber], *ticket.mutable_clocks(), arena);
  const SetAside deadlines(!reads_[Ticket::kDeadlinesFieldNumber], *ticket.mutable_deadlines(),
                           arena);
  const SetAside issues(!reads_[Ticket::kIssuesFieldNumber], *ticket.mutable_issues(), arena);
  v1::Decision* const decision =
      reads_[Ticket::kDecisionFieldNumber] ? nullptr : ticket.unsafe_arena_release_decision();
  v1::Chain* const chain =
      reads_[Ticket::kChainFieldNumber] ? nullptr : ticket.unsafe_arena_release_chain();
  copy.CopyFrom(ticket);
  if (decision != nullptr) ticket.unsafe_arena_set_allocated_decision(decision);
  if (chain != nullptr) ticket.unsafe_arena_set_allocated_chain(chain);
}

}  // namespace redress::engine
