#pragma once

#include <string>
#include <vector>

#include "thaw/formats/keras/hdf5/file.h"
#include "thaw/graph/functional.h"

namespace thaw::keras {

/// One weight of one layer of a model, nested ones included.
struct Slot {
  std::string layer;  ///< the innermost
  std::string path;   ///< "base/conv": with the models that it lies in
  VariablePtr variable;
  bool trains;  ///< its layer's flag, and no moving statistic
};

/// The weights of `layer`, layer by layer, each once.
std::vector<Slot> slots_of(const Layer& layer);
/// As Keras's layer.weights has them: those that train first.
std::vector<Slot> in_keras_order(std::vector<Slot> slots);

/// What a file says of one tensor.
struct FileTensor {
  std::string name;  ///< "Conv1/kernel:0", "0"
  std::string path;  ///< of its dataset
  Shape shape;
};

/// group/vars/0, group/vars/1, …, as far as there are any.
std::vector<FileTensor> numbered(const Hdf5File& file, const std::string& group);

/// The tensors that one layer of a file holds, in the file's order.
struct FileLayer {
  std::string name;
  std::vector<FileTensor> tensors;
};

/// The slots in the order of the file's tensors: by their names where these say it without doubt,
/// else the first of Keras's orders whose shapes fit. Throws Error when the counts differ.
std::vector<Slot> arrange(const FileLayer& from, const std::vector<Slot>& slots);

}  // namespace thaw::keras
