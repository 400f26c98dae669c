#pragma once

#include <string>

#include "thaw/core/config.h"
#include "thaw/core/tensor.h"

namespace thaw {

/// How a weight starts, named as in Keras: "glorot_uniform" (±√(6/(fan_in + fan_out))),
/// "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "zeros", "ones",
/// "constant", "random_normal", "truncated_normal", "random_uniform", "variance_scaling". Fans:
/// Dense (in, out); convolutions (window area · in, window area · out). Normal ones of the scaling
/// family are truncated at two deviations, as in Keras.
struct Initializer {
  std::string name = "glorot_uniform";
  double value = 0.0;                             ///< constant
  double mean = 0.0;                              ///< *_normal
  double deviation = 0.05;                        ///< random_normal, truncated_normal
  double low = -0.05;                             ///< random_uniform
  double high = 0.05;                             ///< random_uniform
  double scale = 1.0;                             ///< variance_scaling
  std::string mode = "fan_in";                    ///< variance_scaling
  std::string distribution = "truncated_normal";  ///< variance_scaling

  Initializer() = default;
  /// Throws UsageError listing the known names.
  Initializer(const char* known_name) : Initializer(std::string(known_name)) {}
  Initializer(const std::string& known_name);
  /// Reads any dialect: "zeros", {"class_name": "GlorotUniform", "config": {…}}.
  static Initializer from_config(const Config& config);
  Config to_config() const;

  Tensor make(const Shape& shape, uint64_t seed) const;
  bool operator==(const Initializer&) const = default;
};

}  // namespace thaw
