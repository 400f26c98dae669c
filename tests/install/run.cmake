# Installs the build into a folder of its own, then configures, builds and runs project/ against it.
set(work ${BUILD_FOLDER}/install_test)
file(REMOVE_RECURSE ${work})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}: ${result}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD_FOLDER} --prefix ${work}/prefix)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/project -B ${work}/build -G ${GENERATOR}
  -DCMAKE_PREFIX_PATH=${work}/prefix -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_BUILD_TYPE=Release)
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/outside)
if(NOT output MATCHES "flowers" OR NOT output MATCHES "27")
  message(FATAL_ERROR "expected a summary of layer \"flowers\" with 27 parameters, received\n${output}")
endif()
if(EXISTS ${work}/prefix/bin/thaw)
  run(${work}/prefix/bin/thaw --version)
endif()
