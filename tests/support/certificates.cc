#include "tests/support/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/check.h"

namespace redress::test {
namespace {

template <class Write>
std::string ToPem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
  CHECK_EQ(write(memory.get()), 1);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

std::string PemOf(X509* certificate) {
  return ToPem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string PemOf(EVP_PKEY* key) {
  return ToPem([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

void AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  CHECK(extension != nullptr);
  CHECK_EQ(X509_add_ext(certificate, extension, -1), 1);
  X509_EXTENSION_free(extension);
}

}  // namespace

CertificateAuthority::Certificate CertificateAuthority::Make(const std::string& common_name,
                                                             EVP_PKEY* key, X509* issuer,
                                                             EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new(), &X509_free);
  const bool is_root = issuer == nullptr;
  if (is_root) issuer = certificate.get();
  uint64_t serial = 0;
  CHECK_EQ(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)), 1);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  if (is_root) AddExtension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:TRUE");
  if (!is_root) AddExtension(certificate.get(), issuer, NID_subject_alt_name, "DNS:localhost");
  CHECK_GT(X509_sign(certificate.get(), issuer_key, EVP_sha256()), 0);
  return certificate;
}

CertificateAuthority::CertificateAuthority(const std::string& name)
    : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free),
      certificate_(Make(name, key_.get(), nullptr, key_.get())) {}

Issued CertificateAuthority::Issue(const std::string& common_name) const {
  const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const Certificate made = Make(common_name, key.get(), certificate_.get(), key_.get());
  return {.certificate = PemOf(made.get()), .key = PemOf(key.get())};
}

std::string CertificateAuthority::certificate() const { return PemOf(certificate_.get()); }

}  // namespace redress::test
