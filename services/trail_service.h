// The ledger given out, to be kept and checked where no server is.
#pragma once

#include <memory>

#include "base/ed25519.h"
#include "redress/v1/trail_service.pb.h"
#include "services/backend.h"
#include "services/method_set.h"

namespace redress::services {

class TrailService {
 public:
  // `key` signs anchors; null: they are refused. REQUIRES: both outlive this.
  TrailService(Backend& backend, const base::SigningKey* key);
  const MethodSet& methods() const { return methods_; }

 private:
  struct Export;

  void ExportTrail(const Caller& caller, v1::ExportTrailRequest request,
                   Stream<v1::ExportTrailResponse> stream);
  void GetAnchor(const Caller& caller, v1::GetAnchorRequest request,
                 Reply<v1::GetAnchorResponse> reply);
  void Begin(const std::shared_ptr<Export>& trail, v1::ExportTrailResponse start);
  // Sends commits while the caller reads them, and comes back when there is room for more. Holds no
  // snapshot meanwhile: commits never change.
  void SendSome(const std::shared_ptr<Export>& trail);

  Backend& backend_;
  const base::SigningKey* const key_;
  MethodSet methods_;
};

}  // namespace redress::services
