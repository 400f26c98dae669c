#pragma once

#include <span>
#include <string_view>

#include "thaw/formats/tflite/operator_call.h"

namespace thaw::tflite {

/// What one operation of TensorFlow Lite is in TensorFlow's words.
struct Operator {
  schema::BuiltinOperator code;
  void (*write)(OperatorCall& call);
  std::string_view word = "";
  std::string_view kind = "";  ///< of one with a kernel: how its node was called
};

/// Convolutions and products with kernels, and poolings.
std::span<const Operator> weighted_operators();
/// All others.
std::span<const Operator> plain_operators();

}  // namespace thaw::tflite
