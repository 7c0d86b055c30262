# Flags of our own targets, and of nobody else's: nothing here leaks into a host project.
option(SAM6D_WERROR "Treat warnings as errors" OFF)
set(SAM6D_SANITIZE "" CACHE STRING "Sanitizers for everything, e.g. address,undefined or thread")
option(SAM6D_COVERAGE "Instrument for line coverage (clang)" OFF)

add_library(sam6d_options INTERFACE)
# What nvcc generates is full of line directives that -Wpedantic takes for GNU's.
target_compile_options(sam6d_options INTERFACE
  -Wall -Wextra $<$<COMPILE_LANGUAGE:CXX>:-Wpedantic> -Wshadow
  $<$<AND:$<BOOL:${SAM6D_WERROR}>,$<COMPILE_LANGUAGE:CXX>>:-Werror>)
# GCC 12 sees an overlapping copy in `"text" + std::string` (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(sam6d_options INTERFACE -Wno-restrict)
endif()

# What sanitizers and fuzzers need must reach every object file, the tests' included.
if(SAM6D_BUILD_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "SAM6D_BUILD_FUZZERS needs clang (libFuzzer), and the compiler is "
      "${CMAKE_CXX_COMPILER_ID}. Use the preset: cmake --preset fuzz")
  endif()
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
if(SAM6D_SANITIZE)
  add_compile_options(-fsanitize=${SAM6D_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SAM6D_SANITIZE})
endif()
if(SAM6D_COVERAGE)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "SAM6D_COVERAGE needs clang. Use the preset: cmake --preset coverage")
  endif()
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate -fcoverage-mapping)
endif()

if(PROJECT_IS_TOP_LEVEL)
  find_program(SAM6D_CCACHE ccache)
  if(SAM6D_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${SAM6D_CCACHE})
  endif()
  if(SAM6D_CCACHE AND NOT CMAKE_CUDA_COMPILER_LAUNCHER)
    set(CMAKE_CUDA_COMPILER_LAUNCHER ${SAM6D_CCACHE})
  endif()
  include(CheckLinkerFlag)
  find_program(SAM6D_MOLD mold)
  if(SAM6D_MOLD)
    check_linker_flag(CXX -fuse-ld=mold SAM6D_LINKER_TAKES_MOLD)
    if(SAM6D_LINKER_TAKES_MOLD)
      add_link_options(-fuse-ld=mold)
    endif()
  endif()
endif()
