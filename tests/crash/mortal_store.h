// A store with points before a transaction, before its commit and behind it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/kv.h"
#include "tests/crash/point.h"

namespace redress::test {

class MortalStore final : public storage::Kv {
 public:
  // REQUIRES: both outlive it.
  MortalStore(storage::Kv& store, Death& death) : store_(store), death_(death) {}

  std::unique_ptr<storage::Snapshot> TakeSnapshot() const override {
    return store_.TakeSnapshot();
  }
  std::unique_ptr<storage::Transaction> Begin() override;
  std::vector<storage::Gauge> Stats() const override { return store_.Stats(); }

 private:
  storage::Kv& store_;
  Death& death_;
};

}  // namespace redress::test
