#include <algorithm>
#include <array>
#include <string_view>

#include "thaw/graph/layer_support/wrapper.h"

namespace thaw::layer_types {
namespace {

/// Layers that compute along the last axis alone do the same to each step of a sequence as to the
/// whole of it.
constexpr auto along_last_axis = std::to_array<std::string_view>(
    {"Dense", "Activation", "LayerNormalization", "BatchNormalization", "Dropout", "ReLU",
     "LeakyReLU", "ELU", "Softmax", "Rescaling", "Identity"});

std::unique_ptr<LayerDefinition> read_time_distributed(const Config& config);

}  // namespace

/// The layer in it, called on each step of the first axis after the batch; for layers that compute
/// along the last axis.
extern const LayerType time_distributed;
constinit const LayerType time_distributed{"TimeDistributed", &read_time_distributed};

namespace {

std::unique_ptr<LayerDefinition> read_time_distributed(const Config& config) {
  const std::string& inner = config.at("layer").at("class_name").as_string();
  if (std::ranges::find(along_last_axis, inner) == along_last_axis.end())
    throw Error(
        "expected a layer along the last axis in it (Dense, LayerNormalization, …), "
        "received " +
        inner);
  return std::make_unique<layers::Wrapper>(time_distributed, config, nullptr);
}

}  // namespace
}  // namespace thaw::layer_types
