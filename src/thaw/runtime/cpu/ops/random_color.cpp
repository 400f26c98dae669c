#include <algorithm>

#include "thaw/core/random.h"
#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

/// A batch of images, and the numbers kept of each: contrast, brightness, and the means of its
/// channels.
struct Images {
  int64_t count = 0;
  int64_t pixels = 0;
  int64_t channels = 0;

  int64_t size() const { return pixels * channels; }
  int64_t kept() const { return 2 + channels; }
};

void add_means(const Images& images, const float* x, float* means) {
  std::vector<double> sums(static_cast<size_t>(images.channels), 0.0);
  for (int64_t p = 0; p < images.pixels; ++p)
    for (int64_t c = 0; c < images.channels; ++c)
      sums[static_cast<size_t>(c)] += double{x[p * images.channels + c]};
  for (int64_t c = 0; c < images.channels; ++c) {
    means[c] =
        static_cast<float>(sums[static_cast<size_t>(c)] / static_cast<double>(images.pixels));
  }
}

/// What is drawn is a function of (seed, step, layer, sample), as dropout's is.
class RandomColorKernel final : public Kernel {
 public:
  RandomColorKernel(const ops::RandomColor& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    const Shape& shape = node_.node.shape;
    images_ = {emit.batch(), shape[0] * shape[1], shape[2]};
    const Desc layout = emit.plain_desc(node_.value);
    source_ = emit.value(node_.input(0), layout);
    kept_ = emit.program.temporary(plain_vector(images_.count * images_.kept()));
    emit.program.add(
        Section::forward, "RandomColor " + node_.node.name,
        {source_, kept_, emit.new_value(node_.value, layout)},
        [op = op_, images = images_, seed = emit.options.seed, step = emit.step_handle(),
         layer = static_cast<uint64_t>(node_.value.index)](const std::vector<float*>& data) {
          Random random(seed, random_stream(*step, layer));
          for (int64_t i = 0; i < images.count; ++i) {
            float* kept = data[1] + i * images.kept();
            kept[0] = random.uniform(op.contrast.low, op.contrast.high);
            kept[1] = random.uniform(op.brightness.low, op.brightness.high);
          }
#pragma omp parallel for schedule(static)
          for (int64_t i = 0; i < images.count; ++i) {
            const int64_t offset = i * images.size();
            float* kept = data[1] + i * images.kept();
            add_means(images, data[0] + offset, kept + 2);
            for (int64_t e = 0; e < images.size(); ++e) {
              data[2][offset + e] = std::clamp(unlimited(op, images, kept, data[0][offset + e], e),
                                               op.limits.low, op.limits.high);
            }
          }
        });
  }

  void backward(Emitter& emit) override {
    const Desc layout = emit.plain_desc(node_.value);
    const BufferId gradient = emit.program.temporary(layout);
    emit.program.add(Section::backward, "RandomColor gradient " + node_.node.name,
                     {source_, kept_, emit.gradient(node_.value, layout), gradient},
                     [op = op_, images = images_](const std::vector<float*>& data) {
#pragma omp parallel for schedule(static)
                       for (int64_t i = 0; i < images.count; ++i) {
                         const int64_t offset = i * images.size();
                         const float* kept = data[1] + i * images.kept();
                         float* g = data[3] + offset;
                         for (int64_t e = 0; e < images.size(); ++e) {
                           const float y = unlimited(op, images, kept, data[0][offset + e], e);
                           const bool is_limited = y < op.limits.low || y > op.limits.high;
                           g[e] = is_limited ? 0.0F : data[2][offset + e];
                         }
                         if (!op.has_contrast()) continue;
                         std::vector<float> means(static_cast<size_t>(images.channels));
                         add_means(images, g, means.data());
                         for (int64_t e = 0; e < images.size(); ++e) {
                           const float mean = means[static_cast<size_t>(e % images.channels)];
                           g[e] = (g[e] - mean) * kept[0] + mean;
                         }
                       }
                     });
    emit.add_gradient(node_.input(0), gradient);
  }

 private:
  /// Before it is held within the limits.
  static float unlimited(const ops::RandomColor& op, const Images& images, const float* kept,
                         float x, int64_t element) {
    if (!op.has_contrast()) return x + kept[1];
    const float mean = kept[2 + element % images.channels];
    return (x - mean) * kept[0] + mean + kept[1];
  }

  ops::RandomColor op_;
  NodeRef node_;
  Images images_;
  BufferId source_, kept_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::RandomColor& op, NodeRef node) {
  return std::make_unique<RandomColorKernel>(op, node);
}

}  // namespace thaw::cpu
