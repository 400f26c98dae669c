#pragma once

#include <string>
#include <vector>

#include "thaw/formats/keras/hdf5/file.h"
#include "thaw/graph/functional.h"

namespace thaw::keras {

/// One weight of one layer of a model; the layer may lie in a nested model.
struct Slot {
  std::string layer;  ///< the layer's own name, "conv"
  std::string path;   ///< "base/conv": with the names of the models around it
  VariablePtr variable;
  bool trains;  ///< its layer is trainable, and it is no moving statistic
};

/// The weights of `layer`, or, if it is a nested model, of its layers in order. A weight that
/// several layers share comes once.
std::vector<Slot> slots_of(const Layer& layer);
/// In the order of Keras's layer.weights: first those that train, then the others.
std::vector<Slot> in_keras_order(std::vector<Slot> slots);

/// One tensor of a file, without its values.
struct FileTensor {
  std::string name;  ///< "Conv1/kernel:0" in old files, its number "0" in those of Keras 3
  std::string path;  ///< of its dataset
  Shape shape;
};

/// The tensors group/vars/0, group/vars/1, …, up to the first number that is missing.
std::vector<FileTensor> numbered(const Hdf5File& file, const std::string& group);

/// How Keras 3 calls the group of a layer's weights, but for its number: "conv2d".
std::string group_name_of(const Layer& layer);

/// Where Keras 3 has a weight in a layer's group: "vars/0", "query_dense/vars/1".
struct Place {
  std::string path;
  VariablePtr variable;
};
/// All of them: layers that others lie in have groups for these, and some a weight twice.
std::vector<Place> places_of(const Layer& layer);
/// What a .weights.h5 has of a layer in its group.
std::vector<FileTensor> tensors_of(const Hdf5File& file, const std::string& group,
                                   const Layer& layer);

/// The tensors that one layer of a file holds, in the file's order.
struct FileLayer {
  std::string name;
  std::vector<FileTensor> tensors;
};

/// The slots in the order of the file's tensors: slot i takes tensor i. Names decide if each
/// tensor's name fits just one slot. Else the first of these orders whose shapes fit:
/// in_keras_order() by the layers' present flags, as if all layers were trainable, and as the
/// layers list their weights. If none fits, the first, so that the caller finds the shapes that
/// differ. Throws Error when the counts differ.
std::vector<Slot> arrange(const FileLayer& from, const std::vector<Slot>& slots);

}  // namespace thaw::keras
