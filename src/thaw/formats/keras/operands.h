#pragma once

#include <optional>
#include <vector>

#include "thaw/formats/keras/operator_call.h"

namespace thaw::keras {

/// The operands of x ∘ y: two tensors, or a tensor and numbers on either side.
struct Operands {
  Symbol x;
  std::optional<Symbol> y;
  std::vector<float> values;   ///< one, one a channel, or one a place
  bool numbers_first = false;  ///< numbers ∘ x
  bool by_place = false;       ///< as many numbers as x has
};

/// Those of an operator, by Keras's and TensorFlow's names of them. An array is one number, one a
/// channel, or is repeated along the axes where its size is 1 to one a place of x. Throws Error for
/// an array that fits in no such way.
Operands operands(const OperatorCall& call);
/// The same of a tensor and what stands beside it.
Operands beside(const OperatorCall& call, const Symbol& x, const OperatorCall::Operand& y);

/// x·scale + offset, each one number or one a channel.
Symbol rescale(const OperatorCall& call, const Symbol& x, const std::vector<float>& scale,
               const std::vector<float>& offset);
Symbol power(const OperatorCall& call, const Symbol& x, double exponent);
Symbol clip(const OperatorCall& call, const Symbol& x, double lowest, double highest);
/// x·a, x/a and x + a of a tensor and its operand's numbers.
Symbol times_numbers(const OperatorCall& call, const Operands& of);
Symbol over_numbers(const OperatorCall& call, const Operands& of);
Symbol plus_numbers(const OperatorCall& call, const Operands& of);
/// The numbers as a tensor of x's shape.
Symbol as_tensor(const OperatorCall& call, const Operands& of);

std::vector<float> negated(std::vector<float> values);
/// 1/x of each. Throws Error for 0.
std::vector<float> inverted(const std::vector<float>& values);
bool are_equal(const std::vector<float>& values);

}  // namespace thaw::keras
