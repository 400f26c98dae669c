#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

/// Another view of the same memory, once that is in our own order.
class ReshapeKernel final : public Kernel {
 public:
  explicit ReshapeKernel(NodeRef node) : node_(node) {}

  void forward(Emitter& emit) override {
    const bool same_shape = emit.shape(node_.input(0)) == node_.node.shape;
    const BufferId source = same_shape
                                ? emit.value(node_.input(0))
                                : emit.value(node_.input(0), emit.plain_desc(node_.input(0)));
    emit.set_value(node_.value,
                   emit.program.alias(source, same_shape ? emit.program.desc(source)
                                                         : emit.plain_desc(node_.value)));
  }

  void backward(Emitter& emit) override {
    if (emit.shape(node_.input(0)) == node_.node.shape) {
      emit.add_gradient(node_.input(0), emit.gradient(node_.value));
      return;
    }
    const BufferId above = emit.gradient(node_.value, emit.plain_desc(node_.value));
    emit.add_gradient(node_.input(0), emit.program.alias(above, emit.plain_desc(node_.input(0))));
  }

 private:
  NodeRef node_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Reshape&, NodeRef node) {
  return std::make_unique<ReshapeKernel>(node);
}

}  // namespace thaw::cpu
