#pragma once

#include <cstdint>
#include <string_view>

#include "thaw/formats/import/array.h"
#include "thaw/formats/tensorflow/graph_def.pb.h"

namespace thaw::tensorflow {

/// "DT_FLOAT"; the number of a type that is not known, as text.
std::string name_of(proto::DataType type);
/// Of one number; 0 for types that are no plain numbers (text, resources, quantized ones).
uint64_t bytes_of(proto::DataType type);

/// Its sizes, −1 where they are open. Throws Error where the rank is.
std::vector<int64_t> sizes_of(const proto::TensorShapeProto& shape);
/// The same where each is known; throws Error otherwise.
Shape shape_of(const proto::TensorShapeProto& shape);

/// Numbers as they lie in memory, the least significant byte first. Throws Error for types that are
/// no numbers, and unless there are as many bytes as the shape takes.
foreign::Array array_of(proto::DataType type, Shape shape, std::string_view bytes);

/// The numbers of a constant. One that says a single number for all of a shape takes as many of
/// `fill_left` as it has elements. Throws Error where none are left, and for types that are no
/// numbers.
foreign::Array array_of(const proto::TensorProto& tensor, int64_t& fill_left);

}  // namespace thaw::tensorflow
