#include "thaw/core/random.h"
#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

/// The mask is a function of (seed, step, layer, element), so a resumed run draws what an
/// uninterrupted one would have drawn.
class DropoutKernel final : public Kernel {
 public:
  DropoutKernel(const ops::Dropout& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId source = emit.value(node_.input(0), layout);
    mask_ = emit.program.temporary(layout);
    const BufferId result = emit.new_value(node_.value, layout);
    const int64_t count = emit.batch() * node_.node.shape.elements();
    const auto layer = static_cast<uint64_t>(node_.value.index);
    emit.program.add(Section::forward, "Dropout " + node_.node.name, {source, mask_, result},
                     [rate = op_.rate, seed = emit.options.seed, step = emit.step_handle(), layer,
                      count](const std::vector<float*>& data) {
                       Random random(seed, random_stream(*step, layer));
                       const float kept = rate < 1.0F ? 1.0F / (1.0F - rate) : 0.0F;
                       for (int64_t i = 0; i < count; ++i) {
                         data[1][i] = random.uniform() < rate ? 0.0F : kept;
                         data[2][i] = data[0][i] * data[1][i];
                       }
                     });
  }

  void backward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId above = emit.gradient(node_.value, layout);
    const BufferId gradient = emit.program.temporary(layout);
    const int64_t count = emit.batch() * node_.node.shape.elements();
    emit.program.add(Section::backward, "Dropout gradient " + node_.node.name,
                     {above, mask_, gradient}, [count](const std::vector<float*>& data) {
                       for (int64_t i = 0; i < count; ++i) data[2][i] = data[0][i] * data[1][i];
                     });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  ops::Dropout op_;
  NodeRef node_;
  BufferId mask_;
};

}  // namespace

std::unique_ptr<Kernel> make_kernel(const ops::Dropout& op, NodeRef node) {
  return std::make_unique<DropoutKernel>(op, node);
}

}  // namespace thaw::cpu
