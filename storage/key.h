// Keys as tuples: encoding elements one after the other so that the bytes, compared unsigned, sort
// as the tuples do.
//
// The bytes, fixed for ever (tests/golden/key_vectors.txt). Every element is whole in itself, so
// that no element's end depends on what follows:
//
//   byte                 the byte itself, no tag. For table ids and shards, at fixed places
//   bytes                02, the bytes with each 00 written as 00 ff, then 00 01
//   unsigned             10+n, then the n (0 to 8) significant bytes, most significant first
//   unsigned descending  28-n, then the complement of those n bytes
//   signed               v >= 0: 38+n and the n bytes of v
//                        v <  0: 38-n and the n bytes of the complement of -v
//   signed descending    as signed, of the complement ~v, with 58 in place of 38
//
// Only the shortest form is valid, so equal tuples have equal bytes and nothing else does. Tuples
// compare element by element as long as both have the same kinds of elements.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace redress::storage {

// Builds one key.
class KeyWriter {
 public:
  KeyWriter() { key_.reserve(kBytesExpected); }

  KeyWriter& AppendByte(uint8_t byte);
  KeyWriter& AppendBytes(absl::string_view bytes);
  KeyWriter& AppendUnsigned(uint64_t value);
  KeyWriter& AppendUnsignedDescending(uint64_t value);
  KeyWriter& AppendSigned(int64_t value);
  KeyWriter& AppendSignedDescending(int64_t value);

  // The key so far, which is also the prefix of every key that continues it.
  const std::string& key() const { return key_; }
  std::string Take() { return std::move(key_); }
  // Begins the next key where this one began, in the same memory.
  void Clear() { key_.clear(); }

 private:
  static constexpr size_t kBytesExpected = 48;
  std::string key_;
};

enum class KeyFault {
  kNone,
  kTruncated,   // the key ends inside or before the element
  kWrongKind,   // another kind of element stands there
  kNotShortest  // an encoding that the writer never writes
};

// Reads the elements of one key in order. The first fault stays: from then on every read answers
// nullopt, so that a caller may read all elements and look once.
class KeyReader {
 public:
  // `key` must outlive the reader.
  explicit KeyReader(absl::string_view key) : rest_(key) {}

  std::optional<uint8_t> ReadByte();
  std::optional<std::string> ReadBytes();
  std::optional<uint64_t> ReadUnsigned();
  std::optional<uint64_t> ReadUnsignedDescending();
  std::optional<int64_t> ReadSigned();
  std::optional<int64_t> ReadSignedDescending();

  KeyFault fault() const { return fault_; }
  // True when all was read without a fault.
  bool IsAtEnd() const { return fault_ == KeyFault::kNone && rest_.empty(); }

 private:
  std::nullopt_t Fail(KeyFault fault);
  std::optional<uint8_t> TakeTag(uint8_t first, uint8_t last);
  std::optional<uint64_t> TakeDigits(int count, uint64_t complement);
  std::optional<int64_t> TakeSigned(uint8_t zero_tag);

  absl::string_view rest_;
  KeyFault fault_ = KeyFault::kNone;
};

// The smallest key greater than every key that starts with `prefix`; empty, which as the end of a
// KeyRange means no bound, when there is none.
std::string PrefixEnd(absl::string_view prefix);

}  // namespace redress::storage
