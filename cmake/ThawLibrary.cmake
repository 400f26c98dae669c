# The library for others, `thaw::thaw`: all modules in one file, static or shared, from the same objects. BUILD_SHARED_LIBS
# says which; where it says nothing both are made and thaw::thaw is the static one (find_package(thaw COMPONENTS shared)
# asks for the other).
if(DEFINED BUILD_SHARED_LIBS)
  set(THAW_LIBRARIES static)
  if(BUILD_SHARED_LIBS)
    set(THAW_LIBRARIES shared)
  endif()
elseif(PROJECT_IS_TOP_LEVEL)
  set(THAW_LIBRARIES static shared)
else()
  set(THAW_LIBRARIES static)
endif()

get_property(modules GLOBAL PROPERTY THAW_MODULES)
get_property(linked GLOBAL PROPERTY THAW_LINKED)
list(REMOVE_DUPLICATES linked)
# Headers alone: whoever links thaw does not need them.
list(REMOVE_ITEM linked nlohmann_json::nlohmann_json Eigen3::Eigen)
list(TRANSFORM modules REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)

# thaw/thaw.h includes every public header.
get_property(THAW_PUBLIC_HEADERS GLOBAL PROPERTY THAW_PUBLIC_HEADERS)
list(APPEND THAW_PUBLIC_HEADERS version.h)
list(SORT THAW_PUBLIC_HEADERS)
list(TRANSFORM THAW_PUBLIC_HEADERS REPLACE "(.+)" "#include \"thaw/\\1\"" OUTPUT_VARIABLE includes)
list(JOIN includes "\n" includes)
set(THAW_GENERATED_INCLUDE ${PROJECT_BINARY_DIR}/include)
file(CONFIGURE OUTPUT ${THAW_GENERATED_INCLUDE}/thaw/thaw.h @ONLY CONTENT
"// All of thaw's public headers, collected by cmake/ThawLibrary.cmake.
#pragma once

@includes@
")

foreach(kind IN LISTS THAW_LIBRARIES)
  string(TOUPPER ${kind} upper)
  add_library(thaw_${kind} ${upper} ${objects})
  target_link_libraries(thaw_${kind} PRIVATE ${linked})
  target_compile_features(thaw_${kind} PUBLIC cxx_std_20)
  target_include_directories(thaw_${kind} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
    $<BUILD_INTERFACE:${THAW_GENERATED_INCLUDE}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_target_properties(thaw_${kind} PROPERTIES OUTPUT_NAME thaw LINKER_LANGUAGE CXX
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR})
endforeach()
list(GET THAW_LIBRARIES 0 kind)
add_library(thaw::thaw ALIAS thaw_${kind})
# What the program links: the modules themselves save it waiting for one large file.
set(THAW_WHOLE ${modules})
if(BUILD_SHARED_LIBS)
  set(THAW_WHOLE thaw_shared)
endif()

# Only names of namespace thaw leave the shared library; what others' headers put into our objects (fmt, JSON, parts of
# the standard library) stays inside and cannot meet a program's own. A list for the linker says so, and no mark at each
# declaration: both libraries come from the same objects, and a new declaration has no mark that could be forgotten.
if(TARGET thaw_shared)
  target_link_options(thaw_shared PRIVATE LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/libthaw.map
    LINKER:--no-undefined)
  set_target_properties(thaw_shared PROPERTIES LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/libthaw.map)
endif()

# oneDNN from .deps is no part of the system, so it goes along, and what links it finds it relative to itself: in the
# build tree by a link, when it is installed as a copy. A search path that installing changes would end in an empty
# entry, which means the folder that a program is run in: there lie photos, not our libraries.
set(THAW_BUNDLED_ONEDNN ${CMAKE_INSTALL_LIBDIR}/thaw/onednn)
cmake_path(IS_PREFIX PROJECT_SOURCE_DIR "${dnnl_DIR}" NORMALIZE THAW_ONEDNN_IS_BUNDLED)
if(THAW_ONEDNN_IS_BUNDLED)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR}/thaw)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/.deps/onednn ${PROJECT_BINARY_DIR}/${THAW_BUNDLED_ONEDNN} SYMBOLIC)
endif()
if(TARGET thaw_shared)
  set_target_properties(thaw_shared PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN/thaw/onednn/lib")
endif()
