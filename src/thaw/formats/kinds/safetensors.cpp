// Hugging Face's safetensors, of weights alone: thaw's own under the names of layers and weights,
// and those of networks in PyTorch (timm, torchvision) under the names of its modules.
#include "thaw/formats/safetensors/safetensors.h"

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/formats/format.h"
#include "thaw/formats/named_tensors.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view safetensors_endings[] = {".safetensors"};

bool is_it(const ModelInput& input) { return is_safetensors(input.start()); }

WeightsReport read_weights(const ModelInput& input, const Functional& model,
                           const WeightsOptions& options) {
  const TensorFile file =
      input.path() != nullptr ? load_safetensors(*input.path()) : read_safetensors(input.bytes());
  std::vector<WeightTensor> tensors;
  for (const auto& [name, tensor] : file.tensors)
    tensors.push_back({name, tensor.shape(), [&t = tensor] { return t; }});
  // Layer and weight stand on the two sides of a slash, and PyTorch's names have none.
  const bool is_ours = std::ranges::all_of(tensors, [](const WeightTensor& tensor) {
    return tensor.name.find('/') != std::string::npos;
  });
  return assign_named(model, tensors, is_ours ? TensorStyle::thaw : TensorStyle::torch, options);
}

void write(const Functional& model, const std::filesystem::path& path, TensorPrecision precision) {
  save_safetensors({.tensors = named_weights(model), .metadata = {{"format", "thaw"}}}, path,
                   precision);
}

void write_weights(const Functional& model, const std::filesystem::path& path) {
  write(model, path, TensorPrecision::float32);
}

void write_half_weights(const Functional& model, const std::filesystem::path& path) {
  write(model, path, TensorPrecision::float16);
}

}  // namespace

extern const ModelFormat safetensors;
const ModelFormat safetensors{.name = "safetensors",
                              .what = "safetensors of weights alone",
                              .endings = safetensors_endings,
                              .is_it = &is_it,
                              .read = nullptr,
                              .read_weights = &read_weights,
                              .write = nullptr,
                              .write_weights = &write_weights,
                              .write_half_weights = &write_half_weights};

}  // namespace thaw::model_formats
