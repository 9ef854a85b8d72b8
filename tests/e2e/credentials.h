// Tokens and certificates, made for one test.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "services/auth.h"

namespace redress::test {

// Everybody who may call, by actor id.
class Staff {
 public:
  // `departments`: "*" for all. REQUIRES: no other actor has this id in any tenant.
  void Hire(const std::string& tenant, const std::string& id, services::RoleSet roles,
            const std::vector<std::string>& departments);
  // For whoever shows a client certificate of this common name.
  void HireByCertificate(const std::string& common_name, const std::string& tenant,
                         const std::string& id, const std::string& roles,
                         const std::string& departments);
  const std::string& TokenOf(const std::string& id) const;
  // The token file, written at `path`, which is returned.
  std::string WriteTo(const std::string& path) const;

 private:
  std::map<std::string, std::string> tokens_;
  std::string lines_;
};

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

// Signs certificates for 127.0.0.1 and for clients. Valid for an hour.
class Authority {
 public:
  Authority();
  const std::string& certificate_pem() const { return self_.certificate_pem; }
  Certificate Issue(const std::string& common_name) const;

 private:
  Certificate self_;
};

// Writes a file and returns its path.
std::string WriteFile(const std::string& path, const std::string& text);

}  // namespace redress::test
