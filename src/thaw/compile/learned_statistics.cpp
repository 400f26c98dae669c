#include "thaw/compile/learned_statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace thaw {
namespace {

// Of photographs: ImageNet's mean by channel, its deviation, how alike two channels and two
// neighbouring pixels are.
constexpr double mean_of_channel[] = {124, 116, 104};
constexpr double deviation = 64;
constexpr double alike_channels = 0.9;
constexpr double alike_neighbours = 0.95;
/// Above this many inputs a filter is no stem's.
constexpr int64_t largest_filter = 1024;

/// The numbers of a weight or constant.
std::optional<std::span<const float>> parameter(const ops::Graph& graph, ops::Value value) {
  if (const auto* weight = graph.get_if<ops::Weight>(value))
    return std::as_const(weight->variable->value()).values();
  if (const auto* constant = graph.get_if<ops::Constant>(value))
    return std::as_const(constant->value).values();
  return std::nullopt;
}

/// The mean of each value that the convolution reads, and how any two vary together in one pixel.
struct Pixels {
  std::vector<double> mean;
  std::vector<std::vector<double>> covariance;
};

Pixels pixels_after(const PixelMap& map) {
  const size_t read = map.factors.empty() ? 0 : map.factors[0].size();
  const auto mean = [&](size_t c) { return read == 3 ? mean_of_channel[c] : mean_of_channel[1]; };
  Pixels result;
  for (size_t k = 0; k < map.offsets.size(); ++k) {
    double sum = map.offsets[k];
    for (size_t c = 0; c < read; ++c) sum += map.factors[k][c] * mean(c);
    result.mean.push_back(sum);
    auto& row = result.covariance.emplace_back();
    for (size_t m = 0; m < map.offsets.size(); ++m) {
      double together = 0;
      for (size_t c = 0; c < read; ++c)
        for (size_t d = 0; d < read; ++d)
          together += map.factors[k][c] * map.factors[m][d] * (c == d ? 1 : alike_channels);
      row.push_back(together * deviation * deviation);
    }
  }
  return result;
}

/// What a first batch normalization learned, and the convolution before it.
struct Stem {
  Shape kernel_shape;             ///< (height, width, channels, filters)
  std::span<const float> kernel;  ///< empty: the normalization reads the image itself
  std::span<const float> bias;    ///< empty: none
  bool is_rectified = false;      ///< the convolution's result, by a relu
  std::span<const float> mean;
  std::span<const float> variance;
};

/// The only node that reads `value`; nullopt where none or several do.
std::optional<ops::Value> only_reader(const ops::Graph& graph, ops::Value value) {
  std::optional<ops::Value> reader;
  for (int i = 0; std::cmp_less(i, graph.nodes.size()); ++i) {
    const auto& inputs = graph.nodes[static_cast<size_t>(i)].inputs;
    if (std::ranges::find(inputs, value) == inputs.end()) continue;
    if (reader) return std::nullopt;
    reader = ops::Value{i};
  }
  return reader;
}

/// Takes the statistics of the batch normalization that is `norm`; false where it is none.
bool take_statistics(const ops::Graph& graph, ops::Value norm, Stem& stem) {
  if (graph.get_if<ops::BatchNormalization>(norm) == nullptr) return false;
  const auto& inputs = graph[norm].inputs;
  const auto mean = parameter(graph, inputs[inputs.size() - 2]);
  const auto variance = parameter(graph, inputs[inputs.size() - 1]);
  if (!mean || !variance) return false;
  stem.mean = *mean;
  stem.variance = *variance;
  return true;
}

/// Takes the convolution that is `node`; false where it is none whose numbers are known.
bool take_convolution(const ops::Graph& graph, ops::Value node, Stem& stem) {
  const auto* convolution = graph.get_if<ops::Conv2D>(node);
  if (convolution == nullptr || convolution->groups != 1) return false;
  const auto& inputs = graph[node].inputs;
  const auto kernel = parameter(graph, inputs[1]);
  const Shape& shape = graph[inputs[1]].shape;
  if (!kernel || shape[0] * shape[1] * shape[2] > largest_filter) return false;
  stem.kernel_shape = shape;
  stem.kernel = *kernel;
  if (convolution->has_bias) stem.bias = parameter(graph, inputs[2]).value_or(stem.bias);
  const auto kind = convolution->activation.kind;
  stem.is_rectified = kind == Activation::Kind::relu;
  return stem.is_rectified || kind == Activation::Kind::linear;
}

std::optional<Stem> stem_of(const ops::Graph& graph, ops::Value first) {
  Stem stem;
  if (take_statistics(graph, first, stem)) return stem;
  if (!take_convolution(graph, first, stem)) return std::nullopt;
  auto next = only_reader(graph, first);
  const auto* activate = next ? graph.get_if<ops::Activate>(*next) : nullptr;
  if (activate != nullptr) {
    if (activate->activation.kind != Activation::Kind::relu) return std::nullopt;
    stem.is_rectified = true;
    next = only_reader(graph, *next);
  }
  if (!next || !take_statistics(graph, *next, stem)) return std::nullopt;
  if (std::ssize(stem.mean) != stem.kernel_shape[3]) return std::nullopt;
  return stem;
}

struct Moments {
  double mean = 0;
  double variance = 0;
};

/// Of max(x, 0) for normal x.
Moments rectified(const Moments& x) {
  const double sigma = std::sqrt(x.variance);
  const double ratio = x.mean / sigma;
  const double above = std::erfc(-ratio / std::numbers::sqrt2) / 2;
  const double density = std::exp(-ratio * ratio / 2) / std::sqrt(2 * std::numbers::pi);
  const double mean = x.mean * above + sigma * density;
  const double square = (x.mean * x.mean + x.variance) * above + x.mean * sigma * density;
  return {mean, std::max(square - mean * mean, 1e-12)};
}

/// ½(ln(V/v) + (v + d²)/V − 1) of normal distributions whose means differ by d.
double divergence(double v, double big_v, double difference) {
  return 0.5 * (std::log(big_v / v) + (v + difference * difference) / big_v - 1);
}

/// What one filter would give for these pixels.
Moments moments_of(const Stem& stem, size_t filter, const Pixels& pixels) {
  const auto height = static_cast<size_t>(stem.kernel_shape[0]);
  const auto width = static_cast<size_t>(stem.kernel_shape[1]);
  const auto channels = static_cast<size_t>(stem.kernel_shape[2]);
  const auto filters = static_cast<size_t>(stem.kernel_shape[3]);
  const auto at = [&](size_t place, size_t channel) {
    return double{stem.kernel[(place * channels + channel) * filters + filter]};
  };
  Moments result{stem.bias.empty() ? 0 : stem.bias[filter], 1e-12};
  for (size_t p = 0; p < height * width; ++p) {
    for (size_t c = 0; c < channels; ++c) result.mean += at(p, c) * pixels.mean[c];
    for (size_t q = 0; q < height * width; ++q) {
      const std::array<size_t, 2> row{p / width, q / width};
      const auto rows = static_cast<double>(row[0]) - static_cast<double>(row[1]);
      const auto columns = static_cast<double>(p % width) - static_cast<double>(q % width);
      const double alike = std::pow(alike_neighbours, std::hypot(rows, columns));
      for (size_t c = 0; c < channels; ++c)
        for (size_t d = 0; d < channels; ++d)
          result.variance += alike * at(p, c) * at(q, d) * pixels.covariance[c][d];
    }
  }
  return stem.is_rectified ? rectified(result) : result;
}

/// One channel's divergence between what was learned and what these pixels would give.
double divergence_of(const Stem& stem, size_t channel, const Pixels& pixels) {
  const Moments given = stem.kernel.empty()
                            ? Moments{pixels.mean[channel], pixels.covariance[channel][channel]}
                            : moments_of(stem, channel, pixels);
  const double learned = std::max(double{stem.variance[channel]}, 0.0) + 1e-6;
  const double difference = given.mean - stem.mean[channel];
  return std::min(divergence(learned, given.variance, difference),
                  divergence(given.variance, learned, difference));
}

}  // namespace

std::optional<double> disagreement(const ops::Graph& graph, const PixelUse& use,
                                   const PixelMap& fed) {
  if (use.centres) return std::nullopt;  // what its map gives is no longer known
  const auto stem = stem_of(graph, use.first);
  if (!stem) return std::nullopt;
  const int64_t read = stem->kernel.empty() ? std::ssize(stem->mean) : stem->kernel_shape[2];
  if (read != std::ssize(use.map.offsets)) return std::nullopt;
  const Pixels pixels = pixels_after(use.map.after(fed));
  std::vector<double> all;
  for (size_t k = 0; k < stem->mean.size(); ++k) all.push_back(divergence_of(*stem, k, pixels));
  // Untrained: mean 0 and variance 1 everywhere say nothing.
  const bool is_untrained = std::ranges::all_of(stem->mean, [](float m) { return m == 0; }) &&
                            std::ranges::all_of(stem->variance, [](float v) { return v == 1; });
  if (is_untrained || all.empty()) return std::nullopt;
  const auto middle = all.begin() + std::ssize(all) / 2;
  std::ranges::nth_element(all, middle);
  return *middle;
}

}  // namespace thaw
