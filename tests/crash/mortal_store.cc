#include "tests/crash/mortal_store.h"

namespace redress::test {
namespace {

class MortalTransaction final : public storage::Transaction {
 public:
  MortalTransaction(std::unique_ptr<storage::Transaction> transaction, Death& death)
      : transaction_(std::move(transaction)), death_(death) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return transaction_->Get(key);
  }
  absl::StatusOr<size_t> Scan(const storage::KeyRange& range, size_t limit,
                              storage::Direction direction,
                              storage::Visitor visit) const override {
    return transaction_->Scan(range, limit, direction, visit);
  }
  void Put(std::string key, std::string value) override {
    transaction_->Put(std::move(key), std::move(value));
  }
  void Delete(std::string key) override { transaction_->Delete(std::move(key)); }
  absl::Status Commit() override {
    death_.Visit("commit");
    const absl::Status status = transaction_->Commit();
    death_.Visit("committed");
    return status;
  }

 private:
  const std::unique_ptr<storage::Transaction> transaction_;
  Death& death_;
};

}  // namespace

std::unique_ptr<storage::Transaction> MortalStore::Begin() {
  death_.Visit("begin");
  return std::make_unique<MortalTransaction>(store_.Begin(), death_);
}

}  // namespace redress::test
