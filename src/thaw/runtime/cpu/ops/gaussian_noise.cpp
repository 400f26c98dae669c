#include "thaw/core/random.h"
#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

/// The noise is a function of (seed, step, layer, element), as dropout's is.
class GaussianNoiseKernel final : public Kernel {
 public:
  GaussianNoiseKernel(const ops::GaussianNoise& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId source = emit.value(node_.input(0), layout);
    noise_ = emit.program.temporary(layout);
    const BufferId result = emit.new_value(node_.value, layout);
    emit.program.add(Section::forward, "GaussianNoise " + node_.node.name, {source, noise_, result},
                     [op = op_, seed = emit.options.seed, step = emit.step_handle(),
                      layer = static_cast<uint64_t>(node_.value.index),
                      count = count(emit)](const std::vector<float*>& data) {
                       Random random(seed, random_stream(*step, layer));
                       for (int64_t i = 0; i < count; ++i) {
                         const float noise = op.deviation * random.normal();
                         data[1][i] = op.multiplies ? 1.0F + noise : noise;
                         data[2][i] =
                             op.multiplies ? data[0][i] * data[1][i] : data[0][i] + data[1][i];
                       }
                     });
  }

  void backward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId above = emit.gradient(node_.value, layout);
    if (!op_.multiplies) {
      emit.add_gradient(node_.input(0), above);
      return;
    }
    const BufferId gradient = emit.program.temporary(layout);
    emit.program.add(Section::backward, "GaussianNoise gradient " + node_.node.name,
                     {above, noise_, gradient},
                     [count = count(emit)](const std::vector<float*>& data) {
                       for (int64_t i = 0; i < count; ++i) data[2][i] = data[0][i] * data[1][i];
                     });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  int64_t count(const Emitter& emit) const { return emit.batch() * node_.node.shape.elements(); }

  ops::GaussianNoise op_;
  NodeRef node_;
  BufferId noise_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::GaussianNoise& op, NodeRef node) {
  return std::make_unique<GaussianNoiseKernel>(op, node);
}

}  // namespace thaw::cpu
