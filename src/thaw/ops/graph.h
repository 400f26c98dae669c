#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "thaw/ops/op.h"

namespace thaw::ops {

/// Names one node's result in its graph.
struct Value {
  int index = -1;
  auto operator<=>(const Value&) const = default;
};

struct Node {
  Op op;
  std::vector<Value> inputs;
  Shape shape;
  std::string name;  ///< the path of the layer that asked for it: "mobilenetv2_1.00_224/Conv1"

  /// Weights and constants have no batch axis.
  bool is_parameter() const {
    return std::holds_alternative<Weight>(op) || std::holds_alternative<Constant>(op);
  }
};

/// A computation in static single assignment: every node comes after its inputs.
struct Graph {
  std::vector<Node> nodes;
  std::vector<Value> inputs;
  std::vector<Value> outputs;

  const Node& operator[](Value value) const { return nodes[static_cast<size_t>(value.index)]; }
  Node& operator[](Value value) { return nodes[static_cast<size_t>(value.index)]; }
  template <typename OpType>
  const OpType* get_if(Value value) const {
    return std::get_if<OpType>(&(*this)[value].op);
  }

  /// Appends a node and derives its shape; throws Error when the inputs do not fit.
  Value append(Op op, std::vector<Value> node_inputs, std::string name = {});
  /// How many nodes use each value; an output counts as a use.
  std::vector<int> use_counts() const;
  /// Without the nodes that no output needs. Inputs stay.
  Graph without_dead_nodes() const;
};

/// What a layer lowers itself with. Names every node after the current scope.
class Builder {
 public:
  Value input(Shape shape);
  /// One node a variable and shape, however often it is asked for.
  Value weight(const VariablePtr& variable, bool trainable, Shape shape);

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

  const Shape& shape(Value value) const { return graph_[value].shape; }
  void set_scope(std::string scope) { scope_ = std::move(scope); }
  /// The finished graph; the builder is empty afterwards.
  Graph finish(std::vector<Value> outputs);

 private:
  Value append(Op op, std::vector<Value> inputs) {
    return graph_.append(std::move(op), std::move(inputs), scope_);
  }

  Graph graph_;
  std::string scope_;
  std::unordered_map<std::string, Value> weights_;
};

}  // namespace thaw::ops
