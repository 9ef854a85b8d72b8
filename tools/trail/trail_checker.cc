#include "tools/trail/trail_checker.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "storage/chain.h"
#include "tools/trail/trail_csv.h"

namespace redress::trail {
namespace {

google::protobuf::Timestamp FromMicros(int64_t time_us) {
  google::protobuf::Timestamp time;
  const int64_t rest = (time_us % 1000000 + 1000000) % 1000000;
  time.set_seconds((time_us - rest) / 1000000);
  time.set_nanos(static_cast<int32_t>(rest) * 1000);
  return time;
}

std::string EventName(uint64_t commit, uint64_t index) {
  return absl::StrCat("commit ", commit, ", event ", index);
}

}  // namespace

Format FormatOf(absl::string_view first_bytes) {
  return absl::StartsWith(first_bytes, "{") ? Format::kJsonLines : Format::kCsv;
}

std::string TrailChecker::Awaited() const {
  if (!has_start_) return "the start of the trail";
  if (state_.has_ended) return "nothing";
  return EventName(state_.commit + 1, static_cast<uint64_t>(open_.events_size()));
}

absl::Status TrailChecker::Bad(absl::string_view what) const {
  return absl::DataLossError(absl::StrCat("line ", line_, ": ", what));
}

absl::Status TrailChecker::CompareWith(const v1::TrailLine& made, absl::string_view text) const {
  if (Render(made, format_) == text) return absl::OkStatus();
  return Bad(absl::StrCat(Awaited(), " does not say what is stored"));
}

absl::Status TrailChecker::Take(absl::string_view text) {
  ++line_;
  bytes_ += text.size() + 1;
  if (format_ == Format::kCsv && !std::exchange(has_header_, true)) {
    if (text == CsvHeader()) return absl::OkStatus();
    return Bad("it does not name the columns of a trail");
  }
  if (text.size() > kTrailLineBytesMax)
    return Bad(absl::StrCat("it is longer than kTrailLineBytesMax=", kTrailLineBytesMax));
  if (state_.has_ended) return Bad("it stands behind the end of the trail");
  const absl::StatusOr<v1::TrailLine> line = Parse(text, format_);
  if (!line.ok()) return Bad(absl::StrCat(Awaited(), ": ", line.status().message()));
  if (!has_start_ && !line->has_start()) return Bad("the trail does not begin with its start");
  switch (line->line_case()) {
    case v1::TrailLine::kStart: return TakeStart(line->start(), text);
    case v1::TrailLine::kEvent: return TakeEvent(line->event(), text);
    case v1::TrailLine::kSeal: return TakeSeal(line->seal(), text);
    case v1::TrailLine::kEnd: return TakeEnd(text);
    case v1::TrailLine::LINE_NOT_SET: break;
  }
  return Bad(absl::StrCat(Awaited(), ": the line is empty"));
}

absl::Status TrailChecker::TakeStart(const v1::TrailStartLine& start, absl::string_view text) {
  if (has_start_) return Bad(absl::StrCat(Awaited(), ": a second start stands there"));
  if (start.format() > kTrailFormat)
    return Bad(absl::StrCat("the trail has format ", start.format(),
                            ", written by a newer release; this one reads up to ", kTrailFormat));
  v1::TrailStart made;
  made.set_tenant(start.tenant());
  made.set_after_commit(start.after_commit());
  made.set_after_hash(absl::HexStringToBytes(start.after_hash()));
  RETURN_IF_ERROR(CompareWith(StartLine(made), text));
  if (start.after_commit() == 0 && made.after_hash() != storage::GenesisHash())
    return Bad("the start does not say what a ledger begins with");
  has_start_ = true;
  state_.tenant = start.tenant();
  state_.after_commit = state_.commit = start.after_commit();
  state_.hash = made.after_hash();
  state_.sealed_bytes = bytes_;
  return absl::OkStatus();
}

absl::Status TrailChecker::TakeEvent(const v1::TrailEventLine& event, absl::string_view text) {
  const uint64_t commit = state_.commit + 1;
  const uint32_t index = static_cast<uint32_t>(open_.events_size());
  if (event.commit() != commit || event.index() != index)
    return Bad(absl::StrCat(Awaited(), " is missing: ", EventName(event.commit(), event.index()),
                            " stands there"));
  const std::string hash = storage::LeafHash(event.stored());
  if (absl::BytesToHexString(hash) != event.hash())
    return Bad(absl::StrCat(Awaited(), ": its bytes do not give its hash"));
  const absl::StatusOr<v1::TrailLine> made = EventLine(commit, index, event.stored());
  if (!made.ok()) return Bad(absl::StrCat(Awaited(), ": ", made.status().message()));
  RETURN_IF_ERROR(CompareWith(*made, text));
  for (auto& [receipt, is_found] : receipts_) {
    if (receipt.position().commit() != commit || receipt.position().index() != index) continue;
    is_found = true;
    if (receipt.event_hash() != hash)
      return Bad(absl::StrCat(Awaited(), ": the receipt is of another event"));
  }
  open_.add_events(event.stored());
  return absl::OkStatus();
}

absl::Status TrailChecker::TakeSeal(const v1::TrailSealLine& seal, absl::string_view text) {
  const uint64_t number = state_.commit + 1;
  const std::string name = absl::StrCat("commit ", number);
  if (seal.commit() != number)
    return Bad(absl::StrCat(open_.events_size() == 0 ? name : absl::StrCat("the seal of ", name),
                            " is missing: the seal of commit ", seal.commit(), " stands there"));
  if (open_.events_size() == 0 || seal.events() > static_cast<uint32_t>(open_.events_size()))
    return Bad(absl::StrCat(Awaited(), " is missing: the seal of ", name, " stands there"));
  open_.set_number(number);
  *open_.mutable_time() = FromMicros(seal.time_us());
  open_.set_previous_hash(state_.hash);
  const v1::TrailLine made = SealLine(open_);
  if (made.seal().previous() != seal.previous())
    return Bad(absl::StrCat(name, " does not continue commit ", state_.commit));
  if (made.seal().root() != seal.root())
    return Bad(absl::StrCat("the events of ", name, " do not give its root"));
  if (Render(made, format_) != text)
    return Bad(absl::StrCat("the seal of ", name, " does not fit what it seals"));
  state_.commit = number;
  state_.hash = absl::HexStringToBytes(made.seal().hash());
  state_.events += static_cast<uint64_t>(open_.events_size());
  state_.sealed_bytes = bytes_;
  open_.Clear();
  for (auto& [anchor, is_found] : anchors_) {
    if (anchor.commit() != number) continue;
    is_found = true;
    if (anchor.commit_hash() != state_.hash)
      return Bad(absl::StrCat(name, " is not the one that was anchored: something up to it was ",
                              "changed since"));
  }
  return absl::OkStatus();
}

absl::Status TrailChecker::TakeEnd(absl::string_view text) {
  if (open_.events_size() > 0)
    return Bad(absl::StrCat("the seal of commit ", state_.commit + 1, " is missing"));
  if (Render(EndLine(state_.commit, state_.hash, state_.events), format_) != text)
    return Bad(absl::StrCat("the end does not fit commit ", state_.commit,
                            ", the last one before it"));
  state_.has_ended = true;
  return absl::OkStatus();
}

absl::Status TrailChecker::FinishWithin() const {
  return absl::DataLossError(
      absl::StrCat("line ", line_ + 1, ": it is cut short, where ", Awaited(), " should be"));
}

absl::Status TrailChecker::Finish() const {
  if (!state_.has_ended)
    return absl::DataLossError(
        absl::StrCat("the trail stops after line ", line_, ", where ", Awaited(), " should be"));
  const auto stretch = absl::StrCat("which this trail does not hold: it has commits ",
                                    state_.after_commit + 1, " to ", state_.commit);
  for (const auto& [anchor, is_found] : anchors_) {
    if (anchor.tenant() != state_.tenant)
      return absl::NotFoundError(absl::StrCat("the anchor is of tenant ", anchor.tenant(),
                                              ", the trail of ", state_.tenant));
    if (!is_found)
      return absl::NotFoundError(
          absl::StrCat("the anchor is of commit ", anchor.commit(), ", ", stretch));
  }
  for (const auto& [receipt, is_found] : receipts_)
    if (!is_found)
      return absl::NotFoundError(absl::StrCat("the receipt is of ",
                                              EventName(receipt.position().commit(),
                                                        receipt.position().index()),
                                              ", ", stretch));
  return absl::OkStatus();
}

}  // namespace redress::trail
