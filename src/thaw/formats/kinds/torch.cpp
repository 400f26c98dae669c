// PyTorch's state dicts, read alone: torch.save(model.state_dict(), "weights.pth").
#include "thaw/core/error.h"
#include "thaw/formats/format.h"
#include "thaw/formats/named_tensors.h"
#include "thaw/formats/torch/state_dict.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view torch_endings[] = {".pth", ".pt"};

WeightsReport read_weights(const ModelInput& input, const Functional& model,
                           const WeightsOptions& options) {
  const thaw::torch::StateDict file(input);
  std::vector<WeightTensor> tensors;
  for (const thaw::torch::StoredTensor& tensor : file.tensors()) {
    std::vector<int64_t> sizes(tensor.sizes.begin(), tensor.sizes.end());
    tensors.push_back({tensor.name, Shape(std::move(sizes)), [&] { return file.values(tensor); }});
  }
  return assign_named(model, tensors, TensorStyle::torch, options);
}

}  // namespace

extern const ModelFormat torch;
const ModelFormat torch{.name = "torch",
                        .what = "PyTorch's state dict",
                        .endings = torch_endings,
                        .is_it = &thaw::torch::TorchFile::is_one,
                        .read = nullptr,
                        .read_weights = &read_weights,
                        .write = nullptr,
                        .write_weights = nullptr};

}  // namespace thaw::model_formats
