#include "services/utf8.h"

#include <gtest/gtest.h>

#include <string>

#include "services/method_set.h"
#include "tests/support/echo.pb.h"

namespace redress::services {
namespace {

TEST(IsUtf8, TakesTextOfEveryLength) {
  for (const char* text : {"", "plain", "\xC3\xA9", "\xE9\x87\x8D", "\xF0\x9F\x98\x80",
                           "\xEF\xBF\xBD", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
}

TEST(IsUtf8, RefusesWhatIsNoText) {
  for (const char* text :
       {"\x80", "\xC3", "\xC0\xAF", "\xC1\x81", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE9\x87", "\xE9\x87z"}) {
    EXPECT_FALSE(IsUtf8(text)) << text;
  }
}

// Tags: field 1 is 0x0A, field 3 is 0x1A, field 4 is 0x22, field 5 is 0x2A.
std::string Find(const std::string& bytes) {
  return FindFieldNotUtf8(bytes, *test::EchoRequest::descriptor()).value_or("-");
}

TEST(FindFieldNotUtf8, NamesTheField) {
  EXPECT_EQ(Find("\x0A\x02\xFF\xFE"), "text");
  EXPECT_EQ(Find("\x0A\x02ok\x1A\x01\xFF"), "object");
}

TEST(FindFieldNotUtf8, NamesThePathAndThePosition) {
  EXPECT_EQ(Find("\x22\x04\x0A\x02ok\x22\x03\x0A\x01\xFF"), "notes[1].text");
}

TEST(FindFieldNotUtf8, LeavesBytesAloneThatAreNotText) {
  EXPECT_EQ(Find("\x2A\x02\xFF\xFE"), "-");  // bulk is bytes
  EXPECT_EQ(Find("\x7A\x02\xFF\xFE"), "-");  // no such field
  EXPECT_EQ(Find("\x0A\x05\xFF"), "-");      // cut off
  EXPECT_EQ(Find(""), "-");
}

TEST(FindFieldNotUtf8, EndsOnDeepNestingAndAnyBytes) {
  std::string deep;
  for (int i = 0; i < 30; ++i) {
    const char header[] = {0x22, static_cast<char>(deep.size())};
    deep.insert(0, header, 2);
  }
  EXPECT_EQ(Find(deep), "-");
  unsigned state = 1;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (int i = 0; i < round % 64; ++i) {
      state = state * 1103515245 + 12345;
      bytes += static_cast<char>(state >> 16);
    }
    Find(bytes);
  }
}

TEST(MalformedRequest, SaysWhichFieldOrWhichType) {
  const auto& type = *test::EchoRequest::descriptor();
  EXPECT_EQ(MalformedRequest("\x0A\x01\xFF", type).message, "the text of text is not UTF-8");
  EXPECT_EQ(MalformedRequest("\x0A\x05z", type).message,
            "the request is not a message of type redress.test.EchoRequest");
}

}  // namespace
}  // namespace redress::services
