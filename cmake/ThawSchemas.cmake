# thaw_schemas(TARGET): adds what is generated from the schemas of files that others define, which lie in TARGET's folders:
# NAME.proto gives "thaw/…/NAME.pb.h" (protobuf, lite) and NAME.fbs "thaw/…/NAME_generated.h" (flatbuffers). They hold
# only the fields that are read. Linters build `thaw_schemas` alone.
add_custom_target(thaw_schemas)

function(thaw_schemas target)
  file(GLOB_RECURSE schemas CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/src
    ${CMAKE_CURRENT_SOURCE_DIR}/*.proto ${CMAKE_CURRENT_SOURCE_DIR}/*.fbs)
  set(root ${PROJECT_BINARY_DIR}/schemas)
  set(generated "")
  foreach(schema IN LISTS schemas)
    cmake_path(GET schema STEM name)
    cmake_path(GET schema PARENT_PATH folder)
    file(MAKE_DIRECTORY ${root}/${folder})
    if(schema MATCHES "proto$")
      set(outputs ${root}/${folder}/${name}.pb.h ${root}/${folder}/${name}.pb.cc)
      add_custom_command(OUTPUT ${outputs} DEPENDS ${PROJECT_SOURCE_DIR}/src/${schema} VERBATIM
        COMMAND ${PROTOC} -I ${PROJECT_SOURCE_DIR}/src --cpp_out=${root} ${schema})
      set_source_files_properties(${root}/${folder}/${name}.pb.cc PROPERTIES COMPILE_OPTIONS -w)
    else()
      set(outputs ${root}/${folder}/${name}_generated.h)
      add_custom_command(OUTPUT ${outputs} DEPENDS ${PROJECT_SOURCE_DIR}/src/${schema} VERBATIM
        COMMAND ${FLATC} --cpp -o ${root}/${folder} ${PROJECT_SOURCE_DIR}/src/${schema})
    endif()
    list(APPEND generated ${outputs})
  endforeach()
  if(generated)
    add_custom_target(thaw_schemas_of_${target} DEPENDS ${generated})
    add_dependencies(thaw_schemas thaw_schemas_of_${target})
    add_dependencies(${target} thaw_schemas_of_${target})
    target_sources(${target} PRIVATE ${generated})
    target_include_directories(${target} SYSTEM PRIVATE ${root})
  endif()
endfunction()
