#include "engine/ticket/answer_digest.h"

#include "absl/strings/ascii.h"
#include "base/hmac_sha256.h"
#include "engine/rules/normal_text.h"

namespace redress::engine {

std::string AnswerDigest(absl::string_view key, absl::string_view text) {
  if (key.empty() || text.empty()) return "";
  std::string words;
  bool in_number = false;
  for (const char letter : NormalizeText(text)) {
    const bool is_digit = absl::ascii_isdigit(static_cast<unsigned char>(letter));
    if (!is_digit) words += letter;
    else if (!in_number) words += '0';
    in_number = is_digit;
  }
  return base::HmacSha256(key, words).substr(0, kAnswerDigestSize);
}

}  // namespace redress::engine
