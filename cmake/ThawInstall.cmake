# Component `program` is what someone who runs it needs, `development` what someone who builds against the library does.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/thaw)
foreach(kind IN LISTS THAW_LIBRARIES)
  install(TARGETS thaw_${kind} EXPORT thaw_${kind} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    COMPONENT development LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
  install(EXPORT thaw_${kind} NAMESPACE thaw:: DESTINATION ${package_folder} COMPONENT development)
endforeach()
foreach(header IN LISTS THAW_PUBLIC_HEADERS)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${PROJECT_SOURCE_DIR}/src/thaw/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/thaw/${folder}
    COMPONENT development)
endforeach()
install(FILES ${THAW_GENERATED_INCLUDE}/thaw/thaw.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/thaw
  COMPONENT development)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/thawConfig.cmake.in ${PROJECT_BINARY_DIR}/thawConfig.cmake
  INSTALL_DESTINATION ${package_folder} PATH_VARS CMAKE_INSTALL_LIBDIR THAW_BUNDLED_ONEDNN)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/thawConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/thawConfig.cmake ${PROJECT_BINARY_DIR}/thawConfigVersion.cmake
  DESTINATION ${package_folder} COMPONENT development)

if(THAW_ONEDNN_IS_BUNDLED)
  set(onednn ${PROJECT_SOURCE_DIR}/.deps/onednn)
  install(DIRECTORY ${onednn}/lib ${onednn}/share DESTINATION ${THAW_BUNDLED_ONEDNN} COMPONENT program
    PATTERN "python*" EXCLUDE PATTERN "cmake" EXCLUDE PATTERN "*.a" EXCLUDE)
  install(DIRECTORY ${onednn}/include DESTINATION ${THAW_BUNDLED_ONEDNN} COMPONENT development)
  install(DIRECTORY ${onednn}/lib/cmake DESTINATION ${THAW_BUNDLED_ONEDNN}/lib COMPONENT development)
endif()
if(TARGET thaw)
  install(TARGETS thaw RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
  include(ThawPackage)
endif()
