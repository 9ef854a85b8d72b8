#include "services/auth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/log.h"

namespace redress::services {
namespace {

// SHA-256 of "abc", from FIPS 180.
constexpr char kDigestOfAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Actor Anna() {
  return {.tenant = "acme",
          .id = "anna",
          .roles = {Role::kAgent, Role::kOwner},
          .departments = {"billing", "returns"}};
}

std::string Errors(const std::string& text) {
  return std::string(TokenTable::Parse(text).status().message());
}

TEST(TokenTable, FindsTheActorOfAToken) {
  const auto table = TokenTable::Parse(absl::StrCat(
      "# people\n\n", kDigestOfAbc, "\tacme anna agent,owner billing,returns # since May\n"));
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_NE(table->FindToken("abc"), nullptr);
  EXPECT_EQ(*table->FindToken("abc"), Anna());
  EXPECT_EQ(table->FindToken("abd"), nullptr);
  EXPECT_EQ(table->FindToken(""), nullptr);
  EXPECT_EQ(table->FindToken(kDigestOfAbc), nullptr) << "a digest is no token";
}

TEST(TokenTable, FindsTheActorOfACertificateApartFromTokens) {
  const auto table = TokenTable::Parse("cn:desk-42.acme.example acme desk42 agent *\n");
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_NE(table->FindCertificate("desk-42.acme.example"), nullptr);
  EXPECT_TRUE(table->FindCertificate("desk-42.acme.example")->has_all_departments);
  EXPECT_EQ(table->FindCertificate("desk-43.acme.example"), nullptr);
  EXPECT_EQ(table->FindToken("cn:desk-42.acme.example"), nullptr);
}

TEST(TokenTable, TellsTokensApartThatShareTheirFirstBytes) {
  std::string other = kDigestOfAbc;
  other.back() = other.back() == '0' ? '1' : '0';
  const auto table = TokenTable::Parse(absl::StrCat(other, " acme eve admin *\n"));
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->FindToken("abc"), nullptr);
}

TEST(TokenTable, ReportsEveryWrongLine) {
  const std::string d = kDigestOfAbc;
  EXPECT_EQ(Errors(d +
                   " acme anna agent\n"
                   "123 acme anna agent *\n" +
                   d + " a,b anna agent *\n" + d + " acme anna boss *\n" + d +
                   " acme anna agent,agent *\n" + d + " acme anna agent x,x\n" + d +
                   " acme anna agent x,,y\n"
                   "cn: acme anna agent *\n"),
            "line 1: expected 5 fields (credential tenant actor roles departments), got 4\n"
            "line 2: expected 64 hex digits (the SHA-256 of a token) or cn:NAME\n"
            "line 3: bad tenant\n"
            "line 4: unknown role \"boss\"\n"
            "line 5: role \"agent\" stands twice\n"
            "line 6: department \"x\" stands twice\n"
            "line 7: bad department \"\"\n"
            "line 8: bad common name");
}

TEST(TokenTable, RefusesTheSameCredentialTwice) {
  const std::string line = absl::StrCat(kDigestOfAbc, " acme anna agent *\n");
  EXPECT_EQ(Errors(line + line), "line 2: the token stands twice");
  EXPECT_EQ(Errors("cn:x acme anna agent *\ncn:x acme bob agent *\n"),
            "line 2: the common name stands twice");
}

TEST(TokenTable, StopsReportingAfterManyWrongLines) {
  std::string text;
  for (int i = 0; i < 10 * kTokenErrorsMax; ++i) text += "x\n";
  const std::string errors = Errors(text);
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), kTokenErrorsMax - 1);
}

TEST(TokenTable, SurvivesAnyBytes) {
  std::string text;
  for (int i = 0; i < 4096; ++i) text += static_cast<char>(i * 131 + i / 7);
  EXPECT_FALSE(TokenTable::Parse(text).ok());
}

TEST(CreateToken, MakesALineThatTheTableReads) {
  const auto token = CreateToken(Anna());
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_TRUE(absl::StartsWith(token->secret, kTokenPrefix));
  EXPECT_GE(token->secret.size(), 4u + 43u);
  EXPECT_FALSE(absl::StrContains(token->line, token->secret));
  const auto table = TokenTable::Parse(token->line);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(*table->FindToken(token->secret), Anna());
}

TEST(CreateToken, NeverRepeats) {
  EXPECT_NE(CreateToken(Anna())->secret, CreateToken(Anna())->secret);
}

