include(CMakePackageConfigHelpers)

get_property(modules GLOBAL PROPERTY THAW_MODULES)
# `thaw::thaw` is the whole library.
add_library(thaw_library INTERFACE)
set_target_properties(thaw_library PROPERTIES EXPORT_NAME thaw)
target_link_libraries(thaw_library INTERFACE ${modules})
add_library(thaw::thaw ALIAS thaw_library)

install(TARGETS ${modules} thaw_library EXPORT thawTargets FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT thawTargets NAMESPACE thaw:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/thaw)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/thawConfig.cmake.in ${PROJECT_BINARY_DIR}/thawConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/thaw)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/thawConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/thawConfig.cmake ${PROJECT_BINARY_DIR}/thawConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/thaw)
