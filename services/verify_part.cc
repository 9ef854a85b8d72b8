#include "services/verify_part.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status.h"
#include "engine/measure/tally.h"
#include "engine/ticket/apply.h"
#include "engine/ticket/lifecycle.h"
#include "storage/index.h"
#include "storage/tables.h"

namespace redress::services {
namespace {

using google::protobuf::Arena;

constexpr size_t kArenaBlockBytes = 64 << 10;

google::protobuf::ArenaOptions BeginningIn(char* block) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = kArenaBlockBytes;
  return options;
}

std::string PlaceOf(const v1::Position& position) {
  return absl::StrCat("commit ", position.commit(), ", event ", position.index());
}

absl::Status Differs(absl::string_view what) { return absl::DataLossError(what); }

// What is wrong with an event after this state of its ticket, if anything.
absl::Status CheckFollows(const v1::Ticket& ticket, const v1::Event& event,
                          const v1::Position& position) {
  const bool follows = event.version() == ticket.version() + 1 &&
                       event.previous().commit() == ticket.last_event().commit() &&
                       event.previous().index() == ticket.last_event().index();
  if (!follows)
    return Differs(absl::StrCat(
        PlaceOf(position), " does not follow the event before it of ticket ", event.ticket_id()));
  if (!engine::NextState(ticket.state(), event.fact_case(), event.provenance()))
    return Differs(absl::StrCat(PlaceOf(position), " is not possible for ticket ",
                                event.ticket_id()));
  return absl::OkStatus();
}

}  // namespace

VerifyPart::VerifyPart(VerifyShared& shared, const IdRange& ids, size_t part, size_t parts,
                       uint64_t tickets_max)
    : shared_(shared),
      ids_(ids),
      part_(part),
      parts_(parts),
      held_max_(tickets_max / parts + 1),
      block_(std::make_unique<char[]>(kArenaBlockBytes)),
      arena_(BeginningIn(block_.get())),
      before_copy_(shared.measures.before_reads()),
      measures_(shared.measures) {}

void VerifyPart::Take(const CommitPage& page) {
  v1::Position position;
  for (size_t i = 0; i < page.commits.size(); ++i) {
    const v1::Commit& commit = page.commits[i].commit;
    const uint64_t number = page.first + i;
    position.set_commit(number);
    if (shared_.first.IsBefore({VerifyStage::kLedger, number, 0})) return;
    for (int index = 0; index < commit.events_size(); ++index) {
      const EventStart start = page.commits[i].starts[static_cast<size_t>(index)];
      if (!IsOwn(start.ticket_id)) continue;
      position.set_index(static_cast<uint32_t>(index));
      arena_.Reset();
      auto& event = *Arena::CreateMessage<v1::Event>(&arena_);
      absl::Status status;
      if (!event.ParseFromString(commit.events(index)) || event.ticket_id() != start.ticket_id ||
          event.version() != start.version)
        status = Differs(absl::StrCat(PlaceOf(position), " cannot be read"));
      else status = TakeEvent(page, commit, event, position);
      shared_.first.Note({VerifyStage::kLedger, number, index}, status);
      if (!status.ok()) return;
    }
  }
}

absl::Status VerifyPart::TakeEvent(const CommitPage& page, const v1::Commit& commit,
                                   const v1::Event& event, const v1::Position& position) {
  v1::Ticket* held = held_.Find(event.ticket_id());
  if (held != nullptr) return TakeLater(*held, commit, event, position);
  if (!complete_.Contains(event.ticket_id())) return TakeFirst(page, commit, event, position);
  // Its record is as it was before this event, so it will differ.
  if (!MayHold()) return absl::OkStatus();
  ASSIGN_OR_RETURN(held, HoldAgain(event.ticket_id()));
  return TakeLater(*held, commit, event, position);
}

