#pragma once

#include <cstdint>
#include <string_view>

#include "thaw/formats/import/array.h"

namespace thaw::foreign {

/// How files keep a number, the least significant byte first.
enum class Stored {
  float32,
  float64,
  float16,   ///< IEEE 754 binary16
  bfloat16,  ///< the upper half of a float32
  int8,
  uint8,  ///< and true or false
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64  ///< beyond int64's largest number, that
};

uint64_t bytes_of(Stored type);

/// The numbers in `bytes`: floats as float32, whole ones as int64. Throws Error unless there are
/// shape.elements() of them.
Array array_of(Stored type, Shape shape, std::string_view bytes);

}  // namespace thaw::foreign
