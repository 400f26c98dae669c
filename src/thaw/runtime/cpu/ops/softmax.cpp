#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

constexpr int channel_axis = 1;

class SoftmaxKernel final : public Kernel {
 public:
  SoftmaxKernel(const ops::Softmax& op, NodeRef node)
      : algorithm_(op.logarithm ? dnnl::algorithm::softmax_log : dnnl::algorithm::softmax_accurate),
        node_(node) {}

  void forward(Emitter& emit) override {
    const BufferId source = emit.value(node_.input(0));
    const Desc layout = emit.program.desc(source);
    const auto prop = emit.options.training ? dnnl::prop_kind::forward_training
                                            : dnnl::prop_kind::forward_inference;
    primitive_ = {emit.program.engine(), prop, algorithm_, layout, layout, channel_axis};
    result_ = emit.new_value(node_.value, layout);
    emit.program.add(Section::forward, "Softmax " + node_.node.name,
                     dnnl::softmax_forward(primitive_),
                     {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result_}});
  }

  void backward(Emitter& emit) override {
    const Desc layout = emit.program.desc(result_);
    const dnnl::softmax_backward::primitive_desc backward(emit.program.engine(), algorithm_, layout,
                                                          layout, layout, channel_axis, primitive_);
    const BufferId gradient = emit.program.temporary(layout);
    emit.program.add(Section::backward, "Softmax gradient " + node_.node.name,
                     dnnl::softmax_backward(backward),
                     {{DNNL_ARG_DST, result_},
                      {DNNL_ARG_DIFF_DST, emit.gradient(node_.value, layout)},
                      {DNNL_ARG_DIFF_SRC, gradient}});
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  dnnl::algorithm algorithm_;
  NodeRef node_;
  BufferId result_;
  dnnl::softmax_forward::primitive_desc primitive_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Softmax& op, NodeRef node) {
  return std::make_unique<SoftmaxKernel>(op, node);
}

}  // namespace thaw::cpu
