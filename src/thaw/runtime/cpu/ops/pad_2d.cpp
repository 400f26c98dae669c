#include <cstring>

#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

class PadKernel final : public Kernel {
 public:
  PadKernel(const ops::Pad2D& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    const Desc source_layout = emit.program.desc(emit.value(node_.input(0)));
    layout_ = layout_like(source_layout, node_.node.shape, emit.batch());
    const BufferId result = emit.new_value(node_.value, layout_);
    emit.program.add(Section::forward, "zeros", {result},
                     [bytes = layout_.get_size()](const std::vector<float*>& data) {
                       std::memset(data[0], 0, bytes);
                     });
    emit.program.add_reorder(Section::forward, emit.value(node_.input(0)),
                             emit.program.alias(result, inside(emit)));
  }

  void backward(Emitter& emit) override {
    const BufferId above = emit.program.alias(emit.gradient(node_.value, layout_), inside(emit));
    const BufferId gradient =
        emit.program.temporary(layout_like(layout_, emit.shape(node_.input(0)), emit.batch()));
    emit.program.add_reorder(Section::backward, above, gradient);
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  /// The image within the padded one.
  Desc inside(const Emitter& emit) const {
    return layout_.submemory_desc(batch_dims(emit.shape(node_.input(0)), emit.batch()),
                                  {0, 0, op_.padding.top, op_.padding.left});
  }

  ops::Pad2D op_;
  NodeRef node_;
  Desc layout_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Pad2D& op, NodeRef node) {
  return std::make_unique<PadKernel>(op, node);
}

}  // namespace thaw::cpu
