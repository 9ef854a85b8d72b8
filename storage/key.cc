#include "storage/key.h"

#include <bit>
#include <utility>

namespace redress::storage {
namespace {

constexpr uint8_t kBytesTag = 0x02;
constexpr uint8_t kUnsignedTag = 0x10;            // plus the number of bytes
constexpr uint8_t kUnsignedDescendingTag = 0x28;  // minus the number of bytes
constexpr uint8_t kSignedTag = 0x38;              // plus for positive, minus for negative
constexpr uint8_t kSignedDescendingTag = 0x58;
constexpr uint8_t kDigitsMax = 8;

constexpr char kEscaped = '\x00';
constexpr char kEscape = '\xff';
constexpr char kTerminator = '\x01';

constexpr uint64_t kPlain = 0;
constexpr uint64_t kComplement = ~uint64_t{0};

int DigitsOf(uint64_t value) { return (std::bit_width(value) + 7) / 8; }

// The low `count` bytes of `value`, each exclusive-or'ed with that of `complement`.
void AppendDigits(std::string& key, uint64_t value, int count, uint64_t complement) {
  const uint64_t digits = value ^ complement;
  char bytes[kDigitsMax];
  for (int i = 0; i < count; ++i) bytes[i] = static_cast<char>(digits >> (8 * (count - 1 - i)));
  key.append(bytes, static_cast<size_t>(count));
}

void AppendTaggedSigned(std::string& key, uint8_t zero_tag, int64_t value) {
  const bool is_negative = value < 0;
  const uint64_t magnitude =
      is_negative ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  const int count = DigitsOf(magnitude);
  key.push_back(static_cast<char>(is_negative ? zero_tag - count : zero_tag + count));
  AppendDigits(key, magnitude, count, is_negative ? kComplement : kPlain);
}

}  // namespace

KeyWriter& KeyWriter::AppendByte(uint8_t byte) {
  key_.push_back(static_cast<char>(byte));
  return *this;
}

KeyWriter& KeyWriter::AppendBytes(absl::string_view bytes) {
  key_.push_back(static_cast<char>(kBytesTag));
  for (size_t zero; (zero = bytes.find(kEscaped)) != absl::string_view::npos;) {
    key_.append(bytes.data(), zero + 1);
    key_.push_back(kEscape);
    bytes.remove_prefix(zero + 1);
  }
  key_.append(bytes.data(), bytes.size());
  key_.push_back(kEscaped);
  key_.push_back(kTerminator);
  return *this;
}

KeyWriter& KeyWriter::AppendUnsigned(uint64_t value) {
  const int count = DigitsOf(value);
  key_.push_back(static_cast<char>(kUnsignedTag + count));
  AppendDigits(key_, value, count, kPlain);
  return *this;
}

KeyWriter& KeyWriter::AppendUnsignedDescending(uint64_t value) {
  const int count = DigitsOf(value);
  key_.push_back(static_cast<char>(kUnsignedDescendingTag - count));
  AppendDigits(key_, value, count, kComplement);
  return *this;
}

KeyWriter& KeyWriter::AppendSigned(int64_t value) {
  AppendTaggedSigned(key_, kSignedTag, value);
  return *this;
}

KeyWriter& KeyWriter::AppendSignedDescending(int64_t value) {
  AppendTaggedSigned(key_, kSignedDescendingTag, ~value);
  return *this;
}

std::nullopt_t KeyReader::Fail(KeyFault fault) {
  if (fault_ == KeyFault::kNone) fault_ = fault;
  return std::nullopt;
}

std::optional<uint8_t> KeyReader::ReadByte() {
  if (fault_ != KeyFault::kNone) return std::nullopt;
  if (rest_.empty()) return Fail(KeyFault::kTruncated);
  const uint8_t byte = static_cast<uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return byte;
}

// The next byte, if it is one of the tags from `first` to `last`.
std::optional<uint8_t> KeyReader::TakeTag(uint8_t first, uint8_t last) {
  const std::optional<uint8_t> tag = ReadByte();
  if (!tag.has_value()) return std::nullopt;
  if (*tag < first || *tag > last) return Fail(KeyFault::kWrongKind);
  return tag;
}

// The next `count` bytes as a number that needs all of them.
std::optional<uint64_t> KeyReader::TakeDigits(int count, uint64_t complement) {
  if (rest_.size() < static_cast<size_t>(count)) return Fail(KeyFault::kTruncated);
  uint64_t value = 0;
  for (int i = 0; i < count; ++i) {
    value = value << 8 | (static_cast<uint8_t>(rest_[i]) ^ (complement & 0xff));
  }
  if (DigitsOf(value) != count) return Fail(KeyFault::kNotShortest);
  rest_.remove_prefix(count);
  return value;
}

std::optional<std::string> KeyReader::ReadBytes() {
  if (!TakeTag(kBytesTag, kBytesTag).has_value()) return std::nullopt;
  std::string bytes;
  while (true) {
    const size_t zero = rest_.find(kEscaped);
    if (zero == absl::string_view::npos || zero + 1 == rest_.size()) {
      return Fail(KeyFault::kTruncated);
    }
    bytes.append(rest_.data(), zero);
    const char mark = rest_[zero + 1];
    rest_.remove_prefix(zero + 2);
    if (mark == kTerminator) return bytes;
    if (mark != kEscape) return Fail(KeyFault::kNotShortest);
    bytes.push_back(kEscaped);
  }
}

std::optional<uint64_t> KeyReader::ReadUnsigned() {
  const std::optional<uint8_t> tag = TakeTag(kUnsignedTag, kUnsignedTag + kDigitsMax);
  if (!tag.has_value()) return std::nullopt;
  return TakeDigits(*tag - kUnsignedTag, kPlain);
}

std::optional<uint64_t> KeyReader::ReadUnsignedDescending() {
  const std::optional<uint8_t> tag =
      TakeTag(kUnsignedDescendingTag - kDigitsMax, kUnsignedDescendingTag);
  if (!tag.has_value()) return std::nullopt;
  return TakeDigits(kUnsignedDescendingTag - *tag, kComplement);
}

std::optional<int64_t> KeyReader::TakeSigned(uint8_t zero_tag) {
  const std::optional<uint8_t> tag = TakeTag(zero_tag - kDigitsMax, zero_tag + kDigitsMax);
  if (!tag.has_value()) return std::nullopt;
  const bool is_negative = *tag < zero_tag;
  const int count = is_negative ? zero_tag - *tag : *tag - zero_tag;
  const std::optional<uint64_t> magnitude = TakeDigits(count, is_negative ? kComplement : kPlain);
  if (!magnitude.has_value()) return std::nullopt;
  const uint64_t magnitude_max = static_cast<uint64_t>(INT64_MAX) + (is_negative ? 1 : 0);
  if (*magnitude > magnitude_max) return Fail(KeyFault::kNotShortest);
  return static_cast<int64_t>(is_negative ? uint64_t{0} - *magnitude : *magnitude);
}

std::optional<int64_t> KeyReader::ReadSigned() { return TakeSigned(kSignedTag); }

std::optional<int64_t> KeyReader::ReadSignedDescending() {
  const std::optional<int64_t> complement = TakeSigned(kSignedDescendingTag);
  if (!complement.has_value()) return std::nullopt;
  return ~*complement;
}

std::string PrefixEnd(absl::string_view prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.remove_suffix(1);
  std::string end(prefix);
  if (!end.empty()) ++end.back();
  return end;
}

}  // namespace redress::storage
