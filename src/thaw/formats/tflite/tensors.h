#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "thaw/formats/import/array.h"
#include "thaw/formats/tflite/tflite_file.h"

namespace thaw::tflite {

/// "int8", for messages.
std::string name_of(schema::TensorType type);
/// TensorFlow's name of it, "DT_INT8".
std::string tensorflow_type(schema::TensorType type);

/// The sizes of a tensor; −1 where the signature says that one is open.
std::vector<int64_t> sizes_of(const schema::Tensor& tensor);

/// Whether its numbers are whole ones that stand for others, with a scale.
bool is_quantized(const schema::Tensor& tensor);

/// The numbers of a tensor that is known beforehand: floats, of 16 bits too, as floats; whole ones
/// with a scale as (q − zero point)·scale, of the whole tensor or of each place of one axis; others
/// as they are. Throws Error for other types, sparse ones, and unless `bytes` are as many as the
/// shape takes.
foreign::Array array_of(const schema::Tensor& tensor, std::string_view bytes);

}  // namespace thaw::tflite
