#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

dnnl::algorithm algorithm_of(ops::Binary::Kind kind) {
  return kind == ops::Binary::Kind::add ? dnnl::algorithm::binary_add : dnnl::algorithm::binary_mul;
}

class BinaryKernel final : public Kernel {
 public:
  BinaryKernel(const ops::Binary& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    first_ = emit.value(node_.input(0));
    layout_ = emit.program.desc(first_);
    repeats_ = emit.shape(node_.input(0)) != emit.shape(node_.input(1));
    second_ = repeats_ ? emit.value(node_.input(1), emit.plain_desc(node_.input(1)))
                       : emit.value(node_.input(1), layout_);
    const BufferId result = emit.new_value(node_.value, layout_);
    const dnnl::binary::primitive_desc primitive(emit.program.engine(), algorithm_of(op_.kind),
                                                 layout_, emit.program.desc(second_), layout_,
                                                 post_ops(false, op_.activation));
    emit.program.add(Section::forward, "Binary " + node_.node.name, dnnl::binary(primitive),
                     {{DNNL_ARG_SRC_0, first_}, {DNNL_ARG_SRC_1, second_}, {DNNL_ARG_DST, result}});
  }

  void backward(Emitter& emit) override {
    const BufferId above = emit.gradient(node_.value, layout_);
    if (emit.needs_gradient(node_.input(0))) {
      emit.add_gradient(node_.input(0),
                        op_.kind == ops::Binary::Kind::add ? above : product(emit, above, second_));
    }
    if (emit.needs_gradient(node_.input(1))) {
      const BufferId whole =
          op_.kind == ops::Binary::Kind::add ? above : product(emit, above, first_);
      emit.add_gradient(node_.input(1), repeats_ ? summed(emit, whole) : whole);
    }
  }

 private:
  BufferId product(Emitter& emit, BufferId a, BufferId b) const {
    const BufferId result = emit.program.temporary(layout_);
    const dnnl::binary::primitive_desc primitive(emit.program.engine(), dnnl::algorithm::binary_mul,
                                                 layout_, emit.program.desc(b), layout_);
    emit.program.add(Section::backward, "Binary gradient " + node_.node.name,
                     dnnl::binary(primitive),
                     {{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}, {DNNL_ARG_DST, result}});
    return result;
  }

  /// The gradient of a repeated operand: the sum over where it was repeated.
  BufferId summed(Emitter& emit, BufferId whole) const {
    const Desc small = emit.plain_desc(node_.input(1));
    const BufferId result = emit.program.temporary(small);
    const dnnl::reduction::primitive_desc primitive(
        emit.program.engine(), dnnl::algorithm::reduction_sum, layout_, small, 0.0F, 0.0F);
    emit.program.add(Section::backward, "sum over repeats " + node_.node.name,
                     dnnl::reduction(primitive), {{DNNL_ARG_SRC, whole}, {DNNL_ARG_DST, result}});
    return result;
  }

  ops::Binary op_;
  NodeRef node_;
  BufferId first_, second_;
  Desc layout_;
  bool repeats_ = false;
};

}  // namespace

std::unique_ptr<Kernel> make_kernel(const ops::Binary& op, NodeRef node) {
  return std::make_unique<BinaryKernel>(op, node);
}

}  // namespace thaw::cpu
