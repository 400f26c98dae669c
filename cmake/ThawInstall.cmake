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

# oneDNN from .deps is no part of the system, so it goes along: a program finds it relative to itself,
# an outside project through thawConfig.cmake.
set(bundled_onednn ${CMAKE_INSTALL_LIBDIR}/thaw/onednn)
cmake_path(IS_PREFIX PROJECT_SOURCE_DIR "${dnnl_DIR}" NORMALIZE onednn_is_bundled)
if(onednn_is_bundled)
  foreach(folder include lib share)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/.deps/onednn/${folder} DESTINATION ${bundled_onednn}
      PATTERN "python*" EXCLUDE)
  endforeach()
endif()
# The program that was built finds it in the same way. A search path that installing changes would end
# in an empty entry, which means the folder that it is run in: there lie photos, not our libraries.
if(onednn_is_bundled)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR}/thaw)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/.deps/onednn ${PROJECT_BINARY_DIR}/${bundled_onednn} SYMBOLIC)
endif()
set_target_properties(thaw PROPERTIES BUILD_WITH_INSTALL_RPATH ON
  INSTALL_RPATH "$ORIGIN/../${bundled_onednn}/lib")
install(TARGETS thaw RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
