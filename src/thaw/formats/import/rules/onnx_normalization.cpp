// ONNX's normalizations, their channels at axis 1.
#include <fmt/format.h>

#include <numeric>

#include "thaw/core/error.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

constexpr double usual_epsilon = 1e-5;

const Value* optional_input(const RuleCall& call, size_t place) {
  return call.has_input(place) ? &call.input(place) : nullptr;
}

/// Of known numbers, by their own statistics where it trains: how networks standardize their
/// kernels.
Value standardized(const RuleCall& call, bool trains) {
  Assembler& make = call.make;
  const Value& x = call.input(0);
  const int rank = make.shape_of(x).rank();
  if (rank < 2) throw Error(fmt::format("expected two axes or more, received {}", rank));
  std::vector<int64_t> axes = {0};
  for (int axis = 2; axis < rank; ++axis) axes.push_back(axis);
  std::vector<int64_t> ones(static_cast<size_t>(rank), 1);
  ones[1] = -1;
  const auto number = [](double value) {
    return Assembler::known(Array::scalar(static_cast<float>(value)));
  };
  const auto of_channels = [&](size_t place) { return make.reshape(call.input(place), ones); };
  const Value mean = trains ? make.reduce(Reduction::mean, x, axes, true) : of_channels(3);
  const Value distance = make.binary(Binary::subtract, x, mean);
  const Value variance =
      trains ? make.reduce(Reduction::mean, make.binary(Binary::multiply, distance, distance), axes,
                           true)
             : of_channels(4);
  const Value deviation =
      make.binary(Binary::power,
                  make.binary(Binary::add, variance, number(call.number("epsilon", usual_epsilon))),
                  number(0.5));
  const Value scaled = make.binary(
      Binary::multiply, make.binary(Binary::divide, distance, deviation), of_channels(1));
  return make.binary(Binary::add, scaled, of_channels(2));
}

std::vector<Value> batch_normalization(const RuleCall& call) {
  const bool trains =
      call.flag("training_mode", false) || (call.opset() < 14 && call.node().outputs.size() > 1);
  if (call.input(0).is_known()) return {standardized(call, trains)};
  if (trains) {
    throw Error(
        "expected batch normalization by kept statistics, received one that was exported while "
        "training: call model.eval() before exporting");
  }
  if (!call.flag("spatial", true))
    throw Error("expected statistics of channels (spatial=1), received spatial=0");
  return {call.make.batch_normalization(call.input(0), &call.input(1), &call.input(2),
                                        call.input(3), call.input(4),
                                        call.number("epsilon", usual_epsilon), 1)};
}

std::vector<Value> instance_normalization(const RuleCall& call) {
  const Shape x = call.make.shape_of(call.input(0));
  if (x.rank() < 3)
    throw Error(fmt::format("expected three axes or more, received shape {}", x.to_string()));
  return {call.make.group_normalization(call.input(0), &call.input(1), &call.input(2), x[1],
                                        call.number("epsilon", usual_epsilon), 1)};
}

/// Version 18 had a number for each group, and later ones have one for each channel.
Value of_channels(const RuleCall& call, size_t place, int64_t groups, int64_t channels) {
  const Value& numbers = call.input(place);
  if (call.opset() >= 21 || groups == channels) return numbers;
  const Value column = call.make.unsqueeze(numbers, {1});
  return call.make.reshape(call.make.broadcast_to(column, {groups, channels / groups}), {channels});
}

std::vector<Value> group_normalization(const RuleCall& call) {
  const Shape x = call.make.shape_of(call.input(0));
  const int64_t groups = call.integer("num_groups", 1);
  if (x.rank() < 3 || groups < 1 || x[1] % groups != 0) {
    throw Error(fmt::format(
        "expected three axes or more and groups that the channels can be split into, received "
        "shape {} and {} groups",
        x.to_string(), groups));
  }
  const Value gamma = of_channels(call, 1, groups, x[1]);
  const Value beta = of_channels(call, 2, groups, x[1]);
  return {call.make.group_normalization(call.input(0), &gamma, &beta, groups,
                                        call.number("epsilon", usual_epsilon), 1)};
}

std::vector<Value> layer_normalization(const RuleCall& call) {
  return {call.make.layer_normalization(
      call.input(0), optional_input(call, 1), optional_input(call, 2),
      call.number("epsilon", usual_epsilon), call.integer("axis", -1))};
}

