# A room is a folder of src/ that is compiled once, as an object library, and goes both into the
# shared library that ships it and into the archive that the tests link (hidden symbols included).

# sam6d_room(<name> [LINK <targets>...]): every .cpp of the folder src/<name>.
function(sam6d_room name)
  cmake_parse_arguments(ROOM "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  add_library(room_${name} OBJECT ${sources})
  target_include_directories(room_${name} PUBLIC
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(room_${name} PUBLIC Eigen3::Eigen ${ROOM_LINK} PRIVATE sam6d_options)
endfunction()

# sam6d_library(<target> ALIAS <name> [WHOLE] ROOMS <rooms>... PUBLIC <targets>... PRIVATE
# <targets>...): a library that ships the rooms, known to others as sam6d::<name>. WHOLE: it registers
# itself when it is loaded, so that of an archive, too, the linker must take everything.
function(sam6d_library name)
  cmake_parse_arguments(LIB "WHOLE" "ALIAS" "ROOMS;PUBLIC;PRIVATE" ${ARGN})
  set(target ${name})
  if(LIB_WHOLE AND NOT BUILD_SHARED_LIBS)
    set(target ${name}_archive)
    add_library(${name} INTERFACE)
    add_library(sam6d::${LIB_ALIAS} ALIAS ${name})
    target_link_libraries(${name} INTERFACE
      $<BUILD_INTERFACE:$<LINK_LIBRARY:WHOLE_ARCHIVE,${target}>>
      $<INSTALL_INTERFACE:$<LINK_LIBRARY:WHOLE_ARCHIVE,sam6d::${LIB_ALIAS}_archive>>)
    set_target_properties(${name} PROPERTIES EXPORT_NAME ${LIB_ALIAS})
    string(APPEND LIB_ALIAS _archive)
  endif()
  set(objects)
  foreach(room IN LISTS LIB_ROOMS)
    list(APPEND objects $<TARGET_OBJECTS:room_${room}>)
  endforeach()
  add_library(${target} ${objects})
  add_library(sam6d::${LIB_ALIAS} ALIAS ${target})
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${LIB_PUBLIC} PRIVATE ${LIB_PRIVATE})
  if(BUILD_SHARED_LIBS)
    set(exports ${PROJECT_SOURCE_DIR}/cmake/exports.map)
    target_link_options(${target} PRIVATE -Wl,--version-script=${exports})
    set_target_properties(${target} PROPERTIES LINK_DEPENDS ${exports})
    if(NOT SAM6D_SANITIZE)  # sanitizers resolve their symbols in the program
      target_link_options(${target} PRIVATE -Wl,-z,defs)
    endif()
  endif()
  set_target_properties(${target} PROPERTIES
    INSTALL_RPATH "$ORIGIN" OUTPUT_NAME ${name}
    EXPORT_NAME ${LIB_ALIAS} VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
endfunction()
