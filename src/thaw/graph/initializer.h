#pragma once

#include <cstdint>
#include <string>

namespace thaw {

class Config;
class Shape;
class Tensor;

/// How a weight starts, named as in Keras: "glorot_uniform" (±√(6/(fan_in + fan_out))),
/// "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "zeros", "ones",
/// "constant", "random_normal", "truncated_normal", "random_uniform", "variance_scaling". Fans:
/// Dense (in, out); convolutions (window area · in, window area · out). Normal ones of the scaling
/// family are truncated at two deviations, as in Keras.
struct Initializer {
  std::string name = "glorot_uniform";
  double value = 0.0;           ///< constant
  double mean = 0.0;            ///< *_normal
  double deviation = 0.05;      ///< random_normal, truncated_normal
  double low = -0.05;           ///< random_uniform
  double high = 0.05;           ///< random_uniform
  double scale = 1.0;           ///< variance_scaling
  std::string mode = "fan_in";  ///< variance_scaling: "fan_in", "fan_out", "fan_avg"
  /// variance_scaling: "truncated_normal", "untruncated_normal", "uniform"
  std::string distribution = "truncated_normal";

  Initializer() = default;
  /// Throws UsageError listing the known names.
  Initializer(const char* known_name) : Initializer(std::string(known_name)) {}
  Initializer(const std::string& known_name);
  /// Reads any dialect: "zeros", {"class_name": "GlorotUniform", "config": {…}}, null (zeros).
  /// Throws UsageError for an unknown name, Error for a config of another form.
  static Initializer from_config(const Config& config);
  /// Keras 3's form, with the numbers that this kind has.
  Config to_config() const;

  /// A fresh tensor of `shape`, float32; the same for the same seed, on any machine.
  Tensor make(const Shape& shape, uint64_t seed) const;
  bool operator==(const Initializer&) const = default;
};

}  // namespace thaw
