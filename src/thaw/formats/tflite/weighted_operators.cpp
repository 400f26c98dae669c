// TensorFlow Lite's operations over windows, and products: kernels turned from its layout, output
// channels first, to TensorFlow's.
#include <fmt/format.h>

#include <array>

#include "thaw/formats/import/folding.h"
#include "thaw/formats/tflite/operators.h"
#include "thaw/formats/tflite/tensors.h"

namespace thaw::tflite {
namespace {

using foreign::Array;

Config numbers(std::initializer_list<int64_t> values) {
  Config list{Config::List{}};
  for (const int64_t value : values) list.append(value);
  return list;
}

/// Strides and padding, as all windows have them.
template <typename Options>
Config window_of(const Options& options) {
  return Config(Config::Map{})
      .set("strides", numbers({1, options.stride_h(), options.stride_w(), 1}))
      .set("padding", options.padding() == schema::Padding_SAME ? "SAME" : "VALID");
}

template <typename Options>
Config dilated_window_of(const Options& options) {
  return window_of(options).set("dilations",
                                numbers({1, options.dilation_h(), options.dilation_w(), 1}));
}

void expect_rank(const OperatorCall& call, size_t place, size_t rank) {
  const auto sizes = sizes_of(call.tensor(place));
  if (sizes.size() != rank)
    throw Error(fmt::format("expected a kernel of {} axes, received {}", rank, sizes.size()));
}

/// The kernel with its axes in this order; the name of a value.
std::string kernel(OperatorCall& call, size_t place, std::span<const int64_t> order) {
  expect_rank(call, place, order.size());
  const int32_t index = call.input(place);
  if (call.write.is_known(index)) {
    return call.write.known(foreign::folding::transpose(call.write.array(index), order),
                            call.layer() + "/kernel");
  }
  const Array known_order = Array::list({order.begin(), order.end()});
  return call.step("Transpose", {call.value(place), call.write.known(known_order)});
}

/// The operation, and behind it the bias, if there is one.
void finish_with_bias(OperatorCall& call, std::string_view op, std::vector<std::string> inputs,
                      Config attributes, size_t bias, schema::Activation activation) {
  if (!call.has_input(bias)) {
    call.finish(op, std::move(inputs), std::move(attributes), activation);
    return;
  }
  const std::string made = call.step(op, std::move(inputs), std::move(attributes));
  call.finish("BiasAdd", {made, call.value(bias, "bias")}, Config(Config::Map{}), activation);
}

void convolution(OperatorCall& call) {
  const auto& options = call.options<schema::ConvOptions>(schema::Options_Conv);
  constexpr std::array<int64_t, 4> order{1, 2, 3, 0};
  finish_with_bias(call, "Conv2D", {call.value(0), kernel(call, 1, order)},
                   dilated_window_of(options), 2, options.activation());
}

/// [1, h, w, in·multiplier] → [h, w, in, multiplier].
void depthwise(OperatorCall& call) {
  const auto& options = call.options<schema::DepthwiseOptions>(schema::Options_Depthwise);
  expect_rank(call, 1, 4);
  const auto sizes = sizes_of(call.tensor(1));
  const auto image = sizes_of(call.tensor(0));
  int64_t multiplier = options.depth_multiplier();
  if (image.size() == 4 && image[3] > 0) multiplier = sizes[3] / image[3];
  if (multiplier < 1 || sizes[3] % multiplier != 0)
    throw Error(fmt::format("expected a multiple of the image's channels, received {}", sizes[3]));
  const Shape shape{sizes[1], sizes[2], sizes[3] / multiplier, multiplier};
  std::string turned;
  if (call.write.is_known(call.input(1))) {
    turned =
        call.write.known(call.write.array(call.input(1)).reshaped(shape), call.layer() + "/kernel");
  } else {
    const Array known_shape = Array::list({shape.sizes().begin(), shape.sizes().end()});
    turned = call.step("Reshape", {call.value(1), call.write.known(known_shape)});
  }
  finish_with_bias(call, "DepthwiseConv2dNative", {call.value(0), turned},
                   dilated_window_of(options), 2, options.activation());
}

void transposed_convolution(OperatorCall& call) {
  const auto& options = call.options<schema::TransposeConvOptions>(schema::Options_TransposeConv);
  constexpr std::array<int64_t, 4> order{1, 2, 0, 3};
  finish_with_bias(call, "Conv2DBackpropInput",
                   {call.value(0), kernel(call, 1, order), call.value(2)}, window_of(options), 3,
                   options.activation());
}

/// x[.., in]·kernel[out, in] + bias; x of more axes than two is a list of rows, unless
/// keep_num_dims.
void fully_connected(OperatorCall& call) {
  const auto& options = call.options<schema::FullyConnectedOptions>(schema::Options_FullyConnected);
  if (options.weights_format() != schema::WeightsFormat_DEFAULT)
    throw Error("expected a kernel in rows, received a shuffled one of 8 bits");
  std::string x = call.value(0);
  const auto sizes = sizes_of(call.tensor(1));
  if (sizes.size() == 2 && sizes_of(call.tensor(0)).size() != 2 && !options.keep_num_dims())
    x = call.step("Reshape", {x, call.write.known(Array::list({-1, sizes[1]}))});
  constexpr std::array<int64_t, 2> order{1, 0};
  finish_with_bias(call, "MatMul", {x, kernel(call, 1, order)}, Config(Config::Map{}), 2,
                   options.activation());
}

void pooling(OperatorCall& call) {
  const auto& options = call.options<schema::PoolOptions>(schema::Options_Pool);
  Config attributes = window_of(options);
  attributes.set("ksize", numbers({1, options.filter_height(), options.filter_width(), 1}));
  call.finish(call.word(), {call.value(0)}, std::move(attributes), options.activation());
}

using Code = schema::BuiltinOperator;

constexpr auto operators = std::to_array<Operator>({
    {Code::BuiltinOperator_CONV_2D, &convolution, "", "Conv2D"},
    {Code::BuiltinOperator_DEPTHWISE_CONV_2D, &depthwise, "", "depthwise"},
    {Code::BuiltinOperator_TRANSPOSE_CONV, &transposed_convolution, "", "Conv2D"},
    {Code::BuiltinOperator_FULLY_CONNECTED, &fully_connected, "", "MatMul"},
    {Code::BuiltinOperator_AVERAGE_POOL_2D, &pooling, "AvgPool"},
    {Code::BuiltinOperator_MAX_POOL_2D, &pooling, "MaxPool"},
});

}  // namespace

std::span<const Operator> weighted_operators() { return operators; }

}  // namespace thaw::tflite
