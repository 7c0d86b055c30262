# The shared libraries export names of namespace sam6d and no others, and link what they may.
# cmake -D NM=nm -D READELF=readelf -D LIBRARIES=a.so;b.so -D SOVERSION=n -P exported_symbols.cmake
cmake_minimum_required(VERSION 3.24)

# What only sam6d::io may link.
set(for_io_alone "assimp|imgcodecs|libzip")

set(problems)
foreach(library IN LISTS LIBRARIES)
  get_filename_component(name ${library} NAME)
  execute_process(COMMAND ${NM} --dynamic --defined-only --extern-only --demangle ${library}
    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  # A template argument may hold brackets and semicolons, which CMake's lists take for their own.
  string(REGEX REPLACE "[][;]" "" symbols "${symbols}")
  string(REPLACE "\n" ";" symbols "${symbols}")
  list(FILTER symbols EXCLUDE REGEX "^$")
  list(LENGTH symbols count)
  if(count LESS 5)
    list(APPEND problems "${name}: expected exported symbols, found ${count}")
  endif()
  foreach(symbol IN LISTS symbols)
    if(NOT symbol MATCHES
        "^[0-9a-f]+ [A-Za-z] ((vtable|typeinfo|typeinfo name|VTT|guard variable) for )?sam6d::")
      # Functions of templates carry their return type in front.
      if(NOT symbol MATCHES "^[0-9a-f]+ [A-Za-z] [^(]* sam6d::")
        list(APPEND problems "${name}: exports ${symbol}")
      endif()
    endif()
  endforeach()

  execute_process(COMMAND ${READELF} --dynamic --wide ${library}
    OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
  if(NOT dynamic MATCHES "SONAME[^\n]*\\.so\\.${SOVERSION}\\]")
    list(APPEND problems "${name}: expected the SONAME to end in .so.${SOVERSION}")
  endif()
  if(dynamic MATCHES "NEEDED[^\n]*(${for_io_alone})" AND NOT name MATCHES "sam6d_io")
    list(APPEND problems "${name}: links ${CMAKE_MATCH_1}, which sam6d::io alone may")
  endif()
  if(dynamic MATCHES "NEEDED[^\n]*(libtorch|libc10)" AND NOT name MATCHES "sam6d_neural")
    list(APPEND problems "${name}: links LibTorch, which sam6d::neural alone may")
  endif()
  message(STATUS "${name}: ${count} exported symbols")
endforeach()
if(problems)
  list(JOIN problems "\n  " text)
  message(FATAL_ERROR "exported symbols:\n  ${text}")
endif()
