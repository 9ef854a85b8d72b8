#include "services/grpc/credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "base/log.h"
#include "base/status.h"

namespace redress::services {
namespace {

// What the files said at one time.
struct TlsTexts {
  std::string certificate;
  std::string key;
  std::string client_ca;
  bool operator==(const TlsTexts&) const = default;
};

absl::Status Unusable(const std::string& what) {
  ERR_clear_error();
  return absl::InvalidArgumentError(what);
}

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kTlsFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.empty()) return Unusable(absl::StrCat("cannot read ", path));
  if (text.size() > kTlsFileBytesMax) return Unusable(absl::StrCat(path, " is too large"));
  return text;
}

template <class Parsed, class Read, class Free>
std::unique_ptr<Parsed, Free> FirstInPem(const std::string& pem, Read read, Free free) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  // An empty pass phrase, so that an encrypted key is an error and never a question on the
  // terminal.
  return {read(memory.get(), nullptr, nullptr, const_cast<char*>("")), free};
}

absl::StatusOr<TlsTexts> ReadTexts(const TlsFiles& files) {
  TlsTexts texts;
  ASSIGN_OR_RETURN(texts.certificate, ReadSmallFile(files.certificate));
  ASSIGN_OR_RETURN(texts.key, ReadSmallFile(files.key));
  if (!files.client_ca.empty()) {
    ASSIGN_OR_RETURN(texts.client_ca, ReadSmallFile(files.client_ca));
    if (FirstInPem<X509>(texts.client_ca, PEM_read_bio_X509, &X509_free) == nullptr) {
      return Unusable(absl::StrCat("cannot use the client CA ", files.client_ca));
    }
  }
  const auto certificate = FirstInPem<X509>(texts.certificate, PEM_read_bio_X509, &X509_free);
  if (certificate == nullptr) {
    return Unusable(absl::StrCat("cannot use the certificate ", files.certificate));
  }
  const auto key = FirstInPem<EVP_PKEY>(texts.key, PEM_read_bio_PrivateKey, &EVP_PKEY_free);
  if (key == nullptr || X509_check_private_key(certificate.get(), key.get()) != 1) {
    return Unusable(absl::StrCat("cannot use the key ", files.key, " for ", files.certificate));
  }
  return texts;
}

// Asks for the texts at every handshake, so it needs no thread. gRPC may ask from any of its own.
class ReloadedCredentials final : public grpc::ServerCredentials {
 public:
  ReloadedCredentials(TlsFiles files, TlsTexts texts)
      : files_(std::move(files)), texts_(std::move(texts)) {
    const auto request = files_.client_ca.empty()
                             ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                             : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
    credentials_ = grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config_fetcher(request, &Fetch, this));
    CHECK(credentials_ != nullptr);
  }
  ~ReloadedCredentials() override { grpc_server_credentials_release(credentials_); }

  // REQUIRES: not used; who calls is decided by the gate.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {
    CHECK(false);
  }

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    return static_cast<ReloadedCredentials*>(self)->FetchInto(config);
  }

  grpc_ssl_certificate_config_reload_status FetchInto(grpc_ssl_server_certificate_config** config) {
    absl::MutexLock lock(&mutex_);
    if (is_handed_out_ && !HasNewTexts()) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const grpc_ssl_pem_key_cert_pair pair = {texts_.key.c_str(), texts_.certificate.c_str()};
    // gRPC asserts that there are roots even when it asks no client for a certificate; any will do
    // then.
    const std::string& roots = files_.client_ca.empty() ? texts_.certificate : texts_.client_ca;
    *config = grpc_ssl_server_certificate_config_create(roots.c_str(), &pair, 1);
    is_handed_out_ = true;
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  bool HasNewTexts() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const absl::Time now = absl::Now();
    // A clock that was set back must not put it off for long.
    next_look_ = std::min(next_look_, now + files_.reload_interval);
    if (now < next_look_) return false;
    next_look_ = now + files_.reload_interval;
    absl::StatusOr<TlsTexts> texts = ReadTexts(files_);
    if (!texts.ok()) {
      spdlog::warn("the TLS files are not used: {}", std::string(texts.status().message()));
      return false;
    }
    if (*texts == texts_) return false;
    texts_ = *std::move(texts);
    spdlog::info("the TLS files were read again");
    return true;
  }

  const TlsFiles files_;
  grpc_server_credentials* credentials_ = nullptr;
  absl::Mutex mutex_;
  TlsTexts texts_ ABSL_GUARDED_BY(mutex_);
  bool is_handed_out_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time next_look_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const std::optional<TlsFiles>& files) {
  if (!files.has_value()) return grpc::InsecureServerCredentials();
  ASSIGN_OR_RETURN(TlsTexts texts, ReadTexts(*files));
  // Shared, since gRPC's builder wants it so.
  return std::shared_ptr<grpc::ServerCredentials>(
      std::make_shared<ReloadedCredentials>(*files, std::move(texts)));
}

}  // namespace redress::services
