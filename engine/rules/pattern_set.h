// All regular expressions of a playbook, looked for in one scan of a text however many there are.
//
// The expressions are RE2's, unanchored, and see the text as it was written.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace redress::engine {

class PatternSet {
 public:
  PatternSet();
  ~PatternSet();

  // The number of a pattern; the same text has the same number. REQUIRES: RE2 accepts it.
  int Add(absl::string_view pattern);

  // The number of a pattern that was added; nothing: it was not.
  std::optional<int> NumberOf(absl::string_view pattern) const;

  // Makes the set ready. REQUIRES: called once, after the last Add.
  void Build();

  size_t size() const { return numbers_.size(); }

  // One flag for each pattern: whether it matches somewhere. Nothing when the patterns together
  // need more memory than a scan may use; then each must be tried alone. REQUIRES: Build was
  // called.
  std::optional<std::vector<bool>> Scan(absl::string_view text) const;

 private:
  struct Matcher;

  absl::flat_hash_map<std::string, int> numbers_;
  std::vector<std::string> patterns_;
  std::unique_ptr<Matcher> matcher_;
};

}  // namespace redress::engine
