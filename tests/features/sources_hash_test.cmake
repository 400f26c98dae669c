# cmake -D PROJECT=FOLDER -D PATTERNS=PATTERN,… -D SCRATCH=FOLDER -P sources_hash_test.cmake: edits a copy of the sources
# and looks at the hash that cmake/sources_hash.cmake makes of it.
include(${PROJECT}/cmake/ThawSourcesHash.cmake)
set(root ${SCRATCH}/thaw)
file(REMOVE_RECURSE ${SCRATCH})
file(COPY ${PROJECT}/src/thaw DESTINATION ${SCRATCH})

function(hash result compiler)
  execute_process(COMMAND ${CMAKE_COMMAND} -D ROOT=${root} -D PATTERNS=${PATTERNS} "-DCOMPILER=${compiler}"
    -P ${PROJECT}/cmake/sources_hash.cmake ERROR_VARIABLE hash COMMAND_ERROR_IS_FATAL ANY)
  string(STRIP "${hash}" hash)
  if(NOT hash MATCHES "^[0-9a-f]+$")
    message(FATAL_ERROR "expected a hash, received \"${hash}\"")
  endif()
  set(${result} ${hash} PARENT_SCOPE)
endfunction()

# Puts `to` in the place of `from` in a file, where it must stand, expects the hash to be the same or another, and puts
# it back.
function(expect answer file from to)
  file(READ ${root}/${file} before)
  string(REPLACE "${from}" "${to}" after "${before}")
  if(before STREQUAL after)
    message(FATAL_ERROR "${file}: expected it to contain \"${from}\"")
  endif()
  file(WRITE ${root}/${file} "${after}")
  hash(now gcc)
  file(WRITE ${root}/${file} "${before}")
  if(now STREQUAL untouched AND answer STREQUAL "another")
    message(SEND_ERROR "${file}: \"${from}\" became \"${to}\", and the hash is the same")
  elseif(NOT now STREQUAL untouched AND answer STREQUAL "same")
    message(SEND_ERROR "${file}: \"${from}\" became \"${to}\", and the hash is another")
  endif()
endfunction()

hash(untouched gcc)

# What the user's features must outlive.
expect(same train/optimizers/adam.cpp "namespace thaw {" "namespace thaw {\nint edited();")
expect(same app/commands/fit.cpp "namespace {" "namespace {\nint edited();")
expect(same compile/passes/fuse.cpp "namespace thaw" "int edited();\nnamespace thaw")
expect(same features/disk/shard.cpp "namespace thaw {" "namespace thaw {\nint edited();")
expect(same runtime/cpu/winograd.cpp "#include" "// Another comment, with a \"quote; and [brackets.\n#include")
expect(same runtime/cpu/winograd.cpp "#include" "\n\n#include")
expect(same data/resize.h "/// " "/// Or so: ")
expect(same ops/geometry.h ";\n" ";  // as it was\n")

# What they must not.
expect(another runtime/cpu/winograd.cpp "namespace thaw" "int edited();\nnamespace thaw")
expect(another runtime/cpu/winograd.cpp "+" "-")
expect(another data/resize.cpp "0.5" "0.25")
expect(another data/codecs/jpeg.cpp "namespace thaw" "int edited();\nnamespace thaw")
expect(another features/micro_batches.cpp "namespace thaw" "int edited();\nnamespace thaw")
expect(another ops/geometry.h "struct" "struct edited")

hash(now clang)
if(now STREQUAL untouched)
  message(SEND_ERROR "another compiler, and the hash is the same")
endif()
file(WRITE ${root}/runtime/cpu/ops/edited.cpp "int edited;\n")
hash(now gcc)
if(now STREQUAL untouched)
  message(SEND_ERROR "a new kernel, and the hash is the same")
endif()

# A pattern that names nothing has been forgotten when a file moved.
string(REPLACE "," ";" patterns "${PATTERNS}")
foreach(pattern IN LISTS patterns)
  thaw_hashed_sources(files ${PROJECT}/src/thaw ${pattern})
  if(files STREQUAL "")
    message(SEND_ERROR "src/thaw/features/CMakeLists.txt: no source is called ${pattern}")
  endif()
endforeach()
file(REMOVE_RECURSE ${SCRATCH})
