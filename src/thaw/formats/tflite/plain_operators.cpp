// TensorFlow Lite's operations without kernels: most are TensorFlow's under another name.
#include <fmt/format.h>

#include <array>

#include "thaw/formats/tflite/operators.h"
#include "thaw/formats/tflite/tensors.h"

namespace thaw::tflite {
namespace {

using foreign::Array;

Config object() { return Config(Config::Map{}); }

/// One that has the same inputs, and nothing more.
void same(OperatorCall& call) { call.finish(call.word(), call.values()); }

/// One of two values, with an activation behind it.
void arithmetic(OperatorCall& call) {
  call.finish(call.word(), call.values(), object(), call.fused());
}

void concatenation(OperatorCall& call) {
  const auto& options = call.options<schema::ConcatenationOptions>(schema::Options_Concatenation);
  std::vector<std::string> inputs = call.values();
  inputs.push_back(call.write.known(Array::scalar(int64_t{options.axis()})));
  call.finish("ConcatV2", std::move(inputs), object(), options.activation());
}

void softmax(OperatorCall& call) {
  const auto& options = call.options<schema::SoftmaxOptions>(schema::Options_Softmax);
  std::string x = call.value(0);
  if (options.beta() != 1)
    x = call.step("Mul", {x, call.write.known(Array::scalar(options.beta()))});
  call.finish("Softmax", {x});
}

/// x / max(‖x‖, 1e-6) along the last axis.
void l2_normalization(OperatorCall& call) {
  constexpr float smallest = 1e-6F;
  const std::string x = call.value(0);
  const std::string axes = call.write.known(Array::list({-1}));
  const std::string sum =
      call.step("Sum", {call.step("Square", {x}), axes}, object().set("keep_dims", true));
  const std::string bounded =
      call.step("Max", {sum, call.write.known(Array::scalar(smallest * smallest))});
  call.finish("Mul", {x, call.step("Rsqrt", {bounded})}, object(), call.fused());
}

void clip(OperatorCall& call) {
  const float lowest = call.word() == "from_minus_one" ? -1.0F : 0.0F;
  call.finish("ClipByValue", {call.value(0), call.write.known(Array::scalar(lowest)),
                              call.write.known(Array::scalar(1.0F))});
}

void leaky_relu(OperatorCall& call) {
  const auto& options = call.options<schema::AlphaOptions>(schema::Options_LeakyRelu);
  call.finish("LeakyRelu", call.values(), object().set("alpha", double{options.alpha()}));
}

void gelu(OperatorCall& call) {
  const auto* options = call.find_options<schema::GeluOptions>(schema::Options_Gelu);
  call.finish("thaw.Gelu", call.values(),
              object().set("approximate", options != nullptr && options->approximate()));
}

void reduction(OperatorCall& call) {
  const auto* options = call.find_options<schema::ReducerOptions>(schema::Options_Reducer);
  call.finish(call.word(), call.values(),
              object().set("keep_dims", options != nullptr && options->keep_dims()));
}

/// The shape is an input, or, in old files, an option.
void reshape(OperatorCall& call) {
  if (call.has_input(1)) return same(call);
  const auto& options = call.options<schema::ReshapeOptions>(schema::Options_Reshape);
  if (options.new_shape() == nullptr) throw Error("expected a shape, and there is none");
  const std::vector<int64_t> sizes(options.new_shape()->begin(), options.new_shape()->end());
  call.finish("Reshape", {call.value(0), call.write.known(Array::list(sizes))});
}

void squeeze(OperatorCall& call) {
  Config axes{Config::List{}};
  const auto* options = call.find_options<schema::SqueezeOptions>(schema::Options_Squeeze);
  if (options != nullptr && options->squeeze_dims() != nullptr)
    for (const int32_t axis : *options->squeeze_dims()) axes.append(int64_t{axis});
  call.finish("Squeeze", {call.value(0)}, object().set("squeeze_dims", std::move(axes)));
}

template <typename Options>
Config resizing(const Options& options) {
  return object()
      .set("align_corners", options.align_corners())
      .set("half_pixel_centers", options.half_pixel_centers());
}

void resize(OperatorCall& call) {
  const bool is_nearest = call.word() == "ResizeNearestNeighbor";
  call.finish(
      call.word(), call.values(),
      is_nearest
          ? resizing(call.options<schema::ResizeNearestOptions>(schema::Options_ResizeNearest))
          : resizing(call.options<schema::ResizeBilinearOptions>(schema::Options_ResizeBilinear)));
}

void strided_slice(OperatorCall& call) {
  const auto& options = call.options<schema::StridedSliceOptions>(schema::Options_StridedSlice);
  if (options.offset()) throw Error("expected ends that count from the beginning of the axis");
  call.finish("StridedSlice", call.values(),
              object()
                  .set("begin_mask", int64_t{options.begin_mask()})
                  .set("end_mask", int64_t{options.end_mask()})
                  .set("ellipsis_mask", int64_t{options.ellipsis_mask()})
                  .set("new_axis_mask", int64_t{options.new_axis_mask()})
                  .set("shrink_axis_mask", int64_t{options.shrink_axis_mask()}));
}

void split(OperatorCall& call) {
  const bool is_sized = call.word() == "SplitV";
  const auto& options =
      call.options<schema::CountOptions>(is_sized ? schema::Options_SplitV : schema::Options_Split);
  call.finish(call.word(), call.values(), object().set("num_split", int64_t{options.count()}));
}

void pack(OperatorCall& call) {
  const bool is_unpack = call.word() == "Unpack";
  const auto& options = call.options<schema::CountAxisOptions>(is_unpack ? schema::Options_Unpack
                                                                         : schema::Options_Pack);
  call.finish(call.word(), call.values(),
              object()
                  .set("axis", int64_t{options.axis()})
                  .set(is_unpack ? "num" : "N", int64_t{options.count()}));
}

void gather(OperatorCall& call) {
  const auto& options = call.options<schema::GatherOptions>(schema::Options_Gather);
  call.finish(
      "GatherV2",
      {call.value(0), call.value(1), call.write.known(Array::scalar(int64_t{options.axis()}))},
      object().set("batch_dims", int64_t{options.batch_dims()}));
}

void batch_matmul(OperatorCall& call) {
  const auto& options = call.options<schema::BatchMatMulOptions>(schema::Options_BatchMatMul);
  call.finish("BatchMatMulV2", {call.value(0), call.value(1, "kernel")},
              object().set("adj_x", options.adj_x()).set("adj_y", options.adj_y()));
}

void cast(OperatorCall& call) {
  Config types = object();
  const auto from = call.tensor(0).type();
  types.set("SrcT", tensorflow_type(from));
  const auto* options = call.find_options<schema::CastOptions>(schema::Options_Cast);
  types.set("DstT",
            tensorflow_type(options == nullptr ? call.output().type() : options->out_type()));
  call.finish("Cast", {call.value(0)}, std::move(types));
}

/// Numbers are floats already: those that flow are never quantized here.
void dequantize(OperatorCall& call) { call.finish("Identity", {call.value(0)}); }

void mirror_pad(OperatorCall& call) {
  const auto& options = call.options<schema::MirrorPadOptions>(schema::Options_MirrorPad);
  const bool is_symmetric = options.mode() == schema::MirrorPadMode_SYMMETRIC;
  call.finish("MirrorPad", call.values(),
              object().set("mode", is_symmetric ? "SYMMETRIC" : "REFLECT"));
}

void blocks(OperatorCall& call) {
  const bool to_space = call.word() == "DepthToSpace";
  const auto& options = call.options<schema::CountOptions>(to_space ? schema::Options_DepthToSpace
                                                                    : schema::Options_SpaceToDepth);
  call.finish(call.word(), call.values(), object().set("block_size", int64_t{options.count()}));
}

void local_response_normalization(OperatorCall& call) {
  const auto& options =
      call.options<schema::NormalizationOptions>(schema::Options_LocalResponseNormalization);
  call.finish("LRN", call.values(),
              object()
                  .set("depth_radius", int64_t{options.radius()})
                  .set("bias", double{options.bias()})
                  .set("alpha", double{options.alpha()})
                  .set("beta", double{options.beta()}));
}

using Code = schema::BuiltinOperator;

constexpr auto operators = std::to_array<Operator>({
    {Code::BuiltinOperator_ABS, &same, "Abs"},
    {Code::BuiltinOperator_ADD, &arithmetic, "Add"},
    {Code::BuiltinOperator_ADD_N, &same, "AddN"},
    {Code::BuiltinOperator_BATCH_MATMUL, &batch_matmul},
    {Code::BuiltinOperator_BATCH_TO_SPACE_ND, &same, "BatchToSpaceND"},
    {Code::BuiltinOperator_BROADCAST_TO, &same, "BroadcastTo"},
    {Code::BuiltinOperator_CAST, &cast},
    {Code::BuiltinOperator_CEIL, &same, "Ceil"},
    {Code::BuiltinOperator_CONCATENATION, &concatenation},
    {Code::BuiltinOperator_DEPTH_TO_SPACE, &blocks, "DepthToSpace"},
    {Code::BuiltinOperator_DEQUANTIZE, &dequantize},
    {Code::BuiltinOperator_DIV, &arithmetic, "Div"},
    {Code::BuiltinOperator_ELU, &same, "Elu"},
    {Code::BuiltinOperator_EQUAL, &same, "Equal"},
    {Code::BuiltinOperator_EXP, &same, "Exp"},
    {Code::BuiltinOperator_EXPAND_DIMS, &same, "ExpandDims"},
    {Code::BuiltinOperator_FILL, &same, "Fill"},
    {Code::BuiltinOperator_FLOOR, &same, "Floor"},
    {Code::BuiltinOperator_FLOOR_DIV, &same, "FloorDiv"},
    {Code::BuiltinOperator_FLOOR_MOD, &same, "FloorMod"},
    {Code::BuiltinOperator_GATHER, &gather},
    {Code::BuiltinOperator_GELU, &gelu},
    {Code::BuiltinOperator_GREATER, &same, "Greater"},
    {Code::BuiltinOperator_GREATER_EQUAL, &same, "GreaterEqual"},
    {Code::BuiltinOperator_HARD_SWISH, &same, "HardSwish"},
    {Code::BuiltinOperator_L2_NORMALIZATION, &l2_normalization},
    {Code::BuiltinOperator_LEAKY_RELU, &leaky_relu},
    {Code::BuiltinOperator_LESS, &same, "Less"},
    {Code::BuiltinOperator_LESS_EQUAL, &same, "LessEqual"},
    {Code::BuiltinOperator_LOCAL_RESPONSE_NORMALIZATION, &local_response_normalization},
    {Code::BuiltinOperator_LOG, &same, "Log"},
    {Code::BuiltinOperator_LOG_SOFTMAX, &same, "LogSoftmax"},
    {Code::BuiltinOperator_LOGICAL_AND, &same, "And"},
    {Code::BuiltinOperator_LOGICAL_NOT, &same, "Not"},
    {Code::BuiltinOperator_LOGICAL_OR, &same, "Or"},
    {Code::BuiltinOperator_LOGISTIC, &same, "Sigmoid"},
    {Code::BuiltinOperator_MAXIMUM, &same, "Max"},
    {Code::BuiltinOperator_MEAN, &reduction, "Mean"},
    {Code::BuiltinOperator_MINIMUM, &same, "Min"},
    {Code::BuiltinOperator_MIRROR_PAD, &mirror_pad},
    {Code::BuiltinOperator_MUL, &arithmetic, "Mul"},
    {Code::BuiltinOperator_NEG, &same, "Neg"},
    {Code::BuiltinOperator_NOT_EQUAL, &same, "NotEqual"},
    {Code::BuiltinOperator_PACK, &pack, "Pack"},
    {Code::BuiltinOperator_PAD, &same, "Pad"},
    {Code::BuiltinOperator_PADV2, &same, "PadV2"},
    {Code::BuiltinOperator_POW, &same, "Pow"},
    {Code::BuiltinOperator_PRELU, &same, "Prelu"},
    {Code::BuiltinOperator_RANGE, &same, "Range"},
    {Code::BuiltinOperator_RANK, &same, "Rank"},
    {Code::BuiltinOperator_REDUCE_MAX, &reduction, "ReduceMax"},
    {Code::BuiltinOperator_REDUCE_MIN, &reduction, "ReduceMin"},
    {Code::BuiltinOperator_REDUCE_PROD, &reduction, "Prod"},
    {Code::BuiltinOperator_RELU, &same, "Relu"},
    {Code::BuiltinOperator_RELU6, &same, "Relu6"},
    {Code::BuiltinOperator_RELU_0_TO_1, &clip, "from_zero"},
    {Code::BuiltinOperator_RELU_N1_TO_1, &clip, "from_minus_one"},
    {Code::BuiltinOperator_RESHAPE, &reshape, "Reshape"},
    {Code::BuiltinOperator_RESIZE_BILINEAR, &resize, "ResizeBilinear"},
    {Code::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, &resize, "ResizeNearestNeighbor"},
    {Code::BuiltinOperator_ROUND, &same, "Round"},
    {Code::BuiltinOperator_RSQRT, &same, "Rsqrt"},
    {Code::BuiltinOperator_SELECT, &same, "Where"},
    {Code::BuiltinOperator_SELECT_V2, &same, "Where"},
    {Code::BuiltinOperator_SHAPE, &same, "Shape"},
    {Code::BuiltinOperator_SIGN, &same, "Sign"},
    {Code::BuiltinOperator_SLICE, &same, "Slice"},
    {Code::BuiltinOperator_SOFTMAX, &softmax},
    {Code::BuiltinOperator_SPACE_TO_BATCH_ND, &same, "SpaceToBatchND"},
    {Code::BuiltinOperator_SPACE_TO_DEPTH, &blocks, "SpaceToDepth"},
    {Code::BuiltinOperator_SPLIT, &split, "Split"},
    {Code::BuiltinOperator_SPLIT_V, &split, "SplitV"},
    {Code::BuiltinOperator_SQRT, &same, "Sqrt"},
    {Code::BuiltinOperator_SQUARE, &same, "Square"},
    {Code::BuiltinOperator_SQUARED_DIFFERENCE, &same, "SquaredDifference"},
    {Code::BuiltinOperator_SQUEEZE, &squeeze},
    {Code::BuiltinOperator_STRIDED_SLICE, &strided_slice},
    {Code::BuiltinOperator_SUB, &arithmetic, "Sub"},
    {Code::BuiltinOperator_SUM, &reduction, "Sum"},
    {Code::BuiltinOperator_TANH, &same, "Tanh"},
    {Code::BuiltinOperator_TILE, &same, "Tile"},
    {Code::BuiltinOperator_TRANSPOSE, &same, "Transpose"},
    {Code::BuiltinOperator_UNPACK, &pack, "Unpack"},
    {Code::BuiltinOperator_ZEROS_LIKE, &same, "ZerosLike"},
});

}  // namespace

std::span<const Operator> plain_operators() { return operators; }

}  // namespace thaw::tflite
