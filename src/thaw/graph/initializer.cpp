#include "thaw/graph/initializer.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <span>

#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/core/named.h"
#include "thaw/core/random.h"
#include "thaw/core/tensor.h"

namespace thaw {
namespace {

/// A rule of the scaling family.
struct Scaling {
  double scale;
  std::string_view mode, distribution;
};

float standard_normal(Random& random) { return random.normal(); }

/// Between −2 and 2.
float truncated_normal(Random& random) {
  float value = random.normal();
  while (std::abs(value) > 2.0F) value = random.normal();
  return value;
}

/// Keras's VarianceScaling: variance = scale / fan.
void fill_scaled(Tensor& tensor, const Scaling& scaling, Random& random) {
  const auto& [scale, mode, distribution] = scaling;
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

// How each kind fills a tensor, row by row of the table below.
using Fill = void (*)(const Initializer& initializer, Tensor& tensor, Random& random);

void fill_constant(Tensor& tensor, float value) {
  for (float& x : tensor.values()) x = value;
}

template <auto draw>
void fill_normal(const Initializer& initializer, Tensor& tensor, Random& random) {
  const auto mean = static_cast<float>(initializer.mean);
  const auto deviation = static_cast<float>(initializer.deviation);
  for (float& x : tensor.values()) x = mean + deviation * draw(random);
}

void fill_uniform(const Initializer& initializer, Tensor& tensor, Random& random) {
  const auto low = static_cast<float>(initializer.low);
  const auto high = static_cast<float>(initializer.high);
  for (float& x : tensor.values()) x = random.uniform(low, high);
}

template <const Scaling& scaling>
void fill_family(const Initializer&, Tensor& tensor, Random& random) {
  fill_scaled(tensor, scaling, random);
}

constexpr Scaling glorot_uniform{1, "fan_avg", "uniform"};
constexpr Scaling glorot_normal{1, "fan_avg", "truncated_normal"};
constexpr Scaling he_uniform{2, "fan_in", "uniform"};
constexpr Scaling he_normal{2, "fan_in", "truncated_normal"};
constexpr Scaling lecun_uniform{1, "fan_in", "uniform"};
constexpr Scaling lecun_normal{1, "fan_in", "truncated_normal"};

/// A member that a kind has, under Keras's name: a number or a word.
struct Option {
  const char* key;
  double Initializer::*number = nullptr;
  std::string Initializer::*word = nullptr;
};
constexpr Option value_option[] = {{"value", &Initializer::value}};
constexpr Option normal_options[] = {{"mean", &Initializer::mean},
                                     {"stddev", &Initializer::deviation}};
constexpr Option uniform_options[] = {{"minval", &Initializer::low},
                                      {"maxval", &Initializer::high}};
constexpr Option scaling_options[] = {{"scale", &Initializer::scale},
                                      {"mode", nullptr, &Initializer::mode},
                                      {"distribution", nullptr, &Initializer::distribution}};

/// All that is known of one kind: a new one is a row.
struct Kind {
  std::string_view name;
  std::string_view class_name;
  Fill fill;
  std::span<const Option> options = {};
  bool draws = true;  ///< Keras writes a seed for it
};

constexpr auto kinds = std::to_array<Kind>({
    {"zeros",
     "Zeros",
     [](const Initializer&, Tensor& tensor, Random&) { fill_constant(tensor, 0.0F); },
     {},
     false},
    {"ones",
     "Ones",
     [](const Initializer&, Tensor& tensor, Random&) { fill_constant(tensor, 1.0F); },
     {},
     false},
    {"constant", "Constant",
     [](const Initializer& initializer, Tensor& tensor, Random&) {
       fill_constant(tensor, static_cast<float>(initializer.value));
     },
     value_option, false},
    {"random_normal", "RandomNormal", fill_normal<standard_normal>, normal_options},
    {"truncated_normal", "TruncatedNormal", fill_normal<truncated_normal>, normal_options},
    {"random_uniform", "RandomUniform", fill_uniform, uniform_options},
    {"variance_scaling", "VarianceScaling",
     [](const Initializer& initializer, Tensor& tensor, Random& random) {
       fill_scaled(tensor, {initializer.scale, initializer.mode, initializer.distribution}, random);
     },
     scaling_options},
    {"glorot_uniform", "GlorotUniform", fill_family<glorot_uniform>},
    {"glorot_normal", "GlorotNormal", fill_family<glorot_normal>},
    {"he_uniform", "HeUniform", fill_family<he_uniform>},
    {"he_normal", "HeNormal", fill_family<he_normal>},
    {"lecun_uniform", "LecunUniform", fill_family<lecun_uniform>},
    {"lecun_normal", "LecunNormal", fill_family<lecun_normal>},
});

/// By Keras's name of the function or of the class.
const Kind& lookup(std::string_view name) {
  for (const Kind& kind : kinds)
    if (kind.name == name || kind.class_name == name) return kind;
  throw UsageError(
      fmt::format("expected an initializer among {}; received \"{}\"", names_of(kinds), name));
}

}  // namespace

Initializer::Initializer(const std::string& known_name) : name(lookup(known_name).name) {}

Initializer Initializer::from_config(const Config& config) {
  if (config.is_null()) return {"zeros"};
  if (config.is_string()) return {config.as_string()};
  const Kind& kind = lookup(config.at("class_name").as_string());
  Initializer result{std::string(kind.name)};
  const Config* given = config.find("config");
  for (const auto& [key, number, word] : kind.options) {
    const Config* option = given == nullptr ? nullptr : given->find(key);
    if (option == nullptr) continue;
    if (word != nullptr) result.*word = option->as_string();
    // Keras writes null where its default holds.
    if (number != nullptr && option->is_number()) result.*number = option->as_number();
  }
  if (result.distribution == "normal") result.distribution = "truncated_normal";
  return result;
}

Config Initializer::to_config() const {
  const Kind& kind = lookup(name);
  Config options(Config::Map{});
  for (const auto& [key, number, word] : kind.options)
    options.set(key, number != nullptr ? Config(this->*number) : Config(this->*word));
  if (kind.draws) options.set("seed", nullptr);
  return Config(Config::Map{})
      .set("module", "keras.initializers")
      .set("class_name", std::string(kind.class_name))
      .set("config", options)
      .set("registered_name", nullptr);
}

Tensor Initializer::make(const Shape& shape, uint64_t seed) const {
  Random random(seed);
  Tensor result(shape);
  lookup(name).fill(*this, result, random);
  return result;
}

}  // namespace thaw
