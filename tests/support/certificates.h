// Certificates made on the spot, for tests of TLS. Keys are short-lived and small (P-256).
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace redress::test {

struct Issued {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name);

  // For servers under the name localhost, and for clients known by their common name.
  Issued Issue(const std::string& common_name) const;
  // The authority's own certificate, in PEM.
  std::string certificate() const;

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
  static Certificate Make(const std::string& common_name, EVP_PKEY* key, X509* issuer,
                          EVP_PKEY* issuer_key);

  Key key_;
  Certificate certificate_;
};

}  // namespace redress::test
