#pragma once

#include <string>
#include <vector>

#include "thaw/compile/split_frozen.h"
#include "thaw/core/tensor.h"

namespace thaw::benchmarks {

/// A network with random weights and a head of six classes, cut below its last `trainable` layers.
/// Its batch normalization goes by the batch in training where `by_batch` says so, as in a base
/// called without training=False.
FrozenSplit fine_tuning(const std::string& network, int trainable, bool by_batch = false);

/// Numbers from −1 to 1, the same ones every time.
Tensor noise(const Shape& shape);

/// Of the wall's clock, and of the processors this process had so far: on a machine that others
/// use as well only the second means much.
double wall_seconds();
double processor_seconds();
double median(std::vector<double> values);

}  // namespace thaw::benchmarks
