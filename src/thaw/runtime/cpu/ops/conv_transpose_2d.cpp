#include "thaw/runtime/cpu/convolution_gradients.h"
#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

/// A convolution's gradient run as a layer: oneDNN's deconvolution.
class ConvTranspose2DKernel final : public Kernel {
 public:
  ConvTranspose2DKernel(const ops::ConvTranspose2D& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    const Shape& x = emit.shape(node_.input(0));
    const Shape& kernel = emit.shape(node_.input(1));
    view_ = kernel_view(kernel);
    after_ = {rest(x[0], kernel[0], op_.strides.height, op_.padding.top, op_.size.height),
              rest(x[1], kernel[1], op_.strides.width, op_.padding.left, op_.size.width)};
    const Desc bias = op_.has_bias ? plain_vector(node_.node.shape.last()) : Desc();
    const auto prop = emit.options.training ? dnnl::prop_kind::forward_training
                                            : dnnl::prop_kind::forward_inference;
    primitive_ = {emit.program.engine(),
                  prop,
                  dnnl::algorithm::deconvolution_direct,
                  any_layout(x, emit.batch()),
                  any_layout(view_),
                  bias,
                  any_layout(node_.node.shape, emit.batch()),
                  strides(),
                  Dims{0, 0},
                  before(),
                  after_,
                  product_attributes(emit, false, {})};
    Program::Arguments arguments = {
        {DNNL_ARG_SRC, emit.value(node_.input(0), primitive_.src_desc())},
        {DNNL_ARG_WEIGHTS, emit.parameter(node_.input(1), view_, primitive_.weights_desc())},
        {DNNL_ARG_DST, emit.new_value(node_.value, primitive_.dst_desc())}};
    if (op_.has_bias) arguments.emplace_back(DNNL_ARG_BIAS, emit.parameter(node_.input(2), bias));
    emit.program.add(Section::forward, "ConvTranspose2D " + node_.node.name,
                     dnnl::deconvolution_forward(primitive_), arguments);
  }

  void backward(Emitter& emit) override {
    if (emit.needs_gradient(node_.input(0))) backward_data(emit);
    const bool bias_trains = op_.has_bias && emit.needs_gradient(node_.input(2));
    if (emit.needs_gradient(node_.input(1)) || bias_trains) backward_weights(emit, bias_trains);
  }

 private:
  Dims strides() const { return {op_.strides.height, op_.strides.width}; }
  Dims before() const { return {op_.padding.top, op_.padding.left}; }

  /// The padding at the end; negative where the result reaches beyond the last window.
  static int64_t rest(int64_t size, int64_t window, int64_t stride, int64_t before,
                      int64_t result) {
    return (size - 1) * stride + window - before - result;
  }

  /// A kernel [h, w, out, in] in Keras's memory order under oneDNN's axes (out, in, h, w).
  static Desc kernel_view(const Shape& kernel) {
    const int64_t pixel = kernel[2] * kernel[3];
    return {{kernel[2], kernel[3], kernel[0], kernel[1]},
            dnnl::memory::data_type::f32,
            Dims{kernel[3], 1, kernel[1] * pixel, pixel}};
  }

  void backward_data(Emitter& emit) {
    const dnnl::deconvolution_backward_data::primitive_desc backward(
        emit.program.engine(), dnnl::algorithm::deconvolution_direct,
        any_layout(emit.shape(node_.input(0)), emit.batch()), any_layout(view_),
        any_layout(node_.node.shape, emit.batch()), strides(), Dims{0, 0}, before(), after_,
        primitive_);
    add_data_gradient<dnnl::deconvolution_backward_data>(emit, node_, view_, backward);
  }

  void backward_weights(Emitter& emit, bool bias_trains) {
    const Desc bias = bias_trains ? plain_vector(node_.node.shape.last()) : Desc();
    const dnnl::deconvolution_backward_weights::primitive_desc backward(
        emit.program.engine(), dnnl::algorithm::deconvolution_direct,
        any_layout(emit.shape(node_.input(0)), emit.batch()), any_layout(view_), bias,
        any_layout(node_.node.shape, emit.batch()), strides(), Dims{0, 0}, before(), after_,
        primitive_);
    add_weights_gradient<dnnl::deconvolution_backward_weights>(emit, node_, view_, bias_trains,
                                                               backward);
  }

  ops::ConvTranspose2D op_;
  NodeRef node_;
  Desc view_;
  Dims after_;
  dnnl::deconvolution_forward::primitive_desc primitive_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::ConvTranspose2D& op, NodeRef node) {
  return std::make_unique<ConvTranspose2DKernel>(op, node);
}

}  // namespace thaw::cpu
