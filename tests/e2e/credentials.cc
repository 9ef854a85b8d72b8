#include "tests/e2e/credentials.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace redress::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

constexpr long kValidSeconds = 3600;

std::string TextOf(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

void AddExtension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  CHECK(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509Ptr NewCertificate(EVP_PKEY* key, const std::string& common_name) {
  static std::atomic<long> serial = 1;
  X509Ptr certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kValidSeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  return certificate;
}

Certificate ToPem(X509* certificate, EVP_PKEY* key) {
  const BioPtr certificate_bio(BIO_new(BIO_s_mem()), &BIO_free_all);
  const BioPtr key_bio(BIO_new(BIO_s_mem()), &BIO_free_all);
  CHECK_EQ(PEM_write_bio_X509(certificate_bio.get(), certificate), 1);
  CHECK_EQ(PEM_write_bio_PrivateKey(key_bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr), 1);
  return {TextOf(certificate_bio.get()), TextOf(key_bio.get())};
}

Key NewKey() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  CHECK(key != nullptr);
  return key;
}

}  // namespace

void Staff::Hire(const std::string& tenant, const std::string& id, services::RoleSet roles,
                 const std::vector<std::string>& departments) {
  services::Actor actor{.tenant = tenant, .id = id, .roles = roles};
  if (departments == std::vector<std::string>{"*"}) actor.has_all_departments = true;
  else actor.departments = departments;
  const auto token = services::CreateToken(actor);
  CHECK_OK(token.status());
  CHECK(tokens_.emplace(id, token->secret).second);
  absl::StrAppend(&lines_, token->line, "\n");
}

void Staff::HireByCertificate(const std::string& common_name, const std::string& tenant,
                              const std::string& id, const std::string& roles,
                              const std::string& departments) {
  absl::StrAppend(&lines_, "cn:", common_name, " ", tenant, " ", id, " ", roles, " ", departments,
                  "\n");
}

const std::string& Staff::TokenOf(const std::string& id) const { return tokens_.at(id); }

std::string Staff::WriteTo(const std::string& path) const { return WriteFile(path, lines_); }

Authority::Authority() {
  const Key key = NewKey();
  const X509Ptr certificate = NewCertificate(key.get(), "Test authority");
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  AddExtension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign");
  CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  self_ = ToPem(certificate.get(), key.get());
}

Certificate Authority::Issue(const std::string& common_name) const {
  const BioPtr certificate_bio(BIO_new_mem_buf(self_.certificate_pem.data(), -1), &BIO_free_all);
  const BioPtr key_bio(BIO_new_mem_buf(self_.key_pem.data(), -1), &BIO_free_all);
  const X509Ptr issuer(PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr),
                       &X509_free);
  const Key issuer_key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr),
                       &EVP_PKEY_free);
  const Key key = NewKey();
  const X509Ptr certificate = NewCertificate(key.get(), common_name);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
  AddExtension(certificate.get(), issuer.get(), NID_subject_alt_name, "IP:127.0.0.1");
  CHECK(X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) > 0);
  return ToPem(certificate.get(), key.get());
}

std::string WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  CHECK(file.flush().good());
  return path;
}

}  // namespace redress::test
