#pragma once

#include <limits>
#include <string>
#include <string_view>

namespace thaw {

class Config;

/// An element-wise function, named as in Keras; {.activation = "relu"}. Softmax is named here too,
/// though it looks along the whole last axis.
struct Activation {
  enum class Kind {
    linear,
    relu,  ///< max_value above max_value; x from threshold on; negative_slope·(x − threshold) below
    sigmoid,
    tanh,
    softmax,
    elu,  ///< x if x > 0, else negative_slope·(exp(x) − 1)
    selu,
    softplus,
    softsign,
    silu,  ///< x·sigmoid(x)
    gelu,  ///< x·Φ(x), exact
    exponential,
    hard_sigmoid,  ///< relu6(x + 3)/6
    hard_silu,     ///< x·relu6(x + 3)/6
    hard_tanh,     ///< x between −1 and 1
    mish,          ///< x·tanh(ln(1 + exp(x)))
    celu,          ///< as elu, of slope 1 at 0
    log_sigmoid,
    tanh_shrink,  ///< x − tanh(x)
    soft_shrink,  ///< x towards 0 by 1/2
    hard_shrink,  ///< x where it is beyond ±1/2, else 0
    squareplus,   ///< (x + √(x² + 4))/2
    gelu_by_tanh,  ///< x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2; has no name of its own in Keras
    log_softmax,  ///< x − ln Σexp(x), along the whole last axis as softmax
  };

  Kind kind = Kind::linear;
  float negative_slope = 0.0F;
  float threshold = 0.0F;
  float max_value = std::numeric_limits<float>::infinity();

  Activation() = default;
  Activation(Kind value) : kind(value) {}
  /// Throws UsageError listing the known names.
  Activation(std::string_view name);
  Activation(const char* name) : Activation(std::string_view(name)) {}
  /// Reads any dialect of Keras: "relu6", null, {"class_name": "function", "config": "relu"},
  /// {"class_name": "ReLU", "config": {…}} and other layers that are activations. Throws Error for
  /// anything else.
  static Activation from_config(const Config& config);
  /// Its name, or Keras's layer ReLU with these numbers; throws Error where Keras has neither.
  Config to_config() const;

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("kind", kind);
    visit("negative_slope", negative_slope);
    visit("threshold", threshold);
    visit("max_value", max_value);
  }

  /// The Keras name that says all of it, as "relu6"; empty where there is none.
  std::string name() const;
  /// relu, with neither slope nor threshold; any max_value.
  bool is_simple_relu() const {
    return kind == Kind::relu && negative_slope == 0 && threshold == 0;
  }
  bool operator==(const Activation&) const = default;
};

}  // namespace thaw
