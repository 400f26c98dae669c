#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

class ScaleShiftKernel final : public Kernel {
 public:
  ScaleShiftKernel(const ops::ScaleShift& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    const BufferId source = emit.value(node_.input(0));
    layout_ = emit.program.desc(source);
    const BufferId scale = numbers(emit, op_.scale);
    const BufferId offset = numbers(emit, op_.offset);
    dnnl::post_ops operations;
    operations.append_binary(dnnl::algorithm::binary_add, emit.program.desc(offset));
    append_activation(operations, op_.activation);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(operations);
    const dnnl::binary::primitive_desc primitive(emit.program.engine(), dnnl::algorithm::binary_mul,
                                                 layout_, emit.program.desc(scale), layout_,
                                                 attributes);
    emit.program.add(Section::forward, "ScaleShift " + node_.node.name, dnnl::binary(primitive),
                     {{DNNL_ARG_SRC_0, source},
                      {DNNL_ARG_SRC_1, scale},
                      {DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1, offset},
                      {DNNL_ARG_DST, emit.new_value(node_.value, layout_)}});
  }

  void backward(Emitter& emit) override {
    const BufferId scale = numbers(emit, op_.scale);
    const BufferId gradient = emit.program.temporary(layout_);
    const dnnl::binary::primitive_desc primitive(emit.program.engine(), dnnl::algorithm::binary_mul,
                                                 layout_, emit.program.desc(scale), layout_);
    emit.program.add(Section::backward, "ScaleShift gradient " + node_.node.name,
                     dnnl::binary(primitive),
                     {{DNNL_ARG_SRC_0, emit.gradient(node_.value, layout_)},
                      {DNNL_ARG_SRC_1, scale},
                      {DNNL_ARG_DST, gradient}});
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  /// One number a channel, repeated over everything else. The same numbers in the same order
  /// whatever the layout, but oneDNN is only fast where both operands' layouts have the same name.
  BufferId numbers(Emitter& emit, const std::vector<float>& values) const {
    const int64_t channels = node_.node.shape.last();
    Tensor tensor = Tensor::full({channels}, values[0]);
    if (values.size() > 1) tensor = Tensor::from({channels}, values);
    std::vector<int64_t> sizes(static_cast<size_t>(node_.node.shape.rank()), 1);
    sizes.back() = channels;
    return emit.program.tensor(tensor, layout_like(layout_, Shape(std::move(sizes)), 1));
  }

  ops::ScaleShift op_;
  NodeRef node_;
  Desc layout_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::ScaleShift& op, NodeRef node) {
  return std::make_unique<ScaleShiftKernel>(op, node);
}

}  // namespace thaw::cpu