absl::Status VerifyPart::TakeFirst(const CommitPage& page, const v1::Commit& commit,
                                   const v1::Event& event, const v1::Position& position) {
  RETURN_IF_ERROR(CheckFollows(v1::Ticket::default_instance(), event, position));
  RETURN_IF_ERROR(page.tickets_failure);
  const std::optional<std::string>& stored = page.FindOpened(event.ticket_id())->stored;
  const uint64_t stored_version = stored ? PeekTicketVersion(*stored) : 0;
  if (stored_version != event.version()) {
    if (MayHold())
      Begin(held_.Add(event.ticket_id(), {stored, stored_version}), commit, event, position);
    return absl::OkStatus();
  }
  auto& ticket = *Arena::CreateMessage<v1::Ticket>(&arena_);
  Begin(ticket, commit, event, position);
  if (IsStored(ticket, *stored)) Complete(ticket);
  else if (MayHold()) held_.Add(event.ticket_id(), {stored, stored_version}).CopyFrom(ticket);
  return absl::OkStatus();
}

void VerifyPart::Begin(v1::Ticket& ticket, const v1::Commit& commit, const v1::Event& event,
                       const v1::Position& position) {
  engine::ApplyTo(ticket, event);
  Count(nullptr, commit, event, ticket, position);
  *ticket.mutable_first_event() = position;
  *ticket.mutable_last_event() = position;
}

absl::Status VerifyPart::TakeLater(v1::Ticket& ticket, const v1::Commit& commit,
                                   const v1::Event& event, const v1::Position& position) {
  RETURN_IF_ERROR(CheckFollows(ticket, event, position));
  auto& before = *Arena::CreateMessage<v1::Ticket>(&arena_);
  before_copy_.Copy(ticket, before);
  engine::ApplyTo(ticket, event);
  Count(&before, commit, event, ticket, position);
  *ticket.mutable_last_event() = position;
  const HeldTickets::Stored& stored = held_.StoredOf(ticket.id());
  if (stored.version != ticket.version() || !IsStored(ticket, *stored.ticket))
    return absl::OkStatus();
  Complete(ticket);
  held_.Erase(event.ticket_id());
  return absl::OkStatus();
}

bool VerifyPart::MayHold() {
  if (held_.size() < held_max_) return true;
  shared_.is_too_much = true;
  return false;
}

absl::StatusOr<v1::Ticket*> VerifyPart::HoldAgain(uint64_t ticket_id) {
  ASSIGN_OR_RETURN(const std::optional<v1::Ticket> ticket,
                   shared_.reader.ReadTicket(shared_.tenant, ticket_id));
  if (!ticket) return Differs(absl::StrCat("ticket ", ticket_id, " is missing"));
  complete_.Erase(ticket_id);
  v1::Ticket& held = held_.Add(ticket_id, {ticket->SerializeAsString()});
  held.CopyFrom(*ticket);
  return &held;
}

void VerifyPart::Count(const v1::Ticket* before, const v1::Commit& commit, const v1::Event& event,
                       const v1::Ticket& after, const v1::Position& position) {
  cells_.Add(engine::Tally(before, event, after));
  measures_.Add(before, event, after, position, commit.time());
  if (event.has_ticket_resolved()) shared_.samples.Add(event, after, position.commit());
}

bool VerifyPart::IsStored(const v1::Ticket& ticket, absl::string_view stored) {
  ticket.SerializeToString(&serialized_);
  if (stored == serialized_) return true;
  // The same fields may have been written in another order.
  v1::Ticket other;
  const bool is_read = other.ParseFromArray(stored.data(), static_cast<int>(stored.size()));
  return is_read && other.SerializeAsString() == serialized_;
}

void VerifyPart::Complete(const v1::Ticket& ticket) {
  if (const auto broken = engine::FindBrokenInvariant(ticket))
    shared_.first.Note({VerifyStage::kTickets, ticket.id()}, Differs(*broken));
  storage::ForEachIndexKey(shared_.tenant, ticket,
                           [this](absl::string_view key) { index_keys_.Add(key); });
  complete_.Insert(ticket.id());
  shared_.records.fetch_add(1, std::memory_order_relaxed);
}

void VerifyPart::Finish() {
  held_.TakeAll([this](uint64_t id, const v1::Ticket& ticket, const HeldTickets::Stored& stored) {
    const auto differs = [&](absl::string_view how) {
      shared_.first.Note({VerifyStage::kTickets, id}, Differs(absl::StrCat("ticket ", id, how)));
    };
    if (!stored.ticket) differs(" is missing");
    else if (IsStored(ticket, *stored.ticket)) Complete(ticket);
    else differs(" is not what its events make it");
  });
}

}  // namespace redress::services
