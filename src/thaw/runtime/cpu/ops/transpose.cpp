#include <utility>

#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

/// A copy between two views of dense memory, whose axes are in our own order here.
class TransposeKernel final : public Kernel {
 public:
  TransposeKernel(const ops::Transpose& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    const BufferId source = emit.value(node_.input(0), emit.plain_desc(node_.input(0)));
    const BufferId result = emit.new_value(node_.value, emit.plain_desc(node_.value));
    emit.program.add_reorder(Section::forward, emit.program.alias(source, transposed(emit)),
                             emit.program.alias(result, dense(emit)));
  }

  void backward(Emitter& emit) override {
    const BufferId above = emit.gradient(node_.value, emit.plain_desc(node_.value));
    const BufferId gradient = emit.program.temporary(emit.plain_desc(node_.input(0)));
    emit.program.add_reorder(Section::backward, emit.program.alias(above, dense(emit)),
                             emit.program.alias(gradient, transposed(emit)));
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  Dims dims(const Emitter& emit) const {
    Dims result = {emit.batch()};
    for (const int64_t size : node_.node.shape.sizes()) result.push_back(size);
    return result;
  }

  Desc dense(const Emitter& emit) const {
    Dims strides = dims(emit);
    int64_t stride = 1;
    for (size_t axis = strides.size(); axis-- > 0;) stride *= std::exchange(strides[axis], stride);
    return {dims(emit), dnnl::memory::data_type::f32, strides};
  }

  /// The input's memory as it is seen from the result.
  Desc transposed(const Emitter& emit) const {
    const Shape& from = emit.shape(node_.input(0));
    std::vector<int64_t> stride_of(static_cast<size_t>(from.rank()), 1);
    int64_t stride = 1;
    for (int axis = from.rank(); axis-- > 0;) {
      stride_of[static_cast<size_t>(axis)] = stride;
      stride *= from[axis];
    }
    Dims strides = {stride};
    for (const int axis : op_.order) strides.push_back(stride_of[static_cast<size_t>(axis)]);
    return {dims(emit), dnnl::memory::data_type::f32, strides};
  }

  ops::Transpose op_;
  NodeRef node_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Transpose& op, NodeRef node) {
  return std::make_unique<TransposeKernel>(op, node);
}

}  // namespace thaw::cpu
