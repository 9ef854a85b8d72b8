#include "tools/redressctl/session.h"

#include <grpcpp/create_channel.h>
#include <openssl/rand.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

#include "absl/random/random.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status.h"
#include "tools/redressctl/error_text.h"

namespace redress::ctl {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(100);
constexpr absl::Duration kPauseMax = absl::Seconds(5);
constexpr absl::Duration kAskedPauseMax = absl::Seconds(30);
constexpr int kRequestIdBytes = 16;

absl::Status ReadPem(const std::string& path, std::string& pem) {
  if (path.empty()) return absl::OkStatus();
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return absl::InvalidArgumentError(absl::StrCat(path, " cannot be read"));
  }
  pem = text.str();
  return absl::OkStatus();
}

}  // namespace

absl::Status Session::Open() {
  credentials_ = grpc::InsecureChannelCredentials();
  if (options_.UsesTls()) {
    grpc::SslCredentialsOptions tls;
    RETURN_IF_ERROR(ReadPem(options_.tls_ca, tls.pem_root_certs));
    RETURN_IF_ERROR(ReadPem(options_.tls_cert, tls.pem_cert_chain));
    RETURN_IF_ERROR(ReadPem(options_.tls_key, tls.pem_private_key));
    credentials_ = grpc::SslCredentials(tls);
  }
  Reconnect();
  return absl::OkStatus();
}

void Session::Reconnect() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  arguments.SetUserAgentPrefix("redressctl");
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Repeats are this class's own: it knows which calls may be repeated and for how long.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  channel_ = grpc::CreateCustomChannel(options_.server, credentials_, arguments);
}

std::unique_ptr<grpc::ClientContext> Session::NewContext(bool has_deadline) const {
  auto context = std::make_unique<grpc::ClientContext>();
  if (!options_.token.empty()) {
    context->AddMetadata("authorization", absl::StrCat("Bearer ", options_.token));
  }
  if (has_deadline || !options_.timeout.empty()) {
    context->set_deadline(std::chrono::system_clock::now() +
                          absl::ToChronoMilliseconds(TimeoutOf(options_) + extra_time_));
  }
  return context;
}

grpc::Status Session::Repeat(const std::function<grpc::Status(grpc::ClientContext*)>& attempt) {
  grpc::Status status;
  for (int number = 0; number < kAttemptsMax; ++number) {
    if (number > 0) PauseBefore(number, status);
    status = attempt(NewContext(true).get());
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE) break;
  }
  return status;
}

void Session::PauseBefore(int number, const grpc::Status& last) {
  const absl::Duration asked = std::min(RetryDelayOf(DetailsOf(last)), kAskedPauseMax);
  const absl::Duration grown = std::min(kFirstPause * (1 << std::min(number - 1, 10)), kPauseMax);
  absl::BitGen random;
  terminal_.sleep(std::max(asked, grown * absl::Uniform(random, 0.8, 1.2)));
  Reconnect();
}

std::string Session::NewRequestId() {
  unsigned char bytes[kRequestIdBytes];
  CHECK_EQ(RAND_bytes(bytes, kRequestIdBytes), 1);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes), kRequestIdBytes));
}

}  // namespace redress::ctl
