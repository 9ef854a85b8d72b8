#include "tools/trail/trail_line.h"

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "base/check.h"
#include "base/sha256.h"
#include "engine/ticket/reference.h"
#include "storage/chain.h"
#include "storage/index.h"
#include "tools/trail/trail_csv.h"
#include "tools/trail/trail_json.h"

namespace redress::trail {
namespace {

// The name of the event's fact.
std::string FactName(const v1::Event& event) {
  const auto* fact = event.GetReflection()->GetOneofFieldDescriptor(
      event, event.GetDescriptor()->FindOneofByName("fact"));
  return fact == nullptr ? "" : fact->name();
}

}  // namespace

v1::TrailLine StartLine(const v1::TrailStart& start) {
  v1::TrailLine line;
  v1::TrailStartLine& said = *line.mutable_start();
  said.set_format(kTrailFormat);
  said.set_tenant(start.tenant());
  said.set_after_commit(start.after_commit());
  said.set_after_hash(absl::BytesToHexString(start.after_hash()));
  said.set_hash(absl::BytesToHexString(base::Sha256(ToJson(line))));
  return line;
}

absl::StatusOr<v1::TrailLine> EventLine(uint64_t commit, uint32_t index,
                                        const std::string& stored) {
  v1::TrailLine line;
  v1::TrailEventLine& said = *line.mutable_event();
  if (!said.mutable_event()->ParseFromString(stored))
    return absl::DataLossError("its bytes are not an event");
  said.set_commit(commit);
  said.set_index(index);
  const uint64_t ticket_id = said.event().ticket_id();
  if (ticket_id > engine::kTicketIdMax)
    return absl::DataLossError("its bytes name a ticket that cannot be");
  if (ticket_id != 0) said.set_ticket(engine::MakeReference(ticket_id));
  said.set_fact(FactName(said.event()));
  said.set_stored(stored);
  said.set_hash(absl::BytesToHexString(storage::LeafHash(stored)));
  return line;
}

v1::TrailLine SealLine(const v1::Commit& commit) {
  CHECK(commit.events_size() > 0);
  v1::Commit sealed;
  sealed.set_number(commit.number());
  *sealed.mutable_time() = commit.time();
  sealed.set_previous_hash(commit.previous_hash());
  sealed.set_merkle_root(storage::MerkleRootOf(commit));

  v1::TrailLine line;
  v1::TrailSealLine& said = *line.mutable_seal();
  said.set_commit(commit.number());
  said.set_time_us(storage::ToMicros(commit.time()));
  said.set_events(static_cast<uint32_t>(commit.events_size()));
  said.set_previous(absl::BytesToHexString(sealed.previous_hash()));
  said.set_root(absl::BytesToHexString(sealed.merkle_root()));
  said.set_hash(absl::BytesToHexString(storage::CommitHash(sealed)));
  return line;
}

v1::TrailLine EndLine(uint64_t commit, const std::string& hash, uint64_t events) {
  v1::TrailLine line;
  line.mutable_end()->set_commit(commit);
  line.mutable_end()->set_hash(absl::BytesToHexString(hash));
  line.mutable_end()->set_events(events);
  return line;
}

std::string Render(const v1::TrailLine& line, Format format) {
  return format == Format::kCsv ? ToCsv(line) : ToJson(line);
}

absl::StatusOr<v1::TrailLine> Parse(absl::string_view text, Format format) {
  return format == Format::kCsv ? FromCsv(text) : LineFromJson(text);
}

}  // namespace redress::trail
