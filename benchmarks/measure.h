#pragma once

#include <cstdint>
#include <string>

namespace thaw::benchmarks {

/// Prints the frozen part of a network, `batch` images at a time, beside its convolutions alone, in
/// turns.
void measure_prefix(const std::string& network, int64_t batch, int rounds);

/// Prints one step of training what is above the frozen part, and where its time goes.
void measure_step(const std::string& network, int trainable, bool by_batch, int rounds);

}  // namespace thaw::benchmarks
