#pragma once

#include <map>
#include <string>
#include <string_view>

#include "thaw/applications/application.h"
#include "thaw/graph/initializer.h"
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

/// For networks that stride with a padded "valid" window: TensorFlow's padding of a window of
/// `size` (odd) with a stride of 2 over an image of odd or even size.
Padding2 padding_of_strided(const Shape& image, int64_t size);

/// Normal with variance 2/fan_out, and uniform with variance 1/(3·fan_out): how EfficientNets
/// start.
Initializer fan_out_normal();
Initializer fan_out_uniform();

/// The names that Keras gives by itself, which count layers of a kind in the order that they are
/// made: "conv2d", "conv2d_1", … A network of several branches needs them written out, since a
/// Functional names what is left in the order of its layers.
class AutomaticNames {
 public:
  std::string next(const std::string& kind);

 private:
  std::map<std::string, int> counts_;
};

/// The model over `image`, named options.name or else `default_name`.
Functional finish(const Symbol& image, const Symbol& x, const Options& options,
                  const std::string& default_name);

/// The official file of a network as most of Keras's are called; `folder` is where they lie. The
/// hashes are of the file with top and of that without.
WeightsFile usual_weights_file(std::string_view network, std::string_view folder,
                               const Options& options, std::string_view hash,
                               std::string_view hash_without_top);

/// The size in the file name of official weights: the input's if it is square and one of `sizes`,
/// else 224.
int64_t trained_size(const Shape& image, std::initializer_list<int64_t> sizes);

}  // namespace thaw::applications
