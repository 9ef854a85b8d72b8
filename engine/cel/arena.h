// The memory of one evaluation, with a limit.
//
// Values point into an arena and hold no memory of their own. Reset() or the end of the arena ends
// them. The first kInlineBytes need no allocation, so that a condition over scalars makes none.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace redress::cel {

inline constexpr size_t kArenaBytesMax = 16 << 20;

class Arena {
 public:
  explicit Arena(size_t bytes_max = kArenaBytesMax);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Memory for objects of at most 8-byte alignment, or nullptr when the limit would be exceeded.
  void* Allocate(size_t bytes) {
    const size_t rounded = (bytes + 7) & ~size_t{7};
    if (rounded < bytes || rounded > static_cast<size_t>(end_ - at_)) return AllocateBlock(bytes);
    void* memory = at_;
    at_ += rounded;
    return memory;
  }

  // Memory for `count` objects, not yet constructed, or nullptr.
  template <typename T>
  T* AllocateArray(size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 8);
    if (count > bytes_max_ / sizeof(T)) return nullptr;
    return static_cast<T*>(Allocate(count * sizeof(T)));
  }

  // Keeps a message until the end. False, and the message gone, when the limit would be exceeded.
  bool Own(std::unique_ptr<google::protobuf::Message> message);

  // Forgets everything allocated.
  void Reset() {
    if (!blocks_.empty() || !messages_.empty()) FreeAll();
    at_ = inline_;
    end_ = inline_ + sizeof(inline_);
  }

 private:
  static constexpr size_t kInlineBytes = 1024;
  static constexpr size_t kBlockBytes = 16 << 10;

  void* AllocateBlock(size_t bytes);
  void FreeAll();

  size_t bytes_max_;
  size_t block_bytes_ = 0;
  char* at_;
  char* end_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::unique_ptr<google::protobuf::Message>> messages_;
  alignas(8) char inline_[kInlineBytes];
};

}  // namespace redress::cel
