# Installs to a temporary prefix, moves that (an installation must not depend on its place), builds
# the programs of tests/build/consumer, README.md and examples/embed_* against it by find_package, and
# runs them; then one by pkg-config; and asks for components that are not there.
# cmake -D SOURCE_DIR= -D BINARY_DIR= -D WORK_DIR= -D GENERATOR= -D CXX= -D LIBDIR= -D SHARED=
#   -D NEURAL= -P consumer.cmake
# With -D PREFIX=<dir> it takes what is installed there already instead.
cmake_minimum_required(VERSION 3.24)

file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${WORK_DIR})
if(NOT PREFIX)
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${BINARY_DIR} --prefix ${WORK_DIR}/staged
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  set(PREFIX ${WORK_DIR}/moved)
  file(RENAME ${WORK_DIR}/staged ${PREFIX})
endif()

# The first C++ block of README.md is a whole program.
file(READ ${SOURCE_DIR}/README.md readme)
if(NOT readme MATCHES "\n```cpp\n([^`]*)```")
  message(FATAL_ERROR "README.md: expected a block that starts with ```cpp")
endif()
file(WRITE ${WORK_DIR}/readme.cpp "${CMAKE_MATCH_1}")

# configure(<folder> <build folder's name> <variable for the exit status> [-D ...])
function(configure folder name result)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${SOURCE_DIR}/${folder} -B ${WORK_DIR}/${name}
      -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${CXX} -D CMAKE_BUILD_TYPE=Release
      -D CMAKE_PREFIX_PATH=${PREFIX} ${ARGN}
    RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  set(${result} ${status} PARENT_SCOPE)
  set(text "${text}" PARENT_SCOPE)
endfunction()

configure(tests/build/consumer all status -D README_PROGRAM=${WORK_DIR}/readme.cpp
  -D NEURAL=${NEURAL})
if(NOT status EQUAL 0)
  message(FATAL_ERROR "find_package(sam6d) failed:\n${text}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK_DIR}/all COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${WORK_DIR}/all/find_box COMMAND_ERROR_IS_FATAL ANY)
if(NEURAL)
  execute_process(COMMAND ${WORK_DIR}/all/networks COMMAND_ERROR_IS_FATAL ANY)
  if(SHARED)
    execute_process(COMMAND ${WORK_DIR}/all/networks_found COMMAND_ERROR_IS_FATAL ANY)
  else()
    # The program calls nothing of the archive, which must be in it all the same.
    find_program(nm nm REQUIRED)
    execute_process(COMMAND ${nm} --demangle ${WORK_DIR}/all/networks OUTPUT_VARIABLE symbols
      COMMAND_ERROR_IS_FATAL ANY)
    if(NOT symbols MATCHES "sam6d::ops::furthest_point_sampling")
      message(FATAL_ERROR "sam6d::neural: expected the linker to keep all of the archive")
    endif()
  endif()
endif()

# The installed tool makes a scene, README's program finds something in it.
if(EXISTS ${PREFIX}/bin/sam6d)
  execute_process(COMMAND ${PREFIX}/bin/sam6d demo --quiet --out ${WORK_DIR}/demo
    COMMAND_ERROR_IS_FATAL ANY)
  set(input ${WORK_DIR}/demo/input)
  file(GLOB meshes ${input}/*.ply)
  list(GET meshes 0 mesh)
  execute_process(
    COMMAND ${WORK_DIR}/all/readme ${mesh} ${input}/rgb.png ${input}/depth.png ${input}/camera.json
    OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  if(NOT text MATCHES "score [01]\\.[0-9]+ at ")
    message(FATAL_ERROR "README's program: expected a pose of ${mesh}, got:\n${text}")
  endif()
  message(STATUS "README's program: ${text}")
endif()

# The small programs of examples/ are projects of their own.
file(GLOB examples RELATIVE ${SOURCE_DIR} ${SOURCE_DIR}/examples/embed_*)
foreach(example IN LISTS examples)
  get_filename_component(name ${example} NAME)
  configure(${example} ${name} status)
  if(status EQUAL 0)
    execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK_DIR}/${name} COMMAND_ERROR_IS_FATAL ANY)
  elseif(text MATCHES "OpenCVConfig.cmake")
    message(STATUS "${name} is left out: OpenCV's CMake package (libopencv-dev) is not here")
  else()
    message(FATAL_ERROR "${example}:\n${text}")
  endif()
endforeach()

# Components that are not there: the message says which, and what to do.
set(absent_components teapots)
if(NOT NEURAL)
  list(PREPEND absent_components neural)
endif()
foreach(component IN LISTS absent_components)
  configure(tests/build/consumer ${component} status -D SAM6D_COMPONENTS=${component})
  if(status EQUAL 0 OR NOT text MATCHES "no[ \n]+component[ \n]+\"${component}\"")
    message(FATAL_ERROR "COMPONENTS ${component}: expected a clear refusal, got:\n${text}")
  endif()
endforeach()

find_program(pkg_config NAMES pkg-config pkgconf)
if(SHARED AND pkg_config)
  set(modules sam6d-io sam6d-viz)
  if(NEURAL)
    list(APPEND modules sam6d-neural)
  endif()
  set(ENV{PKG_CONFIG_PATH} ${PREFIX}/${LIBDIR}/pkgconfig)
  execute_process(COMMAND ${pkg_config} --cflags --libs ${modules}
    OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  execute_process(
    COMMAND ${CXX} -std=c++20 ${SOURCE_DIR}/tests/build/consumer/versions.cpp ${flags}
      -Wl,-rpath,${PREFIX}/${LIBDIR} -o ${WORK_DIR}/versions
    COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${WORK_DIR}/versions COMMAND_ERROR_IS_FATAL ANY)
endif()
