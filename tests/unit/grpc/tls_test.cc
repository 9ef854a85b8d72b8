// TLS and client certificates over the wire.

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/grpc/credentials.h"
#include "tests/support/certificates.h"
#include "tests/support/echo_edge.h"

namespace redress::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr char kTokens[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad acme anna agent billing\n"
    "cn:desk-1 acme desk agent -\n";

class TlsTest : public testing::Test {
 protected:
  TlsTest()
      : folder_(absl::StrCat(testing::TempDir(), "tls-", getpid())),
        authority_("one"),
        other_("two") {
    std::filesystem::create_directories(folder_);
    Install(authority_.Issue("server"));
    Write("ca.pem", authority_.certificate());
  }
  ~TlsTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return absl::StrCat(folder_, "/", name); }

  // By rename, as an operator should.
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path("next"), std::ios::binary) << text;
    ASSERT_EQ(std::rename(Path("next").c_str(), Path(name).c_str()), 0);
  }
  void Install(const Issued& issued) const {
    Write("key.pem", issued.key);
    Write("cert.pem", issued.certificate);
  }

  EchoEdgeOptions Options(bool asks_for_client_certificates) const {
    EchoEdgeOptions options;
    options.tokens = kTokens;
    options.server.tls =
        services::TlsFiles{.certificate = Path("cert.pem"),
                           .key = Path("key.pem"),
                           .client_ca = asks_for_client_certificates ? Path("ca.pem") : "",
                           .reload_interval = absl::Seconds(1)};
    return options;
  }

  // One call on a connection of its own: who the server takes us for, or how it failed.
  std::string Call(EchoEdge& edge, const CertificateAuthority& trusted,
                   const std::optional<Issued>& mine = std::nullopt,
                   const std::string& token = "abc") {
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = trusted.certificate();
    if (mine.has_value()) {
      tls.pem_private_key = mine->key;
      tls.pem_cert_chain = mine->certificate;
    }
    return CallWith(edge, grpc::SslCredentials(tls), token);
  }

  // Calls until the server shows a certificate of this authority.
  bool IsServedInTheEnd(EchoEdge& edge, const CertificateAuthority& trusted) {
    const absl::Time end = absl::Now() + absl::Seconds(30);
    while (absl::Now() < end) {
      if (Call(edge, trusted) == "acme/anna") return true;
    }
    return false;
  }

  static std::string CallWith(EchoEdge& edge,
                              const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                              const std::string& token = "abc") {
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto channel = grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", edge.server().port()),
                                                   credentials, arguments);
    const auto context = Context(token);
    context->set_wait_for_ready(false);
    EchoResponse response;
    const grpc::Status status =
        EchoService::NewStub(channel)->Echo(context.get(), EchoRequest(), &response);
    return status.ok() ? response.actor() : Describe(status);
  }

  const std::string folder_;
  const CertificateAuthority authority_, other_;
};

TEST_F(TlsTest, ServesOverTlsAndNothingElse) {
  EchoEdge edge(Options(false));
  EXPECT_EQ(Call(edge, authority_), "acme/anna");
  EXPECT_THAT(Call(edge, other_), StartsWith("UNAVAILABLE")) << "the client trusts another";
  EXPECT_THAT(CallWith(edge, grpc::InsecureChannelCredentials()), StartsWith("UNAVAILABLE"));
  EXPECT_EQ(Call(edge, authority_), "acme/anna");
}

TEST_F(TlsTest, KnowsAClientByItsCertificate) {
  EchoEdge edge(Options(true));
  EXPECT_EQ(Call(edge, authority_, authority_.Issue("desk-1"), ""), "acme/desk");
  EXPECT_EQ(Call(edge, authority_, authority_.Issue("desk-2"), ""),
            "UNAUTHENTICATED TOKEN_INVALID the credential is not valid here");
  EXPECT_EQ(Call(edge, authority_, authority_.Issue("desk-2"), "abc"), "acme/anna");
}

TEST_F(TlsTest, TurnsAwayClientsWithoutACertificateOrWithOneOfAnother) {
  EchoEdge edge(Options(true));
  EXPECT_THAT(Call(edge, authority_), StartsWith("UNAVAILABLE"));
  EXPECT_THAT(Call(edge, authority_, other_.Issue("desk-1"), ""), StartsWith("UNAVAILABLE"));
  EXPECT_EQ(edge.handlers().handled(), 0);
}

TEST_F(TlsTest, ServesANewCertificateOnceItsFilesChange) {
  EchoEdge edge(Options(false));
  ASSERT_EQ(Call(edge, authority_), "acme/anna");
  Install(other_.Issue("server"));
  EXPECT_TRUE(IsServedInTheEnd(edge, other_));
  EXPECT_THAT(Call(edge, authority_), StartsWith("UNAVAILABLE"));
}

TEST_F(TlsTest, GoesOnWithTheOldPairWhileTheNewOneIsHalfThere) {
  EchoEdge edge(Options(false));
  const Issued next = other_.Issue("server");
  Write("key.pem", next.key);
  const absl::Time end = absl::Now() + absl::Milliseconds(2500);  // several looks at the files
  while (absl::Now() < end) ASSERT_EQ(Call(edge, authority_), "acme/anna");
  Write("cert.pem", next.certificate);
  EXPECT_TRUE(IsServedInTheEnd(edge, other_));
}

TEST_F(TlsTest, RefusesToStartWithFilesThatCannotServe) {
  const auto start = [&](const services::TlsFiles& files) {
    return std::string(services::MakeCredentials(files).status().message());
  };
  const services::TlsFiles good = {.certificate = Path("cert.pem"), .key = Path("key.pem")};
  EXPECT_EQ(start(good), "");
  services::TlsFiles files = good;
  files.certificate = Path("absent.pem");
  EXPECT_THAT(start(files), StartsWith("cannot read "));
  files.certificate = Path("key.pem");
  EXPECT_THAT(start(files), StartsWith("cannot use the certificate"));
  files = good;
  files.client_ca = Path("key.pem");
  EXPECT_THAT(start(files), StartsWith("cannot use the client CA"));
  Write("key.pem", authority_.Issue("server").key);
  EXPECT_THAT(start(good), HasSubstr("cannot use the key"));
}

}  // namespace
}  // namespace redress::test
