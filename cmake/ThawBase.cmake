# The default base: the program makes it of the weights that script/setup fetched, where these are there. It looks for it
# in share/thaw/weights beside its own folder, in the build as where it is installed.
set(fetched ${PROJECT_SOURCE_DIR}/.deps/efficientnet_lite0)
set(weights ${PROJECT_BINARY_DIR}/share/thaw/weights)
if(NOT EXISTS ${fetched}/efficientnet-lite0-57934424.pth OR CMAKE_CROSSCOMPILING)
  return()
endif()
file(MAKE_DIRECTORY ${weights})
# Made once: the same weights give the same file.
add_custom_command(OUTPUT ${weights}/efficientnet_lite0.safetensors VERBATIM
  DEPENDS ${fetched}/efficientnet-lite0-57934424.pth
  COMMAND thaw convert ${fetched}/efficientnet-lite0-57934424.pth ${weights}/efficientnet_lite0.safetensors
    --network efficientnet_lite0 --without-top
  COMMENT "Making the default base")
add_custom_target(thaw_base ALL DEPENDS ${weights}/efficientnet_lite0.safetensors)
if(THAW_INSTALL)
  install(FILES ${weights}/efficientnet_lite0.safetensors ${PROJECT_SOURCE_DIR}/docs/efficientnet_lite0.md
    DESTINATION ${CMAKE_INSTALL_DATADIR}/thaw/weights)
  install(FILES ${fetched}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/thaw/weights
    RENAME efficientnet_lite0.LICENSE)
endif()
