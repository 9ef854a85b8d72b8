// The contract of storage/kv.h as tests, run over every backend.
//
// A backend instantiates KvContract with a KvMaker; see memory_kv_test.cc. Entries are printed as
// "key=value" joined by blanks, so that a failure reads as a difference of two lines.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "storage/kv.h"

namespace redress::storage {

// A fresh empty database for one test, and what it stands on.
class KvHome {
 public:
  virtual ~KvHome() = default;
  virtual Kv& kv() = 0;
};

struct KvMaker {
  std::string name;
  std::function<std::unique_ptr<KvHome>()> make;
};

inline std::ostream& operator<<(std::ostream& out, const KvMaker& maker) {
  return out << maker.name;
}

class KvContract : public testing::TestWithParam<KvMaker> {
 protected:
  Kv& kv() { return home_->kv(); }

  // Commits "a=1 b=2 -c": puts, and deletions by a leading minus.
  void Write(const std::vector<std::string>& words) {
    const auto transaction = kv().Begin();
    Apply(*transaction, words);
    ASSERT_EQ(transaction->Commit(), absl::OkStatus());
  }

  static void Apply(Transaction& transaction, const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      const size_t equals = word.find('=');
      if (equals == std::string::npos) {
        transaction.Delete(word.substr(1));
      } else {
        transaction.Put(word.substr(0, equals), word.substr(equals + 1));
      }
    }
  }

  std::unique_ptr<KvHome> home_ = GetParam().make();
};

inline std::string Read(const Reader& reader, absl::string_view key) {
  const auto value = reader.Get(key);
  if (!value.ok()) return value.status().ToString();
  return value->has_value() ? **value : "none";
}

inline std::string Entries(const Reader& reader, const KeyRange& range = {},
                           size_t limit = kScanLimitMax,
                           Direction direction = Direction::kForward) {
  std::vector<std::string> entries;
  const auto visited =
      reader.Scan(range, limit, direction, [&](absl::string_view key, absl::string_view value) {
        entries.push_back(absl::StrCat(key, "=", value));
        return true;
      });
  if (!visited.ok()) return visited.status().ToString();
  EXPECT_EQ(*visited, entries.size());
  return absl::StrJoin(entries, " ");
}

inline std::string EntriesBackward(const Reader& reader, const KeyRange& range = {},
                                   size_t limit = kScanLimitMax) {
  return Entries(reader, range, limit, Direction::kBackward);
}

}  // namespace redress::storage
