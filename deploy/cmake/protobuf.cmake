# Generated code lives in the build tree only. Each proto library gets an output folder of its own, so that an include
# of a message whose library is not a declared dependency does not compile.

if(REDRESS_SANITIZE MATCHES undefined)
  set(REDRESS_GENERATED_OPTIONS -fno-sanitize=undefined)
endif()

# redress_proto_library(NAME PROTOS files... [ROOT folder] [DEPS targets...] [GRPC])
# Makes a library NAME from .proto files. With GRPC it also makes NAME_grpc (services and stubs, linked to grpc++), so
# that layers which only know the messages need not link gRPC.
#   PROTOS  paths from the current folder, or absolute ones
#   ROOT    the import root, also the start of include paths; proto/ of this repository when left out
#   DEPS    proto libraries whose files these import
# Generated code is compiled without our warnings and without the undefined behaviour sanitizer, with which it takes
# twice as long; its headers count as system headers.
function(redress_proto_library name)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "PROTOS;DEPS" ${ARGN})
  if(NOT ARG_ROOT)
    set(ARG_ROOT ${CMAKE_SOURCE_DIR}/proto)
  endif()
  set(out ${CMAKE_BINARY_DIR}/generated/${name})
  set(out_grpc ${CMAKE_BINARY_DIR}/generated/${name}_grpc)
  file(MAKE_DIRECTORY ${out} ${out_grpc})

  foreach(proto ${ARG_PROTOS})
    cmake_path(ABSOLUTE_PATH proto BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    cmake_path(RELATIVE_PATH proto BASE_DIRECTORY ${ARG_ROOT} OUTPUT_VARIABLE import)
    string(REGEX REPLACE "[.]proto$" "" stem ${import})
    set(imports -I${ARG_ROOT} -I${CMAKE_SOURCE_DIR}/proto)

    # protoc reports what a file imports, so an edit of an imported file generates its importers again.
    add_custom_command(
      OUTPUT ${out}/${stem}.pb.cc ${out}/${stem}.pb.h
      COMMAND protobuf::protoc ${imports} --cpp_out=${out} --dependency_out=${out}/${stem}.d ${import}
      DEPENDS ${proto}
      DEPFILE ${out}/${stem}.d
      COMMENT "Generating messages of ${import}"
      VERBATIM)
    list(APPEND sources ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    cmake_path(GET stem PARENT_PATH folder)
    file(MAKE_DIRECTORY ${out}/${folder} ${out_grpc}/${folder})

    if(ARG_GRPC)
      add_custom_command(
        OUTPUT ${out_grpc}/${stem}.grpc.pb.cc ${out_grpc}/${stem}.grpc.pb.h
        COMMAND protobuf::protoc ${imports} --grpc_out=${out_grpc}
                --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>
                --dependency_out=${out_grpc}/${stem}.d ${import}
        DEPENDS ${proto}
        DEPFILE ${out_grpc}/${stem}.d
        COMMENT "Generating services of ${import}"
        VERBATIM)
      list(APPEND grpc_sources ${out_grpc}/${stem}.grpc.pb.cc ${out_grpc}/${stem}.grpc.pb.h)
    endif()
  endforeach()

  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_link_libraries(${name} PUBLIC protobuf::libprotobuf ${ARG_DEPS})
  redress_use_precompiled(${name} redress_precompiled)
  target_compile_options(${name} PRIVATE ${REDRESS_GENERATED_OPTIONS})
  if(ARG_GRPC)
    add_library(${name}_grpc STATIC ${grpc_sources})
    target_include_directories(${name}_grpc SYSTEM PUBLIC ${out_grpc})
    target_link_libraries(${name}_grpc PUBLIC ${name} gRPC::grpc++)
    redress_use_precompiled(${name}_grpc redress_precompiled)
    target_compile_options(${name}_grpc PRIVATE ${REDRESS_GENERATED_OPTIONS})
  endif()
endfunction()
