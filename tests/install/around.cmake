# Configures a project that has thaw as a part of it, and looks at how both would be built.
include(${CMAKE_CURRENT_LIST_DIR}/helpers.cmake)
set(work ${BUILD}/around_test)
file(REMOVE_RECURSE ${work})
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/subproject -B ${work} -G Ninja -D CMAKE_MAKE_PROGRAM=${NINJA} -D THAW_SOURCE=${SOURCE}
  -D CMAKE_CXX_COMPILER=${COMPILER})
file(READ ${work}/compile_commands.json commands)
if(NOT commands MATCHES "trainer\\.cpp" OR commands MATCHES "-Werror|ccache")
  message(FATAL_ERROR "expected commands without -Werror and ccache in ${work}/compile_commands.json")
endif()
# The link finds what the static library asks for.
run(${NINJA} -C ${work} -t commands around)
expect("${output}" "-o around .*libthaw\\.a.*libdnnl")
file(REMOVE_RECURSE ${work})
