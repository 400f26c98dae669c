# Copies the libraries that the installed program needs, but the C library's own and oneDNN where it is there already,
# beside it, each with the licence that its Debian package states. The program finds them relative to itself.
set(prefix "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")
set(folder ${prefix}/${libdir}/thaw/libraries)
file(GET_RUNTIME_DEPENDENCIES EXECUTABLES ${program}
  RESOLVED_DEPENDENCIES_VAR libraries UNRESOLVED_DEPENDENCIES_VAR missing
  PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|pthread|rt|resolv|util)\\.so" "^libdnnl")
if(missing)
  message(FATAL_ERROR "expected these libraries, found none: ${missing}")
endif()
find_program(DPKG_QUERY dpkg-query REQUIRED)
foreach(library IN LISTS libraries)
  file(INSTALL ${library} DESTINATION ${folder} FOLLOW_SYMLINK_CHAIN)
  # Which package it is of: its list names the file under /lib or /usr/lib.
  file(REAL_PATH ${library} real)
  cmake_path(GET real FILENAME name)
  execute_process(COMMAND ${DPKG_QUERY} --search "*/${name}" OUTPUT_VARIABLE owners ERROR_QUIET)
  string(REGEX MATCH "^[^:, ]+" package "${owners}")
  set(copyright /usr/share/doc/${package}/copyright)
  if(NOT package OR NOT EXISTS ${copyright})
    message(FATAL_ERROR "expected a Debian package with a copyright file for ${real}, found '${package}'")
  endif()
  file(REAL_PATH ${copyright} copyright)
  configure_file(${copyright} ${prefix}/${docdir}/licenses/${package} COPYONLY)
  # Licences that it only points to.
  file(STRINGS ${copyright} lines REGEX "/usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "/usr/share/common-licenses/([A-Za-z0-9.-]*[A-Za-z0-9])" common "${line}")
    if(EXISTS ${common})
      file(REAL_PATH ${common} text)
      configure_file(${text} ${prefix}/${docdir}/licenses/common-licenses/${CMAKE_MATCH_1} COPYONLY)
    endif()
  endforeach()
endforeach()
