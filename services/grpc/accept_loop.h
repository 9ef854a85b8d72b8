// Our own TCP accept loop in front of gRPC.
//
// gRPC 1.51 stops accepting for good once accept() has failed for want of descriptors, and it sets
// no bound on connections. This loop does both jobs and hands each connection over.
//
// Descriptors: a connection is taken in only if its descriptor is below RLIMIT_NOFILE minus the
// reserve. accept() gives the lowest free number, so connections can never occupy the top of the
// range, and files of the store find room there whatever a flood does. A spare descriptor serves to
// take in and close what comes when the whole range is full.
//
// Live connections: gRPC owns a connection once it has it and does not say when it closes it. The
// loop remembers the descriptor's number and the kernel's socket cookie, which is unique for the
// socket's life. A number that is closed, or whose socket has another cookie, is a connection that
// has ended. Asking costs one system call and touches nothing, so the records are swept when a
// limit seems to be reached.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/grpc/descriptor.h"

namespace redress::services {

struct AcceptLimits {
  int connections_max = 4096;
  int connections_per_peer_max = 256;  // IPv4 address or IPv6 /64 network
  int descriptors_reserve = 128;       // kept free for the store, logs and gRPC itself
  int backlog = 512;                   // connections that wait for accept()
};

struct AcceptCounts {
  int64_t accepted = 0;
  int64_t refused_all = 0;          // connections_max
  int64_t refused_peer = 0;         // connections_per_peer_max
  int64_t refused_descriptors = 0;  // descriptors_reserve, or none was left at all
};

class AcceptLoop {
 public:
  // Takes over a connected, non-blocking socket, which it must close. `listener` is the socket it
  // came from.
  using Receive = std::function<void(int listener, Descriptor connection)>;

  // Binds and listens. `address` is "host:port", where host is an IPv4 address, an IPv6 address in
  // brackets, "localhost" (both loopbacks) or "*" (every address of both); port 0 picks a free one.
  // Names are not looked up. Fails when the address is malformed, the port is taken (it is never
  // shared with another process), or RLIMIT_NOFILE leaves no room beside the reserve.
  static absl::StatusOr<std::unique_ptr<AcceptLoop>> Listen(absl::string_view address,
                                                            AcceptLimits limits);
  ~AcceptLoop();

  int port() const { return port_; }

  // Accepts until Stop, on the calling thread. Call once.
  void Run(const Receive& receive);
  // Ends accepting at once and closes the listening sockets; Run returns soon after. Any thread,
  // any number of times.
  void Stop();

  AcceptCounts counts() const;

 private:
  struct Connection {
    int descriptor;
    uint64_t cookie;
  };
  using Connections = std::vector<Connection>;

  AcceptLoop(AcceptLimits limits, std::vector<Descriptor> listeners, int port, Descriptor stop);
  // False: nothing more waits at this listener for now.
  bool AcceptOne(int listener, const Receive& receive);
  void RefuseForWantOfDescriptors(int listener);
  bool WaitForStop(absl::Duration time);
  // Whether this peer may have one more; counts the refusal when not.
  bool HasPlace(const std::string& peer);
  void Sweep(Connections& connections);
  void SweepAll();

  const AcceptLimits limits_;
  const int port_;
  std::vector<Descriptor> listeners_;
  Descriptor stop_;   // an eventfd: readable once Stop was called
  Descriptor spare_;  // given up to be able to accept when no other is left
  // Of the thread in Run.
  absl::flat_hash_map<std::string, Connections> by_peer_;
  int live_ = 0;  // sum of the sizes above: an upper bound until the next sweep
  absl::Time next_sweep_ = absl::InfinitePast();

  std::atomic<int64_t> accepted_ = 0;
  std::atomic<int64_t> refused_all_ = 0;
  std::atomic<int64_t> refused_peer_ = 0;
  std::atomic<int64_t> refused_descriptors_ = 0;
};

}  // namespace redress::services
