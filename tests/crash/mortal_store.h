// A store with points before a transaction, before its commit and behind it.
#pragma once

#include <memory>

#include "storage/kv.h"
#include "tests/crash/point.h"
#include "tests/support/forwarding_kv.h"

namespace redress::test {

class MortalStore final : public storage::ForwardingKv {
 public:
  // REQUIRES: both outlive it.
  MortalStore(storage::Kv& store, Death& death) : ForwardingKv(store), death_(death) {}

  std::unique_ptr<storage::Transaction> Begin() override;

 private:
  Death& death_;
};

}  // namespace redress::test
