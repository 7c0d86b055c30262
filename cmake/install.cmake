# Installs libraries, headers, the CMake package (find_package(sam6d COMPONENTS ...)) and one
# pkg-config file a library. Components are those of the Debian packages, see packages.cmake.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sam6d)

# A component's headers are those that <component>.hpp reaches and sam6d.hpp does not; all others are
# the core's.
set(include_dir ${PROJECT_SOURCE_DIR}/include)
function(sam6d_reached_headers header result)
  set(open ${include_dir}/sam6d/${header})
  set(reached)
  while(open)
    list(POP_FRONT open file)
    if(NOT file IN_LIST reached)
      list(APPEND reached ${file})
      file(STRINGS ${file} includes REGEX "^#include \"sam6d/")
      list(TRANSFORM includes REPLACE "#include \"(.*)\"" "${include_dir}/\\1")
      list(APPEND open ${includes})
    endif()
  endwhile()
  set(${result} ${reached} PARENT_SCOPE)
endfunction()

file(GLOB headers CONFIGURE_DEPENDS ${include_dir}/sam6d/*.hpp)
sam6d_reached_headers(sam6d.hpp core_headers)
set(built_components sam6d)
foreach(component IN ITEMS io viz)
  if(TARGET sam6d_${component})
    list(APPEND built_components ${component})
  else()
    sam6d_reached_headers(${component}.hpp absent_headers)
    list(REMOVE_ITEM absent_headers ${core_headers})
    list(REMOVE_ITEM headers ${absent_headers})
  endif()
endforeach()
if(TARGET sam6d_neural)  # it has no header: the core's headers declare what it brings
  list(APPEND built_components neural)
endif()
install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sam6d COMPONENT dev)

# sam6d_install_library(<component> <its part for developers> <targets>...)
function(sam6d_install_library component dev)
  install(TARGETS ${ARGN} EXPORT sam6d_${component}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${component} NAMELINK_COMPONENT ${dev}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${dev})
  install(EXPORT sam6d_${component} NAMESPACE sam6d:: FILE sam6d-${component}-targets.cmake
    DESTINATION ${package_dir} COMPONENT ${dev})
endfunction()

# sam6d_pkg_config(<target> <part for developers> <description> <requires>
#   <private libraries of a static build>)
function(sam6d_pkg_config target dev description requires private_libraries)
  string(REPLACE "_" "-" PC_NAME ${target})
  set(PC_DESCRIPTION "${description}")
  set(PC_REQUIRES "${requires}")
  set(PC_LIBS "-l${target}")
  if(TARGET ${target}_archive)
    set(PC_LIBS "-Wl,--whole-archive -l${target} -Wl,--no-whole-archive")
  endif()
  set(PC_LIBS_PRIVATE "")
  if(NOT BUILD_SHARED_LIBS)
    set(PC_LIBS_PRIVATE "${private_libraries}")
  endif()
  # Relative to the file, so that an installed tree can be moved.
  file(RELATIVE_PATH PC_PREFIX
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/library.pc.in
    ${PROJECT_BINARY_DIR}/pkgconfig/${PC_NAME}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/pkgconfig/${PC_NAME}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT ${dev})
endfunction()

sam6d_install_library(core dev sam6d)
sam6d_pkg_config(sam6d dev "${PROJECT_DESCRIPTION}" "eigen3"
  "-lembree${SAM6D_EMBREE_MAJOR} -ldeflate -lopencv_imgproc -lopencv_core -lspdlog -lfmt -pthread")
if(TARGET sam6d_io)
  sam6d_install_library(io dev sam6d_io)
  sam6d_pkg_config(sam6d_io dev "Meshes, pictures and result files for sam6d" "sam6d"
    "-lassimp -lzip -lopencv_imgcodecs -lopencv_imgproc -lopencv_core -lfmt")
endif()
if(TARGET sam6d_viz)
  sam6d_install_library(viz dev sam6d_viz)
  sam6d_pkg_config(sam6d_viz dev "Overlays for sam6d" "sam6d"
    "-lopencv_imgproc -lopencv_core -lfmt")
endif()
# LibTorch is much to ask of those who do not want it: its part for developers stands alone, too.
if(TARGET sam6d_neural)
  set(neural_targets sam6d_neural)
  if(TARGET sam6d_neural_archive)
    list(APPEND neural_targets sam6d_neural_archive)
  endif()
  sam6d_install_library(neural neural_dev ${neural_targets})
  sam6d_pkg_config(sam6d_neural neural_dev "The networks of SAM-6D for sam6d" "sam6d"
    "-ltorch_cpu -lc10 -lfmt")
endif()

configure_package_config_file(cmake/sam6d-config.cmake.in sam6d-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(sam6d-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/sam6d-config.cmake ${PROJECT_BINARY_DIR}/sam6d-config-version.cmake
  DESTINATION ${package_dir} COMPONENT dev)
if(NOT BUILD_SHARED_LIBS)
  # A program that links the archives links what they use, too.
  install(FILES cmake/embree.cmake cmake/libdeflate.cmake cmake/opencv.cmake cmake/libzip.cmake
    DESTINATION ${package_dir} COMPONENT dev)
  if(TARGET sam6d_neural)
    install(FILES cmake/torch.cmake DESTINATION ${package_dir} COMPONENT neural_dev)
  endif()
endif()

if(TARGET sam6d_tool)
  file(RELATIVE_PATH lib_from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(sam6d_tool PROPERTIES INSTALL_RPATH "$ORIGIN/${lib_from_bin}")
  install(TARGETS sam6d_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
endif()
