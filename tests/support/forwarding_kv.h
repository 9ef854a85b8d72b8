// A store before another store, for those who change or watch one thing of it: everything is passed
// on, and what differs is overridden.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/kv.h"

namespace redress::storage {

class ForwardingTransaction : public Transaction {
 public:
  explicit ForwardingTransaction(std::unique_ptr<Transaction> base) : base_(std::move(base)) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return base_->Get(key);
  }
  absl::StatusOr<size_t> Scan(const KeyRange& range, size_t limit, Direction direction,
                              Visitor visit) const override {
    return base_->Scan(range, limit, direction, visit);
  }
  void Put(std::string key, std::string value) override {
    base_->Put(std::move(key), std::move(value));
  }
  void Delete(std::string key) override { base_->Delete(std::move(key)); }
  absl::Status Commit() override { return base_->Commit(); }

 protected:
  // REQUIRES: nothing is read or written after it.
  std::unique_ptr<Transaction> TakeBase() { return std::move(base_); }

 private:
  std::unique_ptr<Transaction> base_;
};

class ForwardingKv : public Kv {
 public:
  // `base` must outlive this.
  explicit ForwardingKv(Kv& base) : base_(base) {}

  std::unique_ptr<Snapshot> TakeSnapshot() const override { return base_.TakeSnapshot(); }
  std::unique_ptr<Transaction> Begin() override { return base_.Begin(); }
  std::vector<Gauge> Stats() const override { return base_.Stats(); }

 protected:
  Kv& base() const { return base_; }

 private:
  Kv& base_;
};

}  // namespace redress::storage
