#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

using Kind = ops::Binary::Kind;
using dnnl::algorithm;

algorithm algorithm_of(Kind kind) {
  switch (kind) {
    case Kind::add:
      return algorithm::binary_add;
    case Kind::subtract:
      return algorithm::binary_sub;
    case Kind::multiply:
      return algorithm::binary_mul;
    case Kind::maximum:
      return algorithm::binary_max;
    case Kind::minimum:
      return algorithm::binary_min;
  }
  return algorithm::undef;
}

class BinaryKernel final : public Kernel {
 public:
  BinaryKernel(const ops::Binary& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    first_ = emit.value(node_.input(0));
    layout_ = emit.program.desc(first_);
    is_parameter_ = emit.graph[node_.input(1)].is_parameter();
    repeats_ = is_parameter_ || emit.shape(node_.input(0)) != emit.shape(node_.input(1));
    second_ = second(emit);
    const BufferId result = emit.new_value(node_.value, layout_);
    const dnnl::binary::primitive_desc primitive(emit.program.engine(), algorithm_of(op_.kind),
                                                 layout_, emit.program.desc(second_), layout_,
                                                 post_ops(false, op_.activation));
    emit.program.add(Section::forward, "Binary " + node_.node.name, dnnl::binary(primitive),
                     {{DNNL_ARG_SRC_0, first_}, {DNNL_ARG_SRC_1, second_}, {DNNL_ARG_DST, result}});
  }

  void backward(Emitter& emit) override {
    const BufferId above = emit.gradient(node_.value, layout_);
    if (emit.needs_gradient(node_.input(0)))
      emit.add_gradient(node_.input(0), first_gradient(emit, above));
    if (!emit.needs_gradient(node_.input(1))) return;
    const BufferId whole = second_gradient(emit, above);
    if (!repeats_) {
      emit.add_gradient(node_.input(1), whole);
    } else if (is_parameter_) {
      emit.add_parameter_gradient(node_.input(1), summed(emit, whole), small(emit));
    } else {
      emit.add_gradient(node_.input(1), summed(emit, whole));
    }
  }

 private:
  /// The second operand, in the first one's layout where it can be: oneDNN is only fast where both
  /// operands' layouts have the same name.
  BufferId second(Emitter& emit) const {
    const ops::Value value = node_.input(1);
    if (is_parameter_)
      return emit.parameter(value, small(emit), layout_like(layout_, emit.shape(value), 1));
    return emit.value(value, repeats_ ? small(emit) : layout_);
  }

  Desc small(const Emitter& emit) const {
    return plain(emit.shape(node_.input(1)), is_parameter_ ? 1 : emit.batch());
  }

  BufferId first_gradient(Emitter& emit, BufferId above) const {
    switch (op_.kind) {
      case Kind::multiply:
        return computed(emit, algorithm::binary_mul, above, second_);
      case Kind::maximum:  // of equal ones the first is the maximum, as in TensorFlow
        return where(emit, algorithm::binary_ge, above);
      case Kind::minimum:
        return where(emit, algorithm::binary_le, above);
      default:
        return above;
    }
  }

  BufferId second_gradient(Emitter& emit, BufferId above) const {
    switch (op_.kind) {
      case Kind::multiply:
        return computed(emit, algorithm::binary_mul, above, first_);
      case Kind::maximum:
        return where(emit, algorithm::binary_lt, above);
      case Kind::minimum:
        return where(emit, algorithm::binary_gt, above);
      case Kind::subtract:
        return negated(emit, above);
      default:
        return above;
    }
  }

  BufferId computed(Emitter& emit, algorithm what, BufferId a, BufferId b) const {
    const BufferId result = emit.program.temporary(layout_);
    const dnnl::binary::primitive_desc primitive(emit.program.engine(), what, layout_,
                                                 emit.program.desc(b), layout_);
    emit.program.add(Section::backward, "Binary gradient " + node_.node.name,
                     dnnl::binary(primitive),
                     {{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}, {DNNL_ARG_DST, result}});
    return result;
  }

  /// The gradient where the comparison of both operands holds, elsewhere 0.
  BufferId where(Emitter& emit, algorithm comparison, BufferId above) const {
    return computed(emit, algorithm::binary_mul, above,
                    computed(emit, comparison, first_, second_));
  }

  BufferId negated(Emitter& emit, BufferId above) const {
    const BufferId result = emit.program.temporary(layout_);
    const dnnl::eltwise_forward::primitive_desc primitive(
        emit.program.engine(), dnnl::prop_kind::forward_inference, algorithm::eltwise_linear,
        layout_, layout_, -1.0F, 0.0F);
    emit.program.add(Section::backward, "Binary gradient " + node_.node.name,
                     dnnl::eltwise_forward(primitive),
                     {{DNNL_ARG_SRC, above}, {DNNL_ARG_DST, result}});
    return result;
  }

  /// The gradient of a repeated operand: the sum over where it was repeated.
  BufferId summed(Emitter& emit, BufferId whole) const {
    if (small(emit).get_dims() == layout_.get_dims()) return whole;
    const BufferId result = emit.program.temporary(small(emit));
    const dnnl::reduction::primitive_desc primitive(emit.program.engine(), algorithm::reduction_sum,
                                                    layout_, small(emit), 0.0F, 0.0F);
    emit.program.add(Section::backward, "sum over repeats " + node_.node.name,
                     dnnl::reduction(primitive), {{DNNL_ARG_SRC, whole}, {DNNL_ARG_DST, result}});
    return result;
  }

  ops::Binary op_;
  NodeRef node_;
  BufferId first_, second_;
  Desc layout_;
  bool repeats_ = false;
  bool is_parameter_ = false;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Binary& op, NodeRef node) {
  return std::make_unique<BinaryKernel>(op, node);
}

}  // namespace thaw::cpu
