#pragma once

#include <cstdlib>  // defines __GLIBC__

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace sam6d {

/// When it goes, freed memory goes back to the system. glibc keeps blocks of up to 32 MiB, once it
/// has seen some, for the next allocation, and so nearly all of a network that was unloaded.
struct MemoryReturn {
  MemoryReturn() = default;
  MemoryReturn(const MemoryReturn&) = delete;
  MemoryReturn& operator=(const MemoryReturn&) = delete;
  ~MemoryReturn() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
  }
};

}  // namespace sam6d
