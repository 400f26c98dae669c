#include <cstring>

#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

class CropKernel final : public Kernel {
 public:
  CropKernel(const ops::Crop2D& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    const BufferId source = emit.value(node_.input(0));
    layout_ = layout_like(emit.program.desc(source), emit.shape(node_.input(0)), emit.batch());
    const BufferId whole = emit.value(node_.input(0), layout_);
    const BufferId result =
        emit.new_value(node_.value, layout_like(layout_, node_.node.shape, emit.batch()));
    emit.program.add_reorder(Section::forward, emit.program.alias(whole, inside(emit)), result);
  }

  void backward(Emitter& emit) override {
    const BufferId gradient = emit.program.temporary(layout_);
    emit.program.add(Section::backward, "zeros", {gradient},
                     [bytes = layout_.get_size()](const std::vector<float*>& data) {
                       std::memset(data[0], 0, bytes);
                     });
    emit.program.add_reorder(Section::backward, emit.gradient(node_.value),
                             emit.program.alias(gradient, inside(emit)));
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  /// The part of the image that is kept.
  Desc inside(const Emitter& emit) const {
    return layout_.submemory_desc(batch_dims(node_.node.shape, emit.batch()),
                                  {0, 0, op_.cropping.top, op_.cropping.left});
  }

  ops::Crop2D op_;
  NodeRef node_;
  Desc layout_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::Crop2D& op, NodeRef node) {
  return std::make_unique<CropKernel>(op, node);
}

}  // namespace thaw::cpu
