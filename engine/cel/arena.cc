#include "engine/cel/arena.h"

#include <google/protobuf/message.h>

#include <algorithm>

namespace redress::cel {

Arena::Arena(size_t bytes_max)
    : bytes_max_(bytes_max), at_(inline_), end_(inline_ + sizeof(inline_)) {}

Arena::~Arena() = default;

void* Arena::AllocateBlock(size_t bytes) {
  if (bytes > bytes_max_ || block_bytes_ + bytes > bytes_max_) return nullptr;
  const size_t rounded = (bytes + 7) & ~size_t{7};
  const size_t size = std::max(rounded, kBlockBytes);
  blocks_.push_back(std::unique_ptr<char[]>(new char[size]));  // left unset: callers construct
  block_bytes_ += size;
  char* memory = blocks_.back().get();
  // A large request leaves the rest of the current block in use.
  if (size - rounded > static_cast<size_t>(end_ - at_)) {
    at_ = memory + rounded;
    end_ = memory + size;
  }
  return memory;
}

bool Arena::Own(std::unique_ptr<google::protobuf::Message> message) {
  const size_t bytes = message->SpaceUsedLong();
  if (block_bytes_ + bytes > bytes_max_) return false;
  block_bytes_ += bytes;
  messages_.push_back(std::move(message));
  return true;
}

void Arena::FreeAll() {
  blocks_.clear();
  messages_.clear();
  block_bytes_ = 0;
}

}  // namespace redress::cel
