// Knows answers of the same words from one another without keeping the words.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace redress::engine {

// Bytes of a digest, and of the key behind it.
inline constexpr size_t kAnswerDigestSize = 16;
inline constexpr size_t kAnswerKeySize = 32;

// HMAC-SHA256, cut short, over the text in its normal form (engine/rules/normal_text.h) with every
// number written as 0, so that amounts, dates and references make no difference. Each tenant has a
// key of its own, which never leaves the server: without it a digest neither tells the words nor
// lets a guess be tried. Empty for an empty text, or without a key.
std::string AnswerDigest(absl::string_view key, absl::string_view text);

}  // namespace redress::engine