TEST(CreateToken, RefusesNamesThatWouldBreakTheFile) {
  for (const char* name : {"", "a b", "a\tb", "a\nb", "a,b", "#a", "\xff"}) {
    Actor actor = Anna();
    actor.id = name;
    EXPECT_FALSE(CreateToken(actor).ok()) << name;
    actor = Anna();
    actor.departments = {name};
    EXPECT_FALSE(CreateToken(actor).ok()) << name;
  }
  Actor actor = Anna();
  actor.roles = {};
  EXPECT_FALSE(CreateToken(actor).ok()) << "no role";
}

class TokenFileTest : public testing::Test {
 protected:
  TokenFileTest() : path_(absl::StrFormat("%stokens-%d", testing::TempDir(), getpid())) {}
  ~TokenFileTest() override { std::remove(path_.c_str()); }

  // By rename, as an operator should, so that no reader sees half a file.
  void Write(const std::string& text) {
    const std::string next = path_ + ".next";
    std::ofstream(next, std::ios::binary) << text;
    ASSERT_EQ(std::rename(next.c_str(), path_.c_str()), 0);
  }

  const std::string path_;
  const absl::Time start_ = absl::FromUnixSeconds(1'000'000);
};

TEST_F(TokenFileTest, IsReadAgainWhenItChanges) {
  Write(absl::StrCat(kDigestOfAbc, " acme anna agent *\n"));
  auto file = TokenFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_NE((*file)->Current(start_)->FindToken("abc"), nullptr);
  Write("# nobody\n");
  EXPECT_NE((*file)->Current(start_ + absl::Milliseconds(999))->FindToken("abc"), nullptr)
      << "looked at too often";
  EXPECT_EQ((*file)->Current(start_ + absl::Milliseconds(1000))->FindToken("abc"), nullptr);
}

TEST_F(TokenFileTest, IsReadAgainAlsoAfterTheClockWasSetBack) {
  Write(absl::StrCat(kDigestOfAbc, " acme anna agent *\n"));
  auto file = TokenFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_NE((*file)->Current(start_)->FindToken("abc"), nullptr);
  const absl::Time earlier = start_ - absl::Hours(1);
  EXPECT_NE((*file)->Current(earlier)->FindToken("abc"), nullptr);
  Write("# nobody\n");
  EXPECT_EQ((*file)->Current(earlier + absl::Seconds(1))->FindToken("abc"), nullptr);
}

// While it lives this process can open no file.
class NoDescriptors {
 public:
  NoDescriptors() {
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit none = {0, before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoDescriptors() { EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before_), 0); }

 private:
  rlimit before_;
};

TEST_F(TokenFileTest, IsReadOnceItCanBeThoughItDidNotChangeSince) {
  Write(absl::StrCat(kDigestOfAbc, " acme anna agent *\n"));
  auto file = TokenFile::Open(path_);
  ASSERT_TRUE(file.ok());
  Write("# nobody\n");
  testing::internal::CaptureStdout();
  {
    const NoDescriptors none;
    EXPECT_NE((*file)->Current(start_)->FindToken("abc"), nullptr);
    EXPECT_NE((*file)->Current(start_ + absl::Seconds(1))->FindToken("abc"), nullptr);
  }
  spdlog::default_logger()->flush();
  const std::string log = testing::internal::GetCapturedStdout();
  EXPECT_THAT(log, testing::HasSubstr("cannot read the token file"));
  EXPECT_EQ(log.find("cannot read"), log.rfind("cannot read")) << "reported once";
  EXPECT_EQ((*file)->Current(start_ + absl::Seconds(2))->FindToken("abc"), nullptr);
}

TEST_F(TokenFileTest, KeepsTheOldTableWhenTheNewFileIsWrongOrGone) {
  Write(absl::StrCat(kDigestOfAbc, " acme anna agent *\n"));
  auto file = TokenFile::Open(path_);
  ASSERT_TRUE(file.ok());
  Write("nonsense\n");
  EXPECT_NE((*file)->Current(start_)->FindToken("abc"), nullptr);
  std::remove(path_.c_str());
  EXPECT_NE((*file)->Current(start_ + absl::Seconds(2))->FindToken("abc"), nullptr);
}

TEST_F(TokenFileTest, IsNotOpenedWhenWrongOrMissing) {
  EXPECT_FALSE(TokenFile::Open(path_).ok());
  Write("nonsense\n");
  EXPECT_THAT(std::string(TokenFile::Open(path_).status().message()),
              testing::HasSubstr("line 1: expected 5 fields"));
}

}  // namespace
}  // namespace redress::services
