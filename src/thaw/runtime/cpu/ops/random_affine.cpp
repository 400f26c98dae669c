#include <algorithm>
#include <cstring>

#include "thaw/core/random.h"
#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/numerics/drawn_view.h"

namespace thaw::cpu {
namespace {

/// What is drawn is a function of (seed, step, layer, sample), as dropout's is.
class RandomAffineKernel final : public Kernel {
 public:
  RandomAffineKernel(const ops::RandomAffine& op, NodeRef node)
      : op_(op),
        node_(node),
        size_{node.node.shape[0], node.node.shape[1], node.node.shape[2]},
        how_(sampling_of(op, size_)) {}

  void forward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId source = emit.value(node_.input(0), layout);
    maps_ = emit.program.temporary(plain_vector(emit.batch() * floats));
    const BufferId result = emit.new_value(node_.value, layout);
    emit.program.add(Section::forward, "RandomAffine " + node_.node.name, {source, maps_, result},
                     [op = op_, how = how_, image = size_, seed = emit.options.seed,
                      step = emit.step_handle(), layer = static_cast<uint64_t>(node_.value.index),
                      images = emit.batch()](const std::vector<float*>& data) {
                       Random random(seed, random_stream(*step, layer));
                       for (int64_t i = 0; i < images; ++i) {
                         const Affine map = draw_map(op, image, random);
                         std::copy_n(map.a, 3, data[1] + i * floats);
                         std::copy_n(map.b, 3, data[1] + i * floats + 3);
                       }
                       const int64_t size = image.elements();
#pragma omp parallel for schedule(static)
                       for (int64_t i = 0; i < images; ++i)
                         sample(how, map_at(data[1], i), data[0] + i * size, data[2] + i * size);
                     });
  }

  void backward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId above = emit.gradient(node_.value, layout);
    const BufferId gradient = emit.program.temporary(layout);
    emit.program.add(
        Section::backward, "RandomAffine gradient " + node_.node.name, {above, maps_, gradient},
        [how = how_, size = node_.node.shape.elements(),
         images = emit.batch()](const std::vector<float*>& data) {
          std::memset(data[2], 0, static_cast<size_t>(images * size) * sizeof(float));
#pragma omp parallel for schedule(static)
          for (int64_t i = 0; i < images; ++i)
            sample_backward(how, map_at(data[1], i), data[0] + i * size, data[2] + i * size);
        });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  static constexpr int64_t floats = 6;  ///< of a map
  static Affine map_at(const float* maps, int64_t sample) {
    const float* m = maps + sample * floats;
    return {{m[0], m[1], m[2]}, {m[3], m[4], m[5]}};
  }

  ops::RandomAffine op_;
  NodeRef node_;
  ImageSize size_;
  AffineSampling how_;
  BufferId maps_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::RandomAffine& op, NodeRef node) {
  return std::make_unique<RandomAffineKernel>(op, node);
}

}  // namespace thaw::cpu
