#include "thaw/runtime/cpu/depthwise_pair.h"

#include <string_view>

namespace thaw::cpu {
namespace {

bool is_pointwise(const ops::Conv2D& op, const Shape& kernel) {
  return op.groups == 1 && kernel[0] == 1 && kernel[1] == 1 && op.strides == Size2(1) &&
         op.padding == Padding2{} && !op.has_residual && op.has_bias;
}

/// Of the kind that oneDNN appends to another convolution: it knows the padding before alone, and
/// that the result is the input's size over the stride, rounded up.
bool is_appendable(const ops::Conv2D& op, const Shape& kernel, const Shape& in, const Shape& out) {
  const int64_t stride = op.strides.height;
  return op.groups == in.last() && out.last() == in.last() && kernel[0] == 3 && kernel[1] == 3 &&
         (stride == 1 || stride == 2) && op.strides == Size2(stride) && op.dilations == Size2(1) &&
         op.padding.top == op.padding.left && op.padding.top <= 1 &&
         out[0] == (in[0] + stride - 1) / stride && out[1] == (in[1] + stride - 1) / stride &&
         !op.has_residual && op.has_bias;
}

dnnl::convolution_forward::primitive_desc describe(Emitter& emit, const ops::Conv2D& op,
                                                   NodeRef node, const ops::Conv2D& depthwise) {
  constexpr auto type = dnnl::memory::data_type::f32;
  dnnl::post_ops operations;
  append_activation(operations, op.activation);
  operations.append_dw(type, type, type, 3, depthwise.strides.height, depthwise.padding.top);
  append_activation(operations, depthwise.activation);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(operations);
  return {emit.program.engine(),
          dnnl::prop_kind::forward_inference,
          dnnl::algorithm::convolution_direct,
          image_layout(emit.image_layout(), emit.shape(node.input(0)), emit.batch()),
          any_layout(plain_kernel(emit.shape(node.input(1)), 1)),
          plain_vector(node.node.shape.last()),
          image_layout(emit.image_layout(), node.node.shape, emit.batch()),
          Dims{1, 1},
          Dims{0, 0},
          Dims{0, 0},
          Dims{0, 0},
          attributes,
          true};
}

}  // namespace

bool emit_depthwise_pair(Emitter& emit, const ops::Conv2D& op, NodeRef node) {
  if (emit.precision != Precision::f32 || emit.options.training ||
      channel_block(emit.image_layout()) == 1)
    return false;
  const ops::Value reader = emit.only_reader(node.value);
  const auto* depthwise = reader.index < 0 ? nullptr : emit.graph.get_if<ops::Conv2D>(reader);
  if (depthwise == nullptr || !is_pointwise(op, emit.shape(node.input(1)))) return false;
  const ops::Node& second = emit.graph[reader];
  const Shape& kernel = emit.shape(second.inputs[1]);
  if (second.inputs[0] != node.value ||
      node.node.shape.last() % channel_block(emit.image_layout()) != 0 ||
      !is_appendable(*depthwise, kernel, node.node.shape, second.shape)) {
    return false;
  }
  const auto primitive = describe(emit, op, node, *depthwise);
  if (!primitive || std::string_view(primitive.impl_info_str()).starts_with("ref")) return false;
  const auto wanted = [&](int argument) {
    return primitive.query_md(dnnl::query::exec_arg_md, argument);
  };
  const Desc first_view = plain_kernel(emit.shape(node.input(1)), 1);
  const Desc second_view = plain_kernel(kernel, depthwise->groups);
  const Desc bias = plain_vector(node.node.shape.last());
  constexpr int appended = DNNL_ARG_ATTR_POST_OP_DW;
  emit.program.add(
      Section::forward, "Conv2D " + node.node.name + " and " + second.name,
      dnnl::convolution_forward(primitive),
      {{DNNL_ARG_SRC, emit.value(node.input(0), primitive.src_desc())},
       {DNNL_ARG_WEIGHTS, emit.parameter(node.input(1), first_view, primitive.weights_desc())},
       {DNNL_ARG_BIAS, emit.parameter(node.input(2), bias)},
       {appended | DNNL_ARG_WEIGHTS,
        emit.parameter(second.inputs[1], second_view, wanted(appended | DNNL_ARG_WEIGHTS))},
       {appended | DNNL_ARG_BIAS, emit.parameter(second.inputs[2], bias)},
       {DNNL_ARG_DST, emit.new_value(reader, primitive.dst_desc())}});
  return true;
}

}  // namespace thaw::cpu
