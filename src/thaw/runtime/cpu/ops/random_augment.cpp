#include "thaw/core/error.h"
#include "thaw/core/random.h"
#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/numerics/augment.h"

namespace thaw::cpu {
namespace {

class RandomAugmentKernel final : public Kernel {
 public:
  RandomAugmentKernel(const ops::RandomAugment& op, NodeRef node)
      : op_(op), node_(node), size_{node.node.shape[0], node.node.shape[1], node.node.shape[2]} {
    with_context("layer \"" + node.node.name + "\" in training", [&] {
      for (const ops::RandomChange& change : op_.changes) change.expect_channels(node.node.shape);
    });
  }

  void forward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    emit.program.add(
        Section::forward, "RandomAugment " + node_.node.name,
        {emit.value(node_.input(0), layout), emit.new_value(node_.value, layout)},
        [op = op_, batch = Batch{emit.batch(), size_}, seed = emit.options.seed,
         step = emit.step_handle(),
         layer = static_cast<uint64_t>(node_.value.index)](const std::vector<float*>& data) {
          const auto drawn = draw_augmentation(op, batch, seed, random_stream(*step, layer));
          augment(op, batch, drawn, data[0], data[1]);
        });
  }

  void backward(Emitter&) override {
    throw Error("layer \"" + node_.node.name +
                "\" rounds colours, which leaves no gradient, and something before it trains: "
                "freeze what stands before it, or let the layer stand first");
  }

 private:
  ops::RandomAugment op_;
  NodeRef node_;
  ImageSize size_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::RandomAugment& op, NodeRef node) {
  return std::make_unique<RandomAugmentKernel>(op, node);
}

}  // namespace thaw::cpu
