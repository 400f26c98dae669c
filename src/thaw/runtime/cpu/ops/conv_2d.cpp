#include <string_view>

#include "thaw/runtime/cpu/convolution_gradients.h"
#include "thaw/runtime/cpu/depthwise_gradient.h"
#include "thaw/runtime/cpu/depthwise_pair.h"
#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/winograd.h"

namespace thaw::cpu {
namespace {

/// Whether no fast implementation takes these layouts: the reference one is hundreds of times
/// slower.
bool is_reference(const dnnl::primitive_desc& primitive) {
  return std::string_view(primitive.impl_info_str()).starts_with("ref");
}

class Conv2DKernel final : public Kernel {
 public:
  Conv2DKernel(const ops::Conv2D& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    if (emit_depthwise_pair(emit, op_, node_) ||
        emit_winograd(emit, op_, node_,
                      [&](const Desc& layout) { return destination(emit, layout); })) {
      return;
    }
    view_ = plain_kernel(emit.shape(node_.input(1)), op_.groups);
    const Desc bias = op_.has_bias ? plain_vector(node_.node.shape.last()) : Desc();
    const auto prop = emit.options.training ? dnnl::prop_kind::forward_training
                                            : dnnl::prop_kind::forward_inference;
    const auto attributes = product_attributes(emit, op_.has_residual, op_.activation);
    const auto describe = [&](ImageLayout layout, ElementType in, ElementType out) {
      return dnnl::convolution_forward::primitive_desc{
          emit.program.engine(),
          prop,
          dnnl::algorithm::convolution_direct,
          image_layout(layout, emit.shape(node_.input(0)), emit.batch(), in),
          any_layout(view_, in),
          bias,
          image_layout(layout, node_.node.shape, emit.batch(), out),
          strides(),
          dilations(),
          padding_before(),
          padding_after(),
          attributes};
    };
    constexpr auto f32 = ElementType::f32;
    constexpr auto bf16 = ElementType::bf16;
    layout_ = emit.image_layout();
    if (emit.precision == Precision::bf16)
      primitive_ = describe(layout_, bf16, is_for_a_convolution(emit) ? bf16 : f32);
    if (emit.precision == Precision::f32 || is_reference(primitive_))
      primitive_ = describe(layout_, f32, f32);
    if (is_reference(primitive_)) {
      layout_ = ImageLayout::chosen_by_primitive;
      primitive_ = describe(layout_, f32, f32);
    }
    Program::Arguments arguments = {
        {DNNL_ARG_SRC, emit.value(node_.input(0), primitive_.src_desc())},
        {DNNL_ARG_WEIGHTS, emit.parameter(node_.input(1), view_, primitive_.weights_desc())}};
    if (op_.has_bias) arguments.emplace_back(DNNL_ARG_BIAS, emit.parameter(node_.input(2), bias));
    arguments.emplace_back(DNNL_ARG_DST, destination(emit, primitive_.dst_desc()));
    emit.program.add(Section::forward, "Conv2D " + node_.node.name,
                     dnnl::convolution_forward(primitive_), arguments);
  }

  void backward(Emitter& emit) override {
    if (emit.needs_gradient(node_.input(0))) backward_data(emit);
    const bool bias_trains = op_.has_bias && emit.needs_gradient(node_.input(2));
    if (emit.needs_gradient(node_.input(1)) || bias_trains) backward_weights(emit, bias_trains);
  }

 private:
  /// Whether the result need not be there in f32: another convolution would round it all the same.
  /// A sum is kept in f32, or every residual block would round it once more.
  bool is_for_a_convolution(const Emitter& emit) const {
    const ops::Value reader = emit.only_reader(node_.value);
    return !op_.has_residual && reader.index >= 0 &&
           emit.graph.get_if<ops::Conv2D>(reader) != nullptr &&
           emit.graph[reader].inputs[0] == node_.value;
  }

  Dims strides() const { return {op_.strides.height, op_.strides.width}; }
  Dims dilations() const { return {op_.dilations.height - 1, op_.dilations.width - 1}; }
  Dims padding_before() const { return {op_.padding.top, op_.padding.left}; }
  Dims padding_after() const { return {op_.padding.bottom, op_.padding.right}; }

  /// The residual is what the sum finds in the destination: in place where nobody else reads it.
  BufferId destination(Emitter& emit, const Desc& desc) {
    if (!op_.has_residual) return emit.new_value(node_.value, desc);
    const ops::Value residual = node_.node.inputs.back();
    if (emit.is_last_use(residual, node_.value) &&
        emit.program.desc(emit.value(residual)) == desc) {
      const BufferId shared = emit.program.alias(emit.value(residual), desc);
      emit.set_value(node_.value, shared);
      return shared;
    }
    const BufferId copy = emit.new_value(node_.value, desc);
    emit.program.add_reorder(Section::forward, emit.value(residual), copy);
    return copy;
  }

  void backward_data(Emitter& emit) {
    const dnnl::convolution_backward_data::primitive_desc backward(
        emit.program.engine(), dnnl::algorithm::convolution_direct,
        image_layout(layout_, emit.shape(node_.input(0)), emit.batch()), any_layout(view_),
        image_layout(layout_, node_.node.shape, emit.batch()), strides(), dilations(),
        padding_before(), padding_after(), primitive_);
    add_data_gradient<dnnl::convolution_backward_data>(emit, node_, view_, backward);
  }

  void backward_weights(Emitter& emit, bool bias_trains) {
    const Desc bias = bias_trains ? plain_vector(node_.node.shape.last()) : Desc();
    const dnnl::convolution_backward_weights::primitive_desc backward(
        emit.program.engine(), dnnl::algorithm::convolution_direct,
        image_layout(layout_, emit.shape(node_.input(0)), emit.batch()), any_layout(view_), bias,
        image_layout(layout_, node_.node.shape, emit.batch()), strides(), dilations(),
        padding_before(), padding_after(), primitive_);
    if (is_reference(backward) && emit_depthwise_gradient(emit, op_, node_, backward.src_desc(),
                                                          backward.diff_dst_desc(), bias_trains)) {
      return;
    }
    add_weights_gradient<dnnl::convolution_backward_weights>(emit, node_, view_, bias_trains,
                                                             backward);
  }

  ops::Conv2D op_;
  NodeRef node_;
  Desc view_;
  ImageLayout layout_ = ImageLayout::chosen_by_primitive;
  dnnl::convolution_forward::primitive_desc primitive_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Conv2D& op, NodeRef node) {
  return std::make_unique<Conv2DKernel>(op, node);
}

}  // namespace thaw::cpu
