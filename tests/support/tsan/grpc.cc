// Lets the thread sanitizer see what gRPC orders, which Debian builds without it: what a thread did
// before it started an operation has happened before what the thread does that is told of its end.
#include <dlfcn.h>
#include <grpc/grpc.h>

extern "C" {

void __tsan_acquire(void* address);
void __tsan_release(void* address);

#define REDRESS_UNSEEN __attribute__((no_sanitize("thread")))

REDRESS_UNSEEN grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops,
                                                     size_t count, void* tag, void* reserved) {
  static const auto behind =
      reinterpret_cast<decltype(&grpc_call_start_batch)>(dlsym(RTLD_NEXT, "grpc_call_start_batch"));
  __tsan_release(tag);
  return behind(call, ops, count, tag, reserved);
}

REDRESS_UNSEEN grpc_event grpc_completion_queue_next(grpc_completion_queue* queue,
                                                     gpr_timespec deadline, void* reserved) {
  static const auto behind = reinterpret_cast<decltype(&grpc_completion_queue_next)>(
      dlsym(RTLD_NEXT, "grpc_completion_queue_next"));
  const grpc_event event = behind(queue, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(event.tag);
  return event;
}

}  // extern "C"
