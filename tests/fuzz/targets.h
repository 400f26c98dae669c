#pragma once

#include <string>

namespace thaw::testing {

/// Reads what may be a file of a whole model, or of weights, and what it says of training. Returns
/// whether it could be read. Errors are caught; any other exception is a bug and passes.
bool read_h5(std::string bytes);
bool read_keras(std::string bytes);
bool read_onnx(std::string bytes);
bool read_tflite(std::string bytes);
/// A model.json of TensorFlow.js up to the first byte of zeros, then its weights.bin.
bool read_tensorflow_js(std::string bytes);
/// A frozen graph; where it begins as a SavedModel's file, that without variables.
bool read_graph_def(std::string bytes);
/// TensorFlow's variables, each of which is read: eight bytes with an index's length, the index,
/// and the data.
bool read_tensor_bundle(std::string bytes);
/// The same of files of weights alone: each tensor is read.
bool read_torch(std::string bytes);
bool read_safetensors(std::string bytes);

/// JSON of what tells images of none of the classes, as metadata of models hold it; what is read
/// judges an image.
bool read_unknown_detector(std::string bytes);

/// Lists what may be a source of images, with its parts, and decodes the first of its images. Of an
/// IDX file the images are listed without labels, and the bytes are taken for labels too.
bool read_idx(std::string bytes);
bool read_zip(std::string bytes);
bool read_tar(std::string bytes);
bool read_csv(std::string bytes);
bool read_json_lines(std::string bytes);

}  // namespace thaw::testing
