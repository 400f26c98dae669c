#include "thaw/core/random.h"
#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/numerics/mix.h"

namespace thaw::cpu {
namespace {

class RandomMixKernel final : public Kernel {
 public:
  RandomMixKernel(const ops::RandomMix& op, NodeRef node)
      : op_(op), node_(node), size_{node.node.shape[0], node.node.shape[1], node.node.shape[2]} {}

  void forward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    emit.program.add(Section::forward, "RandomMix " + node_.node.name,
                     {emit.value(node_.input(0), layout), emit.new_value(node_.value, layout)},
                     [op = op_, batch = Batch{emit.batch(), size_}, seed = emit.options.seed,
                      step = emit.step_handle(), layer = static_cast<uint64_t>(node_.value.index)](
                         const std::vector<float*>& data) {
                       mix(op, batch.size, draw_mix(op, batch, seed, random_stream(*step, layer)),
                           data[0], data[1]);
                     });
  }

  void backward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId gradient = emit.program.temporary(layout);
    emit.program.add(
        Section::backward, "RandomMix gradient " + node_.node.name,
        {emit.gradient(node_.value, layout), gradient},
        [op = op_, batch = Batch{emit.batch(), size_}, seed = emit.options.seed,
         step = emit.step_handle(),
         layer = static_cast<uint64_t>(node_.value.index)](const std::vector<float*>& data) {
          mix_backward(op, batch.size, draw_mix(op, batch, seed, random_stream(*step, layer)),
                       data[0], data[1]);
        });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  ops::RandomMix op_;
  NodeRef node_;
  ImageSize size_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::RandomMix& op, NodeRef node) {
  return std::make_unique<RandomMixKernel>(op, node);
}

}  // namespace thaw::cpu
