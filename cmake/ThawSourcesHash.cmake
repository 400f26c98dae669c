# A hash of the sources that decide the bits of a feature, as a function of C++: kept features are found again only by a
# program that computes the same. Comments and the layout of the text are left out of it.

# thaw_hashed_sources(RESULT ROOT PATTERN...): the files under ROOT that a pattern names, sorted, relative to ROOT. A
# pattern that begins a folder's path and ends in /* names all that lies in it.
function(thaw_hashed_sources result root)
  set(found "")
  foreach(pattern IN LISTS ARGN)
    file(GLOB_RECURSE files RELATIVE ${root} ${root}/${pattern}.h ${root}/${pattern}.cpp)
    list(APPEND found ${files})
  endforeach()
  list(SORT found)
  list(REMOVE_DUPLICATES found)
  set(${result} ${found} PARENT_SCOPE)
endfunction()

# thaw_without_comments(VARIABLE): the text in it without comments to the end of a line, comments within a line, and all
# space but one between words. A comment begins after a space, so that the // of an address in a text is none.
function(thaw_without_comments variable)
  set(text "\n${${variable}}")
  string(REGEX REPLACE "[ \t\r\n]//[^\n]*" "\n" text "${text}")
  string(REGEX REPLACE "/[*][^\n*]*[*]/" "" text "${text}")
  string(REGEX REPLACE "[ \t\r\n]+" " " text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

# thaw_sources_hash(NAME PATTERN...): the library thaw_NAME with thaw::sources_hash(), made anew when a file under
# src/thaw/ that a pattern names, or the compiler, has changed. It links nothing, so that nothing waits for more than it.
function(thaw_sources_hash name)
  set(root ${PROJECT_SOURCE_DIR}/src/thaw)
  foreach(pattern IN LISTS ARGN)  # so that new files are seen
    file(GLOB_RECURSE ignored CONFIGURE_DEPENDS ${root}/${pattern}.h ${root}/${pattern}.cpp)
  endforeach()
  thaw_hashed_sources(sources ${root} ${ARGN})
  list(TRANSFORM sources PREPEND ${root}/)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  set(compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  string(REPLACE ";" "," patterns "${ARGN}")
  set(output ${CMAKE_CURRENT_BINARY_DIR}/sources_hash.cpp)
  add_custom_command(OUTPUT ${output} VERBATIM
    COMMAND ${CMAKE_COMMAND} -D ROOT=${root} -D PATTERNS=${patterns} "-DCOMPILER=${compiler}" -D OUTPUT=${output}
      -P ${PROJECT_SOURCE_DIR}/cmake/sources_hash.cmake
    DEPENDS ${sources} ${PROJECT_SOURCE_DIR}/cmake/sources_hash.cmake ${PROJECT_SOURCE_DIR}/cmake/ThawSourcesHash.cmake
    COMMENT "Hashing the sources")
  add_library(thaw_${name} STATIC ${output})
  target_include_directories(thaw_${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_features(thaw_${name} PUBLIC cxx_std_20)
  set_target_properties(thaw_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF UNITY_BUILD OFF)
  set_property(GLOBAL APPEND PROPERTY THAW_MODULES thaw_${name})
endfunction()