/// com.microsoft: of the sum of the first two inputs and a bias (input 4).
std::vector<Value> skip_layer_normalization(const RuleCall& call) {
  Value sum = call.make.binary(Binary::add, call.input(0), call.input(1));
  if (call.has_input(4)) sum = call.make.binary(Binary::add, sum, call.input(4));
  const Value y = call.make.layer_normalization(sum, &call.input(2), optional_input(call, 3),
                                                call.number("epsilon", 1e-12), -1);
  return {y, {}, {}, sum};
}

/// gamma·x/√(mean(x²) + ε)
std::vector<Value> root_mean_square_normalization(const RuleCall& call) {
  const Value& x = call.input(0);
  const int rank = call.make.shape_of(x).rank();
  std::vector<int64_t> axes;
  for (int axis = call.make.axis_of(x, call.integer("axis", -1)); axis < rank; ++axis)
    axes.push_back(axis);
  const auto number = [](double value) {
    return Assembler::known(Array::scalar(static_cast<float>(value)));
  };
  const Value squares = call.make.reduce(Reduction::mean, call.make.binary(Binary::multiply, x, x),
                                         std::move(axes), true);
  const Value size = call.make.binary(
      Binary::power,
      call.make.binary(Binary::add, squares, number(call.number("epsilon", usual_epsilon))),
      number(0.5));
  const Value y = call.make.binary(Binary::divide, x, size);
  return {call.has_input(1) ? call.make.binary(Binary::multiply, y, call.input(1)) : y};
}

/// x/√Σx² along an axis.
std::vector<Value> unit_normalization(const RuleCall& call) {
  const Value& x = call.input(0);
  const int64_t power = call.integer("p", 2);
  if (power != 2) throw Error(fmt::format("expected a norm of p = 2, received {}", power));
  const Value squares = call.make.reduce(Reduction::sum, call.make.binary(Binary::multiply, x, x),
                                         {call.integer("axis", -1)}, true);
  const Value size =
      call.make.binary(Binary::power, squares, Assembler::known(Array::scalar(0.5F)));
  return {call.make.binary(Binary::divide, x, size)};
}

/// x/(bias + alpha·m)^beta, m the mean of the squares of the `size` channels around each, zeros
/// beyond the ends counted too (Krizhevsky et al. 2012, local response normalization).
std::vector<Value> local_response_normalization(const RuleCall& call) {
  Assembler& make = call.make;
  const Value& x = call.input(0);
  const Shape shape = make.shape_of(x);
  const int64_t size = call.integer("size", 0);
  if (shape.rank() != 4 || size < 1 || size > shape[1]) {
    throw Error(fmt::format(
        "expected four axes and a size of at most the channels, received shape {} and size {}",
        shape.to_string(), size));
  }
  const auto number = [](double value) {
    return Assembler::known(Array::scalar(static_cast<float>(value)));
  };
  const Value squares = make.transpose(make.binary(Binary::multiply, x, x), {0, 2, 3, 1});
  const Value rows = make.reshape(squares, {shape[0], shape[2] * shape[3], shape[1], 1});
  const Window along_channels{.left = (size - 1) / 2, .right = size / 2};
  const Value means = make.pooling(rows, false, Size2(1, size), along_channels, true, false, 3);
  const Value around =
      make.transpose(make.reshape(means, {shape[0], shape[2], shape[3], shape[1]}), {0, 3, 1, 2});
  const Value scaled = make.binary(
      Binary::add, make.binary(Binary::multiply, around, number(call.number("alpha", 1e-4))),
      number(call.number("bias", 1)));
  return {make.binary(Binary::multiply, x,
                      make.binary(Binary::power, scaled, number(-call.number("beta", 0.75))))};
}

constexpr Rule rules[] = {
    {"onnx:BatchNormalization", &batch_normalization},
    {"onnx:GroupNormalization", &group_normalization},
    {"onnx:InstanceNormalization", &instance_normalization},
    {"onnx:LRN", &local_response_normalization},
    {"onnx:LayerNormalization", &layer_normalization},
    {"onnx:LpNormalization", &unit_normalization},
    {"onnx:RMSNormalization", &root_mean_square_normalization},
    {"onnx:com.microsoft.SkipLayerNormalization", &skip_layer_normalization},
};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_normalization;
constinit const RuleFamily onnx_normalization{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
