// answer_digest.cc: which answers are the same.
#include "engine/ticket/answer_digest.h"

#include <gtest/gtest.h>

#include "tests/support/engine/desk.h"

namespace redress::engine {
namespace {

const std::string kKey(kAnswerKeySize, 'k');

TEST(AnswerDigest, IsTheSameWhateverTheLettersSpacesAndNumbers) {
  const std::string digest = AnswerDigest(kKey, "We paid back 12 euros on May 3.");
  EXPECT_EQ(digest.size(), kAnswerDigestSize);
  EXPECT_EQ(AnswerDigest(kKey, "we PAID back  9500 euros\non may 21."), digest);
  EXPECT_NE(AnswerDigest(kKey, "We paid back 12 dollars on May 3."), digest);
}

TEST(AnswerDigest, IsAnotherUnderAnotherKey) {
  EXPECT_NE(AnswerDigest(kKey, "Fixed."), AnswerDigest(std::string(kAnswerKeySize, 'j'), "Fixed."));
}

TEST(AnswerDigest, IsEmptyWithoutWordsOrKey) {
  EXPECT_EQ(AnswerDigest(kKey, ""), "");
  EXPECT_EQ(AnswerDigest("", "Fixed."), "");
}

}  // namespace
}  // namespace redress::engine
