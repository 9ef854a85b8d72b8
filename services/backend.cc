#include "services/backend.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"
#include "engine/measure/day.h"
#include "services/facts.h"

namespace redress::services {
namespace {

constexpr size_t kQueryHashBytes = 8;

std::string QueryHash(absl::string_view query) {
  return base::Sha256(query).substr(0, kQueryHashBytes);
}

// Reads as long as somebody waits for it.
class StoppableSnapshot final : public storage::Snapshot {
 public:
  StoppableSnapshot(std::unique_ptr<storage::Snapshot> base, std::function<bool()> go_on)
      : base_(std::move(base)), go_on_(std::move(go_on)) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    if (!go_on_()) return Stopped();
    return base_->Get(key);
  }
  absl::StatusOr<size_t> Scan(const storage::KeyRange& range, size_t limit,
                              storage::Direction direction,
                              storage::Visitor visit) const override {
    if (!go_on_()) return Stopped();
    return base_->Scan(range, limit, direction, visit);
  }

 private:
  static absl::Status Stopped() {
    return absl::CancelledError("nobody waits for what is read any more");
  }

  const std::unique_ptr<storage::Snapshot> base_;
  const std::function<bool()> go_on_;
};

}  // namespace

LedgerView::LedgerView(const storage::Kv& kv, std::function<bool()> go_on)
    : snapshot_(std::make_unique<StoppableSnapshot>(kv.TakeSnapshot(), std::move(go_on))),
      reader_(*snapshot_) {}

engine::Actor ToEngineActor(const Caller& caller) {
  engine::Actor actor;
  actor.id = caller.actor.id;
  actor.departments = caller.actor.departments;
  actor.all_departments = caller.actor.has_all_departments || caller.scope == Scope::kOwnTenant;
  actor.is_customer = caller.scope == Scope::kOwnRecord;
  const RoleSet& roles = caller.actor.roles;
  actor.is_owner = roles.Has(Role::kOwner) || roles.Has(Role::kManager) || roles.Has(Role::kAdmin);
  return actor;
}

Order OrderOf(const Caller& caller) {
  Order order;
  order.tenant = caller.actor.tenant;
  order.actor = ToEngineActor(caller);
  order.deadline = caller.deadline;
  return order;
}

absl::StatusOr<std::optional<v1::Ticket>> FindVisible(const storage::LedgerReader& reader,
                                                      const Caller& caller,
                                                      absl::string_view name) {
  ASSIGN_OR_RETURN(std::optional<v1::Ticket> ticket,
                   FindTicket(reader, caller.actor.tenant, name));
  if (!ticket) return ticket;
  const engine::Actor actor = ToEngineActor(caller);
  const bool is_visible = actor.is_customer ? ticket->customer_id() == actor.id
                                            : actor.MayActFor(ticket->department());
  if (!is_visible) ticket.reset();
  return ticket;
}

Failure NoTicket(absl::string_view name) {
  return ToFailure(name.empty() ? engine::InvalidField("ticket", "is required")
                                : engine::TicketNotFound(name));
}

std::string MakePageToken(absl::string_view query, absl::string_view position) {
  return absl::WebSafeBase64Escape(absl::StrCat(QueryHash(query), position));
}

std::optional<std::string> ParsePageToken(absl::string_view query, absl::string_view token) {
  if (token.empty()) return "";
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() < kQueryHashBytes)
    return std::nullopt;
  if (bytes.substr(0, kQueryHashBytes) != QueryHash(query)) return std::nullopt;
  return bytes.substr(kQueryHashBytes);
}

Failure BadPageToken() {
  return ToFailure(engine::InvalidField(
      "page_token", "must come from the response before, with the same other fields"));
}

int32_t ParseDayOr(const std::string& text, absl::string_view field, int32_t otherwise,
                   std::vector<engine::FieldViolation>& violations) {
  if (text.empty()) return otherwise;
  const std::optional<int32_t> day = engine::ParseDay(text);
  if (!day) violations.push_back({std::string(field), "must be a day such as \"2026-11-01\""});
  return day.value_or(otherwise);
}

std::optional<int> PageSize(int asked, int otherwise, int most) {
  if (asked < 0) return std::nullopt;
  return asked == 0 ? otherwise : std::min(asked, most);
}

}  // namespace redress::services
