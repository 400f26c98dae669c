#pragma once

#include <string>

#include "thaw/applications/application.h"
#include "thaw/graph/layer.h"
#include "thaw/ops/geometry.h"

/// What several networks share.
namespace thaw::applications {

/// max(8, v rounded to a multiple of 8), but never below 0.9·v (Sandler et al. 2018's reference
/// code).
int64_t make_divisible(double v);

/// Names of the pooling layers at a network's end; empty: Keras's automatic ones.
struct PoolingNames {
  std::string average = {};
  std::string maximum = {};
};

/// The end without top: the image itself, or its average or maximum, as options.pooling says.
Symbol pool(const Symbol& x, const Options& options, const PoolingNames& names = {});
/// The usual end: with top the average and a Dense layer "predictions", else pool().
Symbol classify(const Symbol& x, const Options& options, const PoolingNames& names = {});

/// For networks that stride with a padded "valid" window: TensorFlow's padding of a window of 3
/// over an image of odd or even size.
Padding2 padding_of_strided_3x3(const Shape& image);

/// The model over `image`, named options.name or else `default_name`.
Functional finish(const Symbol& image, const Symbol& x, const Options& options,
                  const std::string& default_name);

/// The size in the file name of official weights: the input's if it is square and one of `sizes`,
/// else 224.
int64_t trained_size(const Shape& image, std::initializer_list<int64_t> sizes);

}  // namespace thaw::applications
