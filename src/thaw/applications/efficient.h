#pragma once

#include <string>

#include "thaw/applications/parts.h"

/// What the EfficientNets share.
namespace thaw::applications {

/// The parts of an EfficientNet's blocks; names begin with the block's prefix, as "block2a_".
class Efficient {
 public:
  /// A layer of the name behind each normalization but that of a block's end.
  using Activate = Layer (*)(const std::string& name);
  static Layer swish(const std::string& name);

  explicit Efficient(float momentum, Activate activation = &swish)
      : momentum_(momentum), activation_(activation) {}

  /// A convolution with "same" padding and without bias, normalized as `bn`.
  Symbol convolve(const Symbol& x, int64_t filters, int size, int64_t stride,
                  const std::string& name, const std::string& bn) const;
  Symbol normalize(const Symbol& x, const std::string& name) const;
  Symbol activate(const Symbol& x, const std::string& name) const { return activation_(name)(x); }
  /// Squeeze and excite (Hu et al. 2017).
  Symbol gate(const Symbol& x, int64_t squeezed, const std::string& prefix) const;
  /// x + block_input; in training x is left out whole with probability `rate`, image by image
  /// (Huang et al. 2016, "Deep networks with stochastic depth").
  Symbol skip(const Symbol& x, const Symbol& block_input, double rate,
              const std::string& prefix) const;
  /// The last convolution, and with top the classifier.
  Symbol end(Symbol x, int64_t channels, double dropout_rate, const Options& options) const;

 private:
  float momentum_;
  Activate activation_;
};

}  // namespace thaw::applications
