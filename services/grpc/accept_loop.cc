#include "services/grpc/accept_loop.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "base/log.h"
#include "base/status.h"
#include "services/grpc/address.h"

namespace redress::services {
namespace {

// While all places are taken, the records of every peer are swept at most this often.
constexpr absl::Duration kSweepInterval = absl::Milliseconds(20);
// How long to hold back when accepting fails for want of something other than a connection.
constexpr absl::Duration kBackOff = absl::Milliseconds(50);

// Below this, not even the server's own descriptors and a few connections find room.
constexpr int kDescriptorsMin = 32;

Descriptor OpenSpare() { return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

absl::Status Failed(absl::string_view what, absl::string_view address, int error) {
  const std::string text = absl::StrCat("cannot ", what, " ", address, ": ", std::strerror(error));
  if (error == EADDRINUSE) return absl::AlreadyExistsError(text);
  if (error == EACCES) return absl::PermissionDeniedError(text);
  return absl::UnavailableError(text);
}

// SO_REUSEADDR lets a restarted server bind while old connections fade; on Linux it does not let
// two servers listen on one port. SO_REUSEPORT would, so it stays off.
absl::StatusOr<Descriptor> OpenListener(const SocketAddress& address, absl::string_view name,
                                        int backlog) {
  Descriptor listener(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listener.is_open()) return Failed("open a socket for", name, errno);
  const int on = 1;
  const int only_ipv6 = address.is_dual ? 0 : 1;
  setsockopt(listener.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (address.family() == AF_INET6) {
    setsockopt(listener.number(), IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof(only_ipv6));
  }
  if (bind(listener.number(), address.get(), address.size) != 0) {
    return Failed("listen on", name, errno);
  }
  if (listen(listener.number(), backlog) != 0) return Failed("listen on", name, errno);
  return listener;
}

int PortOf(const Descriptor& listener) {
  SocketAddress bound;
  bound.size = sizeof(bound.storage);
  CHECK_EQ(getsockname(listener.number(), reinterpret_cast<sockaddr*>(&bound.storage), &bound.size),
           0);
  return bound.port();
}

// 0 when the descriptor is closed or no socket.
uint64_t CookieOf(int descriptor) {
  uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  if (getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0) return 0;
  return cookie;
}

int DescriptorLimit() {
  rlimit limit;
  CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, std::numeric_limits<int>::max()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<AcceptLoop>> AcceptLoop::Listen(absl::string_view address,
                                                               AcceptLimits limits) {
  ASSIGN_OR_RETURN(std::vector<SocketAddress> sockets, ParseListenAddress(address));
  if (DescriptorLimit() - kDescriptorsMin < limits.descriptors_reserve) {
    return absl::FailedPreconditionError(
        absl::StrCat("the limit of ", DescriptorLimit(),
                     " open files (RLIMIT_NOFILE) leaves no room for "
                     "connections beside a reserve of ",
                     limits.descriptors_reserve));
  }
  std::vector<Descriptor> listeners;
  int port = 0;
  for (SocketAddress& socket : sockets) {
    if (port != 0) socket.set_port(port);
    absl::StatusOr<Descriptor> listener = OpenListener(socket, address, limits.backlog);
    const bool lacks_family = errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT;
    if (!listener.ok() && lacks_family && !listeners.empty()) continue;  // a host without IPv6
    RETURN_IF_ERROR(listener.status());
    port = PortOf(*listener);
    listeners.push_back(*std::move(listener));
  }
  CHECK_NE(CookieOf(listeners.front().number()),
           0);  // else no connection would ever count as ended
  Descriptor stop(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop.is_open()) return Failed("wait for", address, errno);
  return std::unique_ptr<AcceptLoop>(
      new AcceptLoop(limits, std::move(listeners), port, std::move(stop)));
}

AcceptLoop::AcceptLoop(AcceptLimits limits, std::vector<Descriptor> listeners, int port,
                       Descriptor stop)
    : limits_(limits),
      port_(port),
      listeners_(std::move(listeners)),
      stop_(std::move(stop)),
      spare_(OpenSpare()) {}

AcceptLoop::~AcceptLoop() { Stop(); }

void AcceptLoop::Stop() {
  // A listening socket that is shut down accepts no more, whatever its thread is doing.
  for (const Descriptor& listener : listeners_) shutdown(listener.number(), SHUT_RDWR);
  const uint64_t one = 1;
  CHECK(write(stop_.number(), &one, sizeof(one)) == sizeof(one) || errno == EAGAIN);
}

void AcceptLoop::Run(const Receive& receive) {
  std::vector<pollfd> waiting;
  for (const Descriptor& listener : listeners_) waiting.push_back({listener.number(), POLLIN, 0});
  waiting.push_back({stop_.number(), POLLIN, 0});
  while (true) {
    if (poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) {
      spdlog::error("waiting for connections failed: {}", std::strerror(errno));
      if (WaitForStop(kBackOff)) return;
      continue;
    }
    if (waiting.back().revents != 0) return;
    for (const Descriptor& listener : listeners_) {
      // A bound on each turn, so that one busy listener cannot keep the others or Stop waiting.
      for (int i = 0; i < limits_.backlog && AcceptOne(listener.number(), receive); ++i) {
      }
    }
  }
}

bool AcceptLoop::AcceptOne(int listener, const Receive& receive) {
  // The last descriptor is the spare's: a connection that took it would leave nothing to refuse the
  // next ones with. Whatever else opens a file may have taken it while it was lent.
  if (!spare_.is_open()) spare_ = OpenSpare();
  if (!spare_.is_open()) {
    WaitForStop(kBackOff);
    return false;
  }
  sockaddr_storage from = {};
  socklen_t size = sizeof(from);
  Descriptor connection(
      accept4(listener, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!connection.is_open()) {
    if (errno == EAGAIN || errno == EINVAL) return false;  // EINVAL: stopped
    if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) return true;
    RefuseForWantOfDescriptors(listener);
    return false;
  }
  // Leaving the scope closes what is refused.
  const std::string peer = PeerOf(from);
  if (connection.number() >= DescriptorLimit() - limits_.descriptors_reserve) {
    refused_descriptors_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  if (!HasPlace(peer)) return true;

  const int on = 1;
  setsockopt(connection.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  by_peer_[peer].push_back({connection.number(), CookieOf(connection.number())});
  ++live_;
  accepted_.fetch_add(1, std::memory_order_relaxed);
  receive(listener, std::move(connection));
  return true;
}

// The connection at the head of the queue would make every poll return at once, so it is taken in
// and closed.
void AcceptLoop::RefuseForWantOfDescriptors(int listener) {
  spare_.Close();
  bool has_failed = false;
  {
    const Descriptor refused(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    has_failed = !refused.is_open() && errno != EAGAIN;
    if (refused.is_open()) refused_descriptors_.fetch_add(1, std::memory_order_relaxed);
  }
  spare_ = OpenSpare();
  if (has_failed || !spare_.is_open()) WaitForStop(kBackOff);
}

bool AcceptLoop::WaitForStop(absl::Duration time) {
  pollfd stop = {stop_.number(), POLLIN, 0};
  return poll(&stop, 1, static_cast<int>(absl::ToInt64Milliseconds(time))) > 0;
}

bool AcceptLoop::HasPlace(const std::string& peer) {
  if (live_ >= limits_.connections_max) SweepAll();
  if (live_ >= limits_.connections_max) {
    refused_all_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  const auto found = by_peer_.find(peer);
  if (found == by_peer_.end()) return true;
  const auto is_full = [&] {
    return found->second.size() >= static_cast<size_t>(limits_.connections_per_peer_max);
  };
  if (is_full()) Sweep(found->second);
  if (!is_full()) return true;
  refused_peer_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

void AcceptLoop::Sweep(Connections& connections) {
  const size_t before = connections.size();
  std::erase_if(connections, [](const Connection& connection) {
    return CookieOf(connection.descriptor) != connection.cookie;
  });
  live_ -= static_cast<int>(before - connections.size());
}

void AcceptLoop::SweepAll() {
  const absl::Time now = absl::Now();
  // A clock that was set back must not put it off for long.
  next_sweep_ = std::min(next_sweep_, now + kSweepInterval);
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepInterval;
  for (auto& [peer, connections] : by_peer_) Sweep(connections);
  absl::erase_if(by_peer_, [](const auto& entry) { return entry.second.empty(); });
}

AcceptCounts AcceptLoop::counts() const {
  return {.accepted = accepted_.load(std::memory_order_relaxed),
          .refused_all = refused_all_.load(std::memory_order_relaxed),
          .refused_peer = refused_peer_.load(std::memory_order_relaxed),
          .refused_descriptors = refused_descriptors_.load(std::memory_order_relaxed)};
}

}  // namespace redress::services
