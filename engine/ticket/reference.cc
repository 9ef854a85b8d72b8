#include "engine/ticket/reference.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "base/check.h"

namespace redress::engine {
namespace {

constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr int kBits = 35;
constexpr uint64_t kMask = (uint64_t{1} << kBits) - 1;
constexpr int kDigits = 7;
constexpr int kHalf = 4;

// Two odd multipliers and their inverses modulo 2^35. Part of the format: they never change.
constexpr uint64_t kMultiplierA = 0x2545F4915;
constexpr uint64_t kMultiplierB = 0x1D8E4E27D;

constexpr uint64_t InverseModuloTwoPower(uint64_t odd) {
  uint64_t inverse = odd;
  for (int i = 0; i < 6; ++i) inverse *= 2 - odd * inverse;
  return inverse & kMask;
}

constexpr uint64_t kInverseA = InverseModuloTwoPower(kMultiplierA);
constexpr uint64_t kInverseB = InverseModuloTwoPower(kMultiplierB);
static_assert(((kMultiplierA * kInverseA) & kMask) == 1);
static_assert(((kMultiplierB * kInverseB) & kMask) == 1);

// An xor with its own upper half is its own inverse, since the shift is at least half of the bits.
constexpr uint64_t FoldHalf(uint64_t value) { return value ^ (value >> 18); }

constexpr uint64_t Scramble(uint64_t id) {
  return FoldHalf((FoldHalf((id * kMultiplierA) & kMask) * kMultiplierB) & kMask);
}

constexpr uint64_t Unscramble(uint64_t code) {
  return (FoldHalf((FoldHalf(code) * kInverseB) & kMask) * kInverseA) & kMask;
}

static_assert(Unscramble(Scramble(1)) == 1);
static_assert(Unscramble(Scramble(kTicketIdMax)) == kTicketIdMax);

// Multiplication by x in GF(32) with the polynomial x^5 + x^2 + 1.
constexpr int TimesX(int value) { return ((value << 1) ^ ((value & 16) ? 37 : 0)) & 31; }

// The sum of the digits, each times a power of x of its own. All powers differ, so every swap
// changes the sum.
int CheckDigit(const std::array<int, kDigits>& digits) {
  int sum = 0;
  for (int digit : digits) sum = TimesX(sum ^ digit);
  return sum;
}

// The value of a character, or -1.
int DigitOf(char c) {
  c = absl::ascii_toupper(c);
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const size_t at = kAlphabet.find(c);
  return at == absl::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string MakeReference(uint64_t ticket_id) {
  CHECK(ticket_id >= 1 && ticket_id <= kTicketIdMax);
  uint64_t code = Scramble(ticket_id);
  std::array<int, kDigits> digits;
  for (int i = kDigits - 1; i >= 0; --i) {
    digits[i] = static_cast<int>(code & 31);
    code >>= 5;
  }
  std::string reference;
  for (int i = 0; i < kDigits; ++i) {
    if (i == kHalf) reference += '-';
    reference += kAlphabet[digits[i]];
  }
  reference += kAlphabet[CheckDigit(digits)];
  return reference;
}

std::optional<uint64_t> ParseReference(absl::string_view reference) {
  if (reference.size() != kDigits + 2 || reference[kHalf] != '-') return std::nullopt;
  std::array<int, kDigits> digits;
  uint64_t code = 0;
  for (int i = 0; i < kDigits; ++i) {
    digits[i] = DigitOf(reference[i < kHalf ? i : i + 1]);
    if (digits[i] < 0) return std::nullopt;
    code = (code << 5) | static_cast<uint64_t>(digits[i]);
  }
  if (DigitOf(reference.back()) != CheckDigit(digits)) return std::nullopt;
  const uint64_t ticket_id = Unscramble(code);
  if (ticket_id == 0) return std::nullopt;
  return ticket_id;
}

std::optional<uint64_t> ParseTicketName(absl::string_view name) {
  if (const std::optional<uint64_t> id = ParseReference(name)) return id;
  uint64_t id = 0;
  if (name.empty() || !absl::ascii_isdigit(name[0]) || !absl::SimpleAtoi(name, &id))
    return std::nullopt;
  if (id == 0 || id > kTicketIdMax) return std::nullopt;
  return id;
}

}  // namespace redress::engine
