#pragma once

#include <memory>
#include <string>
#include <vector>

#include "thaw/core/shape.h"
#include "thaw/ops/activation.h"
#include "thaw/ops/geometry.h"
#include "thaw/ops/kinds/binary.h"
#include "thaw/ops/kinds/pool_2d.h"
#include "thaw/ops/value.h"

namespace thaw {
class Tensor;
class Variable;
using VariablePtr = std::shared_ptr<Variable>;
}  // namespace thaw

namespace thaw::ops {

struct BatchMatMul;
struct BatchNormalization;
struct Conv2D;
struct ConvTranspose2D;
struct Dropout;
struct Elementwise;
struct GaussianNoise;
struct Graph;
struct Pick;
struct RandomAffine;
struct RandomAugment;
struct RandomChange;
struct RandomColor;
struct RandomCrop2D;
struct RandomMix;
struct Reduce;
struct Resize2D;
struct SampleNormalization;
struct SpectralNormalization;

/// What a layer lowers itself with: each call appends the operation of its name (see kinds/) and
/// returns its result; throws Error when the inputs do not fit. Names every node after the current
/// scope. Knows operations by name only, so that a layer includes those of kinds/ that it uses.
class Builder {
 public:
  Builder();
  ~Builder();
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  /// A batch of such samples, handed in from outside.
  Value input(Shape shape);
  /// One node a variable and shape, however often it is asked for.
  Value weight(const VariablePtr& variable, bool trainable, Shape shape);

  /// The same numbers for the whole batch.
  Value constant(Tensor value);

  Value conv_2d(Value x, Value kernel, Conv2D attributes, Value bias = {});
  Value conv_transpose_2d(Value x, Value kernel, ConvTranspose2D attributes, Value bias = {});
  Value matmul(Value x, Value kernel, Value bias = {});
  Value batch_normalization(Value x, std::vector<Value> parameters, BatchNormalization attributes);
  /// Softmax included.
  Value activation(Value x, const Activation& activation);
  /// gamma and beta where the flags say so.
  Value sample_normalization(Value x, std::vector<Value> parameters,
                             SampleNormalization attributes);
  Value binary(Binary::Kind kind, Value a, Value b);
  Value add(Value a, Value b) { return binary(Binary::Kind::add, a, b); }
  Value multiply(Value a, Value b) { return binary(Binary::Kind::multiply, a, b); }
  Value concatenate(std::vector<Value> values, int axis);
  Value pool_2d(Value x, Pool2D attributes);
  Value global_pool_2d(Value x, Pool2D::Kind kind);
  Value pad_2d(Value x, Padding2 padding);
  Value crop_2d(Value x, Padding2 cropping);
  Value resize_2d(Value x, Resize2D attributes);
  Value transpose(Value x, std::vector<int> order);
  Value reshape(Value x, Shape shape);
  Value scale_shift(Value x, std::vector<float> scale, std::vector<float> offset);
  Value dropout(Value x, Dropout attributes);
  Value gaussian_noise(Value x, GaussianNoise attributes);
  Value random_affine(Value x, const RandomAffine& attributes);
  Value random_color(Value x, const RandomColor& attributes);
  Value random_crop_2d(Value x, const RandomCrop2D& attributes);
  Value random_change(Value x, RandomChange attributes);
  Value random_augment(Value x, RandomAugment attributes);
  Value random_mix(Value x, const RandomMix& attributes);
  Value pick(Value x, Pick attributes);
  Value reduce(Value x, Reduce attributes);
  Value elementwise(Value x, const Elementwise& attributes);
  Value batch_matmul(Value a, Value b, const BatchMatMul& attributes);
  /// Gives x on; what reads kernel then reads the replaced one.
  Value spectral_normalization(Value x, Value kernel, Value u,
                               const SpectralNormalization& attributes);

  /// Without the batch axis.
  const Shape& shape(Value value) const;
  /// The path under which the nodes that follow are named: "mobilenetv2_1.00_224/Conv1".
  void set_scope(std::string scope);
  /// The finished graph; the builder is empty afterwards.
  Graph finish(std::vector<Value> outputs);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace thaw::ops
