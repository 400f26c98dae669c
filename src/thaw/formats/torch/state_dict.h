#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "thaw/core/tensor.h"
#include "thaw/formats/format.h"
#include "thaw/formats/torch/torch_file.h"

namespace thaw::torch {

/// One tensor of a state dict, without its values: element (i, j, …) is number offset + i·stride₀ +
/// j·stride₁ + … of a storage.
struct StoredTensor {
  std::string name;     ///< "_blocks.0._bn1.weight"
  std::string storage;  ///< its key
  NumberType type = NumberType::float32;
  uint64_t offset = 0;  ///< in numbers, as the strides
  std::vector<uint64_t> sizes = {};
  std::vector<uint64_t> strides = {};

  uint64_t elements() const;
  /// One past the last number that it has; `offset` where it is empty.
  uint64_t end() const;
};

/// What torch.save(model.state_dict(), file) wrote, or a dict that has such a one under
/// "state_dict", "model_state_dict", "model" or "net". The "module." that DataParallel puts before
/// all names is left out.
class StateDict {
 public:
  /// Throws Error for what is none, or holds anything else than tensors that lie within their
  /// storages (see Pickle); where tensors share a part of a storage and not all of it; or where the
  /// file does not hold what it declares.
  explicit StateDict(const ModelInput& input);

  /// In the file's order.
  const std::vector<StoredTensor>& tensors() const { return tensors_; }
  /// Its values, row by row, as float32. Throws Error for whole numbers, and where the file is
  /// damaged.
  Tensor values(const StoredTensor& tensor) const;

 private:
  std::unique_ptr<TorchFile> file_;
  std::vector<StoredTensor> tensors_;
};

}  // namespace thaw::torch
