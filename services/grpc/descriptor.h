// A file descriptor with one owner.
#pragma once

#include <unistd.h>

#include <utility>

namespace redress::services {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { Close(); }
  Descriptor(Descriptor&& other) noexcept : number_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this == &other) return *this;
    Close();
    number_ = other.Release();
    return *this;
  }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  [[nodiscard]] int Release() { return std::exchange(number_, -1); }
  void Close() {
    if (is_open()) close(Release());
  }

 private:
  int number_ = -1;
};

}  // namespace redress::services
