#pragma once

#include <functional>

namespace sam6d::ops {

/// The loops of base/parallel.hpp on the threads that LibTorch's own operators run on: these keep a
/// core busy for a while after they have nothing to do, against which threads beside them would
/// have to compete. Within such a loop another runs on one thread.
void parallel_for(int count, int threads, const std::function<void(int)>& body);

void parallel_for_ranges(int count, int grain, int threads,
                         const std::function<void(int begin, int end)>& body);

}  // namespace sam6d::ops
