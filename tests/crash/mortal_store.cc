#include "tests/crash/mortal_store.h"

#include <utility>

namespace redress::test {
namespace {

class MortalTransaction final : public storage::ForwardingTransaction {
 public:
  MortalTransaction(std::unique_ptr<storage::Transaction> base, Death& death)
      : ForwardingTransaction(std::move(base)), death_(death) {}

  absl::Status Commit() override {
    death_.Visit("commit");
    const absl::Status status = ForwardingTransaction::Commit();
    death_.Visit("committed");
    return status;
  }

 private:
  Death& death_;
};

}  // namespace

std::unique_ptr<storage::Transaction> MortalStore::Begin() {
  death_.Visit("begin");
  return std::make_unique<MortalTransaction>(base().Begin(), death_);
}

}  // namespace redress::test
