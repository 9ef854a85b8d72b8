# Two thirds of the time of compiling a file here went into headers of others: the standard library's, Abseil's,
# protobuf's, GoogleTest's. They are compiled once for everything, and once more for tests. A file still includes what it
# uses: `cmake --preset dev -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON` builds without.

# Without the instant of its making, what ccache kept can be used again.
add_compile_options(-Xclang -fno-pch-timestamp)

set(REDRESS_NO_SOURCE ${CMAKE_BINARY_DIR}/precompiled.cc)
file(CONFIGURE OUTPUT ${REDRESS_NO_SOURCE} CONTENT "")

add_library(redress_precompiled STATIC ${REDRESS_NO_SOURCE})
target_link_libraries(redress_precompiled PRIVATE protobuf::libprotobuf)
target_precompile_headers(redress_precompiled PRIVATE
  <algorithm> <cstdint> <functional> <map> <memory> <optional> <string> <utility> <variant> <vector>
  <absl/container/btree_map.h> <absl/container/flat_hash_map.h> <absl/container/flat_hash_set.h> <absl/status/statusor.h>
  <absl/strings/str_cat.h> <absl/strings/str_format.h> <absl/strings/str_join.h> <absl/strings/str_split.h>
  <absl/synchronization/mutex.h> <absl/time/time.h> <absl/types/span.h>
  <google/protobuf/any.pb.h> <google/protobuf/duration.pb.h> <google/protobuf/map_entry.h>
  <google/protobuf/map_field_inl.h> <google/protobuf/struct.pb.h> <google/protobuf/timestamp.pb.h>)

add_library(redress_precompiled_for_tests STATIC ${REDRESS_NO_SOURCE})
target_link_libraries(redress_precompiled_for_tests PRIVATE protobuf::libprotobuf GTest::gmock)
get_target_property(REDRESS_PRECOMPILED redress_precompiled PRECOMPILE_HEADERS)
target_precompile_headers(redress_precompiled_for_tests PRIVATE ${REDRESS_PRECOMPILED} <gmock/gmock.h>)

# redress_use_precompiled(NAME FROM): NAME includes what FROM, one of the two above, has compiled.
function(redress_use_precompiled name from)
  target_precompile_headers(${name} REUSE_FROM ${from})
endfunction()
