#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/step_threads.h"

namespace thaw::cpu {
namespace {

/// Over the last axis: an input of more axes is a longer list of rows.
class MatMulKernel final : public Kernel {
 public:
  MatMulKernel(const ops::MatMul& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    const Shape& in = emit.shape(node_.input(0));
    rows_ = emit.batch() * (in.elements() / in.last());
    in_ = plain({in.last()}, rows_);
    out_ = plain({node_.node.shape.last()}, rows_);
    view_ = plain_matrix(emit.shape(node_.input(1)));
    const Desc bias = op_.has_bias ? plain_vector(node_.node.shape.last()) : Desc();
    const auto prop = emit.options.training ? dnnl::prop_kind::forward_training
                                            : dnnl::prop_kind::forward_inference;
    const auto attributes = product_attributes(emit, false, op_.activation);
    primitive_ = {emit.program.engine(), prop, in_, any_layout(view_), bias, out_, attributes};
    source_ = emit.program.alias(emit.value(node_.input(0), emit.plain_desc(node_.input(0))), in_);
    const BufferId result = emit.new_value(node_.value, emit.plain_desc(node_.value));
    Program::Arguments arguments = {
        {DNNL_ARG_SRC, source_},
        {DNNL_ARG_WEIGHTS, emit.parameter(node_.input(1), view_, primitive_.weights_desc())},
        {DNNL_ARG_DST, emit.program.alias(result, out_)}};
    if (op_.has_bias) arguments.emplace_back(DNNL_ARG_BIAS, emit.parameter(node_.input(2), bias));
    emit.program.add(Section::forward, "MatMul " + node_.node.name,
                     dnnl::inner_product_forward(primitive_), arguments);
  }

  void backward(Emitter& emit) override {
    const BufferId gradient =
        emit.program.alias(emit.gradient(node_.value, emit.plain_desc(node_.value)), out_);
    if (emit.needs_gradient(node_.input(0))) backward_data(emit, gradient);
    const bool bias_trains = op_.has_bias && emit.needs_gradient(node_.input(2));
    if (emit.needs_gradient(node_.input(1)) || bias_trains)
      backward_weights(emit, gradient, bias_trains);
  }

 private:
  void backward_data(Emitter& emit, BufferId gradient) {
    const dnnl::inner_product_backward_data::primitive_desc backward(
        emit.program.engine(), in_, any_layout(view_), out_, primitive_);
    const BufferId result = emit.program.temporary(emit.plain_desc(node_.input(0)));
    emit.program.add(
        Section::backward, "MatMul data gradient " + node_.node.name,
        dnnl::inner_product_backward_data(backward),
        {{DNNL_ARG_DIFF_DST, gradient},
         {DNNL_ARG_WEIGHTS, emit.parameter(node_.input(1), view_, backward.weights_desc())},
         {DNNL_ARG_DIFF_SRC, emit.program.alias(result, in_)}});
    emit.add_gradient(node_.input(0), result);
  }

  /// oneDNN's threads wait for each other in the middle of this step, and never sleep over it: one
  /// that has no core keeps the other spinning through its time slice. The bits are the same
  /// however many share the work.
  void backward_weights(Emitter& emit, BufferId gradient, bool bias_trains) {
    const int64_t work = rows_ * emit.shape(node_.input(1)).elements();
    const StepThreads threads(emit.program, threads_for(work, emit.program.threads()));
    const Desc bias = bias_trains ? plain_vector(node_.node.shape.last()) : Desc();
    const dnnl::inner_product_backward_weights::primitive_desc backward(
        emit.program.engine(), in_, any_layout(view_), bias, out_, primitive_);
    emit.add_weights_step(
        "MatMul weight gradient " + node_.node.name, dnnl::inner_product_backward_weights(backward),
        {{DNNL_ARG_SRC, source_}, {DNNL_ARG_DIFF_DST, gradient}}, node_.input(1),
        backward.diff_weights_desc(), view_, bias_trains ? node_.input(2) : ops::Value{});
  }

  ops::MatMul op_;
  NodeRef node_;
  int64_t rows_ = 0;
  Desc in_, out_, view_;
  BufferId source_;
  dnnl::inner_product_forward::primitive_desc primitive_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::MatMul& op, NodeRef node) {
  return std::make_unique<MatMulKernel>(op, node);
}

}  // namespace thaw::cpu
