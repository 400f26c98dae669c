# Packages of the program (script/package makes them): CPack's component `program` is what everyone gets, `libraries` what
# a tarball and a wheel bring along so that they run where nothing but the C library is. The Debian package names the
# system's packages instead.
set(CPACK_PACKAGE_NAME thaw)
set(CPACK_PACKAGE_VENDOR "The thaw authors")
set(CPACK_PACKAGE_CONTACT "The thaw authors <thaw@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION "Takes a folder of images and a pretrained network and makes an image classifier of them, in seconds:
 feature extraction first, then fine-tuning, as Keras does it. Reads and writes Keras's model files.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
string(TOLOWER "${CMAKE_SYSTEM_NAME}" system)
set(CPACK_PACKAGE_FILE_NAME thaw-${PROJECT_VERSION}-${system}-${CMAKE_SYSTEM_PROCESSOR})

set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/${THAW_BUNDLED_ONEDNN}/lib)
# Downloads of other bases check the server's certificate.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
include(CPack)

# Of libraries that are headers alone the program holds what it uses; their licences are what their packages state.
foreach(package IN ITEMS libcli11-dev libeigen3-dev libflatbuffers-dev libstb-dev nlohmann-json3-dev)
  if(EXISTS /usr/share/doc/${package}/copyright)
    install(FILES /usr/share/doc/${package}/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR}/licenses RENAME ${package}
      COMPONENT program)
  endif()
endforeach()
# Where Debian looks for it.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright COMPONENT debian
  EXCLUDE_FROM_ALL)
install(CODE "set(program $<TARGET_FILE:thaw>)\nset(libdir ${CMAKE_INSTALL_LIBDIR})\nset(docdir ${CMAKE_INSTALL_DOCDIR})"
  COMPONENT libraries EXCLUDE_FROM_ALL)
install(SCRIPT ${PROJECT_SOURCE_DIR}/cmake/bundle_libraries.cmake COMPONENT libraries EXCLUDE_FROM_ALL)
