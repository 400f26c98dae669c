#include "thaw/core/error.h"
#include "thaw/core/random.h"
#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/numerics/image_change.h"

namespace thaw::cpu {
namespace {

/// What is drawn for a batch, in each pass anew, since that is the same.
struct DrawnBatch {
  std::vector<DrawnNumbers> numbers;
  std::vector<Random> noise;
  ImageBatch images;

  DrawnBatch(const ops::RandomChange& op, const ImageSize& size, int64_t count, uint64_t seed,
             uint64_t stream) {
    for (int64_t i = 0; i < count; ++i) {
      Streams streams = streams_of(seed, stream, i);
      numbers.push_back(draw(op, size, streams));
      noise.push_back(streams.image);
    }
    images = {count, size, numbers, noise};
  }
};

class RandomChangeKernel final : public Kernel {
 public:
  RandomChangeKernel(const ops::RandomChange& op, NodeRef node)
      : op_(op), node_(node), size_{node.node.shape[0], node.node.shape[1], node.node.shape[2]} {
    with_context("layer \"" + node.node.name + "\" in training",
                 [&] { op_.expect_channels(node.node.shape); });
  }

  void forward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    source_ = emit.value(node_.input(0), layout);
    emit.program.add(Section::forward, "RandomChange " + node_.node.name,
                     {source_, emit.new_value(node_.value, layout)},
                     [op = op_, size = size_, count = emit.batch(), seed = emit.options.seed,
                      step = emit.step_handle(), layer = static_cast<uint64_t>(node_.value.index)](
                         const std::vector<float*>& data) {
                       const DrawnBatch drawn(op, size, count, seed, random_stream(*step, layer));
                       change(op, drawn.images, data[0], data[1]);
                     });
  }

  void backward(Emitter& emit) override {
    if (!has_gradient(op_.kind)) {
      throw Error("layer \"" + node_.node.name +
                  "\" has no gradient, as in Keras, and something before it trains: freeze what "
                  "stands before it, or let the layer stand first");
    }
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId gradient = emit.program.temporary(layout);
    emit.program.add(Section::backward, "RandomChange gradient " + node_.node.name,
                     {source_, emit.gradient(node_.value, layout), gradient},
                     [op = op_, size = size_, count = emit.batch(), seed = emit.options.seed,
                      step = emit.step_handle(), layer = static_cast<uint64_t>(node_.value.index)](
                         const std::vector<float*>& data) {
                       const DrawnBatch drawn(op, size, count, seed, random_stream(*step, layer));
                       change_backward(op, drawn.images, data[0], data[1], data[2]);
                     });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  ops::RandomChange op_;
  NodeRef node_;
  ImageSize size_;
  BufferId source_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::RandomChange& op, NodeRef node) {
  return std::make_unique<RandomChangeKernel>(op, node);
}

}  // namespace thaw::cpu
