#include "thaw/core/random.h"
#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/numerics/recolour.h"

namespace thaw::cpu {
namespace {

/// What is drawn is a function of (seed, step, layer, sample), as dropout's is.
class RandomColorKernel final : public Kernel {
 public:
  RandomColorKernel(const ops::RandomColor& op, NodeRef node)
      : op_(op), node_(node), size_{node.node.shape[0], node.node.shape[1], node.node.shape[2]} {}

  void forward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    source_ = emit.value(node_.input(0), layout);
    kept_ = emit.program.temporary(plain_vector(emit.batch() * recolouring_numbers(size_)));
    emit.program.add(
        Section::forward, "RandomColor " + node_.node.name,
        {source_, kept_, emit.new_value(node_.value, layout)},
        [op = op_, size = size_, images = emit.batch(), seed = emit.options.seed,
         step = emit.step_handle(),
         layer = static_cast<uint64_t>(node_.value.index)](const std::vector<float*>& data) {
          const int64_t numbers = recolouring_numbers(size);
          Random random(seed, random_stream(*step, layer));
          for (int64_t i = 0; i < images; ++i) draw_recolouring(op, random, data[1] + i * numbers);
#pragma omp parallel for schedule(static)
          for (int64_t i = 0; i < images; ++i) {
            const int64_t offset = i * size.elements();
            recolour(op, size, data[1] + i * numbers, data[0] + offset, data[2] + offset);
          }
        });
  }

  void backward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId gradient = emit.program.temporary(layout);
    emit.program.add(Section::backward, "RandomColor gradient " + node_.node.name,
                     {source_, kept_, emit.gradient(node_.value, layout), gradient},
                     [op = op_, size = size_, images = emit.batch()](const auto& data) {
                       const int64_t numbers = recolouring_numbers(size);
#pragma omp parallel for schedule(static)
                       for (int64_t i = 0; i < images; ++i) {
                         const int64_t offset = i * size.elements();
                         recolour_backward(op, size, data[1] + i * numbers, data[0] + offset,
                                           data[2] + offset, data[3] + offset);
                       }
                     });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  ops::RandomColor op_;
  NodeRef node_;
  ImageSize size_;
  BufferId source_, kept_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::RandomColor& op, NodeRef node) {
  return std::make_unique<RandomColorKernel>(op, node);
}

}  // namespace thaw::cpu
