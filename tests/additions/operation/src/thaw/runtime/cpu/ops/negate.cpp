#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

class NegateKernel final : public Kernel {
 public:
  explicit NegateKernel(NodeRef node) : node_(node) {}

  void forward(Emitter& emit) override {
    const BufferId source = emit.value(node_.input(0));
    layout_ = emit.program.desc(source);
    negate(emit, Section::forward, source, emit.new_value(node_.value, layout_));
  }

  void backward(Emitter& emit) override {
    const BufferId gradient = emit.program.temporary(layout_);
    negate(emit, Section::backward, emit.gradient(node_.value, layout_), gradient);
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  void negate(Emitter& emit, Section section, BufferId from, BufferId to) const {
    emit.program.add(section, "Negate " + node_.node.name, {from, to},
                     [count = layout_.get_size() / sizeof(float)](const std::vector<float*>& data) {
                       for (size_t i = 0; i < count; ++i) data[1][i] = -data[0][i];
                     });
  }

  NodeRef node_;
  Desc layout_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Negate&, NodeRef node) {
  return std::make_unique<NegateKernel>(node);
}

}  // namespace thaw::cpu
