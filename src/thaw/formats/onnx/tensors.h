#pragma once

#include "thaw/formats/import/array.h"
#include "thaw/formats/onnx/external_files.h"
#include "thaw/formats/onnx/onnx.pb.h"

namespace thaw::onnx {

/// The tensor's numbers: of all types of floats as float32, of whole numbers and of true and false
/// as int64. Throws Error for what is no plain number (texts, 4 and 8 bit floats), and unless there
/// are as many numbers as its sizes say, before memory is taken for them.
foreign::Array read_tensor(const schema::Tensor& tensor, ExternalFiles& files);

}  // namespace thaw::onnx
