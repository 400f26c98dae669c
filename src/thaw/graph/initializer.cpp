#include "thaw/graph/initializer.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/core/random.h"
#include "thaw/graph/naming.h"

namespace thaw {
namespace {

struct Known {
  std::string_view name;
  std::string_view class_name;
  double scale = 0;  ///< of the scaling family, else 0
  std::string_view mode = {};
  std::string_view distribution = {};
};

constexpr auto known_initializers = std::to_array<Known>({
    {"zeros", "Zeros"},
    {"ones", "Ones"},
    {"constant", "Constant"},
    {"random_normal", "RandomNormal"},
    {"truncated_normal", "TruncatedNormal"},
    {"random_uniform", "RandomUniform"},
    {"variance_scaling", "VarianceScaling"},
    {"glorot_uniform", "GlorotUniform", 1, "fan_avg", "uniform"},
    {"glorot_normal", "GlorotNormal", 1, "fan_avg", "truncated_normal"},
    {"he_uniform", "HeUniform", 2, "fan_in", "uniform"},
    {"he_normal", "HeNormal", 2, "fan_in", "truncated_normal"},
    {"lecun_uniform", "LecunUniform", 1, "fan_in", "uniform"},
    {"lecun_normal", "LecunNormal", 1, "fan_in", "truncated_normal"},
});

const Known& lookup(std::string_view name) {
  std::string names;
  for (const Known& known : known_initializers) {
    if (known.name == name || known.class_name == name) return known;
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  }
  throw UsageError(fmt::format("expected an initializer among {}; received \"{}\"", names, name));
}

float truncated_normal(Random& random) {
  float value = random.normal();
  while (std::abs(value) > 2.0F) value = random.normal();
  return value;
}

/// Keras's VarianceScaling: variance = scale / fan.
void fill_scaled(Tensor& tensor, double scale, std::string_view mode, std::string_view distribution,
                 Random& random) {
  const Shape& shape = tensor.shape();
  double area = 1;
  for (int axis = 0; axis + 2 < shape.rank(); ++axis) area *= static_cast<double>(shape[axis]);
  const double fan_in = area * static_cast<double>(shape.rank() > 1 ? shape[-2] : shape[0]);
  const double fan_out = area * static_cast<double>(shape.last());
  const double fan = mode == "fan_in"    ? fan_in
                     : mode == "fan_out" ? fan_out
                                         : (fan_in + fan_out) / 2;
  const double variance = scale / std::max(1.0, fan);
  // 0.8796… is the deviation of a standard normal truncated at ±2.
  const auto deviation = static_cast<float>(
      std::sqrt(variance) / (distribution == "untruncated_normal" ? 1.0 : .87962566103423978));
  const auto limit = static_cast<float>(std::sqrt(3 * variance));
  for (float& x : tensor.values()) {
    if (distribution == "uniform") {
      x = random.uniform(-limit, limit);
    } else {
      x = deviation *
          (distribution == "untruncated_normal" ? random.normal() : truncated_normal(random));
    }
  }
}

}  // namespace

Initializer::Initializer(const std::string& known_name) : name(lookup(known_name).name) {}

Initializer Initializer::from_config(const Config& config) {
  if (config.is_null()) return {"zeros"};
  if (config.is_string()) return {config.as_string()};
  Initializer result(config.at("class_name").as_string());
  if (const Config* options = config.find("config")) {
    const auto number = [&](const char* key, double& target) {
      if (const Config* option = options->find(key); option != nullptr && option->is_number())
        target = option->as_number();
    };
    number("value", result.value);
    number("mean", result.mean);
    number("stddev", result.deviation);
    number("minval", result.low);
    number("maxval", result.high);
    number("scale", result.scale);
    if (const Config* mode = options->find("mode")) result.mode = mode->as_string();
    if (const Config* distribution = options->find("distribution"))
      result.distribution = distribution->as_string();
    if (result.distribution == "normal") result.distribution = "truncated_normal";
  }
  return result;
}

Config Initializer::to_config() const {
  Config options(Config::Map{});
  if (name == "constant") options.set("value", value);
  if (name == "random_normal" || name == "truncated_normal")
    options.set("mean", mean).set("stddev", deviation);
  if (name == "random_uniform") options.set("minval", low).set("maxval", high);
  if (name == "variance_scaling")
    options.set("scale", scale).set("mode", mode).set("distribution", distribution);
  if (name != "zeros" && name != "ones" && name != "constant") options.set("seed", nullptr);
  return Config(Config::Map{})
      .set("module", "keras.initializers")
      .set("class_name", std::string(lookup(name).class_name))
      .set("config", options)
      .set("registered_name", nullptr);
}

Tensor Initializer::make(const Shape& shape, uint64_t seed) const {
  if (name == "zeros") return Tensor::zeros(shape);
  if (name == "ones") return Tensor::full(shape, 1.0F);
  if (name == "constant") return Tensor::full(shape, static_cast<float>(value));
  Random random(seed);
  Tensor result(shape);
  if (const Known& known = lookup(name); known.scale > 0) {
    fill_scaled(result, known.scale, known.mode, known.distribution, random);
  } else if (name == "variance_scaling") {
    fill_scaled(result, scale, mode, distribution, random);
  } else {
    for (float& x : result.values()) {
      if (name == "random_uniform") {
        x = random.uniform(static_cast<float>(low), static_cast<float>(high));
      } else {
        const float standard = name == "random_normal" ? random.normal() : truncated_normal(random);
        x = static_cast<float>(mean) + static_cast<float>(deviation) * standard;
      }
    }
  }
  return result;
}

}  // namespace thaw
