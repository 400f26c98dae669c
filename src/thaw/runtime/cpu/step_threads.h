#pragma once

#include <cstdint>

#include "thaw/ops/graph.h"
#include "thaw/runtime/executable.h"

namespace thaw::cpu {

/// What one run of `graph` over `batch_size` samples costs forward, in products of two numbers:
/// those of convolutions and matrix products, and eight for each number that another operation
/// makes, which costs about as much. A function of the model alone, never of the machine.
int64_t work_of(const ops::Graph& graph, int64_t batch_size);

/// How many of `threads` share `work` products: all, or one where the work is so little that two
/// threads gain less on an idle processor than they lose beside other programs, by waiting for
/// each other to be given a core.
int threads_for(int64_t work, int threads);
/// The same for all that one call of an executable does; three times the work where it trains.
/// Parts of one network have all threads, whatever each of them costs.
int threads_for(const ops::Graph& graph, const ExecutableOptions& options, int threads);

}  // namespace thaw::cpu
