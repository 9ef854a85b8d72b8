// The check of an exported trail, where no server is.
//
// Every line is made anew from what it says is stored and must come out the same, byte by byte; the
// hashes must chain; and what the caller keeps from before, receipts and signed anchors, must be in
// it. A trail that somebody made anew from its first changed event to its end is whole in itself:
// only an anchor tells.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/trail_service.pb.h"
#include "tools/trail/trail_line.h"

namespace redress::trail {

// How far a trail was read and found good.
struct TrailState {
  std::string tenant;
  uint64_t after_commit = 0;
  // The last sealed commit, and its hash.
  uint64_t commit = 0;
  std::string hash;
  // Sealed ones.
  uint64_t events = 0;
  // Where the last good seal, or the start, ends in the file.
  uint64_t sealed_bytes = 0;
  bool has_ended = false;
};

class TrailChecker {
 public:
  explicit TrailChecker(Format format) : format_(format) {}

  // Things that must be found. Each finding of Finish names the one that is not.
  void Expect(v1::Anchor anchor) { anchors_.push_back({std::move(anchor)}); }
  void Expect(v1::Receipt receipt) { receipts_.push_back({std::move(receipt)}); }

  // The next line, without its end. DATA_LOSS names the line and the first record that is wrong;
  // nothing may be taken after it.
  absl::Status Take(absl::string_view text);
  // After the last line. DATA_LOSS: the trail stops before its end. NOT_FOUND: something expected
  // is not in it.
  absl::Status Finish() const;
  // The same when the file ends within a line: DATA_LOSS, always.
  absl::Status FinishWithin() const;

  const TrailState& state() const { return state_; }

 private:
  template <typename Thing>
  struct Expected {
    Thing thing;
    bool is_found = false;
  };

  absl::Status TakeStart(const v1::TrailStartLine& start, absl::string_view text);
  absl::Status TakeEvent(const v1::TrailEventLine& event, absl::string_view text);
  absl::Status TakeSeal(const v1::TrailSealLine& seal, absl::string_view text);
  absl::Status TakeEnd(absl::string_view text);
  // What should stand in this line, such as "commit 5, event 3".
  std::string Awaited() const;
  absl::Status Bad(absl::string_view what) const;
  absl::Status CompareWith(const v1::TrailLine& made, absl::string_view text) const;

  const Format format_;
  uint64_t line_ = 0;
  uint64_t bytes_ = 0;
  bool has_header_ = false;
  bool has_start_ = false;
  // The commit whose seal has not come.
  v1::Commit open_;
  TrailState state_;
  std::vector<Expected<v1::Anchor>> anchors_;
  std::vector<Expected<v1::Receipt>> receipts_;
};

// The format that a file's first bytes tell: JSON begins with a brace.
Format FormatOf(absl::string_view first_bytes);

}  // namespace redress::trail
