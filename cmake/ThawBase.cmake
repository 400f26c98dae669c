# Included where the target thaw is made. The default base: the program makes it of the weights that script/setup fetched,
# where these are there, and looks for it in share/thaw/weights beside its own folder, in the build as where it is installed.
set(fetched ${PROJECT_SOURCE_DIR}/.deps/efficientnet_lite0)
set(weights ${PROJECT_BINARY_DIR}/share/thaw/weights)
if(NOT EXISTS ${fetched}/efficientnet-lite0-57934424.pth OR CMAKE_CROSSCOMPILING)
  return()
endif()
file(MAKE_DIRECTORY ${weights})
# With every linking, so that who builds the program alone has it too; it takes a fifth of a second.
add_custom_command(TARGET thaw POST_BUILD VERBATIM BYPRODUCTS ${weights}/efficientnet_lite0.safetensors
  COMMAND thaw convert ${fetched}/efficientnet-lite0-57934424.pth ${weights}/efficientnet_lite0.safetensors
    --network efficientnet_lite0 --without-top
  COMMENT "Making the default base")
if(THAW_INSTALL)
  install(FILES ${weights}/efficientnet_lite0.safetensors ${PROJECT_SOURCE_DIR}/docs/efficientnet_lite0.md
    DESTINATION ${CMAKE_INSTALL_DATADIR}/thaw/weights COMPONENT program)
  install(FILES ${fetched}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/thaw/weights
    RENAME efficientnet_lite0.LICENSE COMPONENT program)
endif()
