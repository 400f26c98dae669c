#pragma once

#include <functional>
#include <memory>
#include <string>

#include "thaw/core/tensor.h"

namespace thaw {

/// One weight of a layer: a named tensor that training may change. Its layer holds it, and every
/// graph made from that layer shares it. Its initial value is made when value() is first called, so
/// a network whose weights come from a file never pays for random ones. Not for several threads at
/// once until then.
class Variable {
 public:
  /// Makes the initial value, of the variable's shape, from a seed.
  using Initial = std::function<Tensor(uint64_t seed)>;

  Variable(std::string name, Shape shape, bool can_train, Initial initial)
      : name_(std::move(name)),
        shape_(std::move(shape)),
        can_train_(can_train),
        initial_(std::move(initial)) {}

  /// As in Keras, without the layer: "kernel", "gamma", "moving_mean".
  const std::string& name() const { return name_; }
  const Shape& shape() const { return shape_; }
  /// False for moving statistics, which no optimizer touches.
  bool can_train() const { return can_train_; }

  /// The value, of shape(): the initial one unless it was assigned. Valid as long as the variable;
  /// its storage is another after assign() and reset().
  Tensor& value();
  /// Takes a copy of `value`; throws Error "expected shape …, received …" when the shapes differ.
  void assign(const Tensor& value);
  /// Drops the value: the next value() makes an initial one from `seed`.
  void reset(uint64_t seed);
  /// Sets the seed of the initial value; no effect once there is a value.
  void set_seed(uint64_t seed) {
    if (value_.empty()) seed_ = seed;
  }

 private:
  std::string name_;
  Shape shape_;
  bool can_train_;
  Initial initial_;
  uint64_t seed_ = 0;
  Tensor value_;
};

using VariablePtr = std::shared_ptr<Variable>;

}  // namespace thaw
