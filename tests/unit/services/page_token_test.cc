// Page tokens and sizes of backend.h.
#include <gtest/gtest.h>

#include "services/backend.h"

namespace redress::services {
namespace {

TEST(PageToken, LeadsBackToItsPosition) {
  for (const std::string& position : {std::string("7"), std::string("a\0\xff", 3), std::string()}) {
    const std::string token = MakePageToken("list/open", position);
    EXPECT_EQ(ParsePageToken("list/open", token), position);
  }
}

TEST(PageToken, IsUrlSafe) {
  for (int i = 0; i < 256; ++i) {
    const std::string token = MakePageToken("q", std::string(3, static_cast<char>(i)));
    EXPECT_EQ(token.find_first_of("+/ &?"), std::string::npos) << token;
  }
}

TEST(PageToken, IsOfItsQueryOnly) {
  EXPECT_EQ(ParsePageToken("list/closed", MakePageToken("list/open", "7")), std::nullopt);
}

TEST(PageToken, ThatIsEmptyMeansTheFirstPage) { EXPECT_EQ(ParsePageToken("q", ""), ""); }

TEST(PageToken, ThatWasMadeUpIsRefused) {
  for (const char* made_up : {"x", "7", "!!!!", "AAAA", "====", "AAAAAAAAAAAAAAAA"})
    EXPECT_EQ(ParsePageToken("q", made_up), std::nullopt) << made_up;
}

TEST(PageSize, IsTheDefaultForZeroAndCutToTheMost) {
  EXPECT_EQ(PageSize(0, 50, 1000), 50);
  EXPECT_EQ(PageSize(7, 50, 1000), 7);
  EXPECT_EQ(PageSize(5000, 50, 1000), 1000);
  EXPECT_EQ(PageSize(-1, 50, 1000), std::nullopt);
}

TEST(BadPageToken, NamesTheField) {
  EXPECT_EQ(BadPageToken().message,
            "page_token must come from the response before, with the same other fields");
}

}  // namespace
}  // namespace redress::services
