# LibTorch as the target sam6d_torch: ATen and its libraries, without the frontend of torch/torch.h.
if(TARGET sam6d_torch)
  return()
endif()

# What kernels are compiled for; Torch's own scripts read this list, its environment variable too.
if(SAM6D_WITH_CUDA AND NOT TORCH_CUDA_ARCH_LIST AND NOT DEFINED ENV{TORCH_CUDA_ARCH_LIST})
  set(TORCH_CUDA_ARCH_LIST "8.0 8.6 8.9 9.0 10.0 12.0+PTX")
endif()
# Torch looks for its other half and its libraries where CMake looks first, which may be another
# LibTorch's.
if(Torch_DIR)
  set(Caffe2_DIR ${Torch_DIR}/../Caffe2)
  set(sam6d_torch_lib ${Torch_DIR}/../../../lib)
  if(EXISTS ${sam6d_torch_lib}/libtorch_cpu.so)
    get_filename_component(sam6d_torch_lib ${sam6d_torch_lib} REALPATH)
    list(PREPEND CMAKE_LIBRARY_PATH ${sam6d_torch_lib})
  endif()
endif()
find_package(Torch QUIET)
if(NOT Torch_FOUND)
  message(FATAL_ERROR "SAM6D_WITH_TORCH=ON: LibTorch was not found. Install libtorch-dev (Debian), or "
    "set -DTorch_DIR=<libtorch>/share/cmake/Torch (scripts/fetch-torch gets one), or build without "
    "the networks: -DSAM6D_WITH_TORCH=OFF, preset geometric.")
endif()

if(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(FATAL_ERROR "The LibTorch in ${Torch_DIR} was built with the pre-C++11 ABI, whose strings "
    "no other library here shares. Take a LibTorch with the C++11 ABI (Debian's libtorch-dev, or the "
    "cxx11-abi archive or a wheel of LibTorch 2.7 or newer) and set -DTorch_DIR.")
endif()
if(SAM6D_WITH_CUDA AND NOT TARGET torch_cuda)
  message(FATAL_ERROR "SAM6D_WITH_CUDA=ON: the LibTorch in ${Torch_DIR} was built without CUDA. Set "
    "-DTorch_DIR to one with CUDA, or configure with -DSAM6D_WITH_CUDA=OFF.")
endif()

# Torch's own target carries the include folder of its C++ frontend and definitions of its
# distributed parts; operators and networks need neither. Its include folder may hold headers of
# other libraries besides (a wheel's has an fmt of its own), so that only Torch's are taken from it.
add_library(sam6d_torch INTERFACE IMPORTED GLOBAL)
list(GET TORCH_INCLUDE_DIRS 0 sam6d_torch_include)
get_filename_component(sam6d_torch_include ${sam6d_torch_include} REALPATH)
if(NOT sam6d_torch_include IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
  set(sam6d_torch_links ${CMAKE_BINARY_DIR}/sam6d_torch_include)
  file(REMOVE_RECURSE ${sam6d_torch_links})
  file(MAKE_DIRECTORY ${sam6d_torch_links})
  foreach(folder IN ITEMS ATen c10 caffe2 torch)
    if(EXISTS ${sam6d_torch_include}/${folder})
      file(CREATE_LINK ${sam6d_torch_include}/${folder} ${sam6d_torch_links}/${folder} SYMBOLIC)
    endif()
  endforeach()
  target_include_directories(sam6d_torch INTERFACE ${sam6d_torch_links})
elseif(EXISTS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/libblas.so.3)
  file(REAL_PATH /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/libblas.so.3 sam6d_blas)
  if(sam6d_blas MATCHES "/blas/libblas")
    message(WARNING "LibTorch will use the reference BLAS (${sam6d_blas}), with which networks take "
      "20 times as long. Install libopenblas0-openmp.")
  endif()
endif()
target_link_libraries(sam6d_torch INTERFACE $<TARGET_FILE:torch_cpu> $<TARGET_FILE:c10>)
# at::parallel_for is a loop on one thread where a compiler has no OpenMP.
find_package(OpenMP COMPONENTS CXX)
if(TARGET OpenMP::OpenMP_CXX)
  target_link_libraries(sam6d_torch INTERFACE OpenMP::OpenMP_CXX)
endif()
if(SAM6D_WITH_CUDA)
  find_package(CUDAToolkit REQUIRED)
  target_link_libraries(sam6d_torch INTERFACE
    -Wl,--no-as-needed $<TARGET_FILE:torch_cuda> -Wl,--as-needed $<TARGET_FILE:c10_cuda>
    CUDA::cudart)
endif()
