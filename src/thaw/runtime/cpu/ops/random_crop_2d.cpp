#include <cstring>

#include "thaw/core/random.h"
#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

/// Where the window lies is a function of (seed, step, layer), as dropout's numbers are.
class RandomCropKernel final : public Kernel {
 public:
  explicit RandomCropKernel(NodeRef node) : node_(node) {}

  void forward(Emitter& emit) override {
    const BufferId source = emit.value(node_.input(0), emit.plain_desc(node_.input(0)));
    const BufferId result = emit.new_value(node_.value, emit.plain_desc(node_.value));
    emit.program.add(Section::forward, "RandomCrop2D " + node_.node.name, {source, result},
                     [window = window(emit)](const std::vector<float*>& data) {
                       window.for_each_row([&](int64_t whole, int64_t part, int64_t count) {
                         std::memcpy(data[1] + part, data[0] + whole,
                                     static_cast<size_t>(count) * sizeof(float));
                       });
                     });
  }

  void backward(Emitter& emit) override {
    const BufferId above = emit.gradient(node_.value, emit.plain_desc(node_.value));
    const Desc whole_layout = emit.plain_desc(node_.input(0));
    const BufferId gradient = emit.program.temporary(whole_layout);
    emit.program.add(
        Section::backward, "RandomCrop2D gradient " + node_.node.name, {above, gradient},
        [window = window(emit), bytes = whole_layout.get_size()](const std::vector<float*>& data) {
          std::memset(data[1], 0, bytes);
          window.for_each_row([&](int64_t whole, int64_t part, int64_t count) {
            std::memcpy(data[1] + whole, data[0] + part,
                        static_cast<size_t>(count) * sizeof(float));
          });
        });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  struct Window {
    Shape whole, part;
    int64_t images;
    uint64_t seed, layer;
    std::shared_ptr<uint64_t> step;

    template <typename Visit>
    void for_each_row(Visit&& visit) const {
      Random random(seed, random_stream(*step, layer));
      const auto below = [&](int64_t bound) {
        return static_cast<int64_t>(random.below(static_cast<uint32_t>(bound)));
      };
      const int64_t top = below(whole[0] - part[0] + 1);
      const int64_t left = below(whole[1] - part[1] + 1);
      const int64_t count = part[1] * part[2];
      for (int64_t image = 0; image < images; ++image) {
        for (int64_t row = 0; row < part[0]; ++row) {
          const int64_t from = ((image * whole[0] + top + row) * whole[1] + left) * whole[2];
          visit(from, (image * part[0] + row) * count, count);
        }
      }
    }
  };

  Window window(const Emitter& emit) const {
    return {emit.shape(node_.input(0)),
            node_.node.shape,
            emit.batch(),
            emit.options.seed,
            static_cast<uint64_t>(node_.value.index),
            emit.step_handle()};
  }

  NodeRef node_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::RandomCrop2D&, NodeRef node) {
  return std::make_unique<RandomCropKernel>(node);
}

}  // namespace thaw::cpu
